package trigger

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"otabench/can"
)

// Condition describes a moment. It is a value without state; each arming counts for itself.
type Condition struct {
	text  string
	kinds kinds
	match func(alarm) matcher
}

// matcher is told each observation in order and says when the moment has come.
type matcher func(Observation) bool

// alarm arranges for an observation at its time, for the trigger that asks alone, and returns its number.
type alarm func(Observation) int

func (c Condition) String() string { return c.text }

func each(text string, k Kind, matches matcher) Condition {
	return Condition{text: text, kinds: k.bit(), match: func(alarm) matcher {
		return func(o Observation) bool { return o.Kind == k && matches(o) }
	}}
}

// FrameOn is met by a frame on a bus that passes the filter.
func FrameOn(bus string, filter can.Filter) Condition {
	return each(fmt.Sprintf("frame %X/%X on %s", filter.ID, filter.Mask, bus), Frame, func(o Observation) bool {
		return o.Source == bus && filter.Match(o.Frame)
	})
}

// LineOf is met by a line of an ECU's console that matches the expression.
func LineOf(ecu string, re *regexp.Regexp) Condition {
	return each(fmt.Sprintf("%s prints /%s/", ecu, re), Line, func(o Observation) bool {
		return o.Source == ecu && re.MatchString(o.Text)
	})
}

// RecordOf is met by an event of the record of a kind ("step", "progress", "uds", ...) whose body, as it stands in
// record.jsonl, matches the expression. The record is looked at beside the receive path and in order: an event is written
// with locks held that an action may need. The latency shows what that takes.
func RecordOf(kind string, re *regexp.Regexp) Condition {
	return each(fmt.Sprintf("record of %s /%s/", kind, re), Recorded, func(o Observation) bool {
		return o.Source == kind && re.MatchString(o.Text)
	})
}

// Nth is met when c is met for the n-th time, counted from 1.
func (c Condition) Nth(n int) Condition {
	return Condition{
		text: fmt.Sprintf("%s, time %d", c.text, n), kinds: c.kinds,
		match: func(wake alarm) matcher {
			met, seen := c.match(wake), 0
			return func(o Observation) bool {
				if !met(o) {
					return false
				}
				seen++
				return seen == n
			}
		},
	}
}

// Then is met by the first next that follows c. After that it can be met again, by c and next.
func (c Condition) Then(next Condition) Condition {
	return Condition{
		text: c.text + ", then " + next.text, kinds: c.kinds | next.kinds,
		match: func(wake alarm) matcher {
			met, half := c.match(wake), false
			return func(o Observation) bool {
				if !met(o) {
					return false
				}
				if half = !half; half {
					met = next.match(wake)
				} else {
					met = c.match(wake)
				}
				return !half
			}
		},
	}
}

// After is met when d has passed since c was met. If other things are seen by then, the time of d counts and not that of
// the timer: what bears a later time comes after.
func (c Condition) After(d time.Duration) Condition {
	return Condition{
		text: fmt.Sprintf("%v after (%s)", d, c.text), kinds: c.kinds,
		match: func(wake alarm) matcher {
			met, due := c.match(wake), []int(nil)
			return func(o Observation) bool {
				if met(o) {
					due = append(due, wake(Observation{
						Kind: Elapsed, Time: o.Time.Add(d), Delay: d, Text: o.String(),
					}))
					return false
				}
				i := slices.Index(due, o.alarm)
				if o.Kind != Elapsed || i < 0 {
					return false
				}
				due = slices.Delete(due, i, i+1)
				return true
			}
		},
	}
}

// Any is met when one of the conditions is, each time that one is.
func Any(conditions ...Condition) Condition {
	var all kinds
	texts := make([]string, len(conditions))
	for i, c := range conditions {
		all |= c.kinds
		texts[i] = c.text
	}
	return Condition{
		text: "(" + strings.Join(texts, ") or (") + ")", kinds: all,
		match: func(wake alarm) matcher {
			met := make([]matcher, len(conditions))
			for i, c := range conditions {
				met[i] = c.match(wake)
			}
			return func(o Observation) bool {
				any := false
				for _, m := range met { // each of them has to see everything
					any = m(o) || any
				}
				return any
			}
		},
	}
}

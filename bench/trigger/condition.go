package trigger

import (
	"bytes"
	"fmt"
	"regexp"

	"otabench/can"
)

// Condition describes a moment. It is a value without state; each arming counts for itself.
type Condition struct {
	text string
	// match returns a function that is told each observation in order and says when the moment has come.
	match func() func(Observation) bool
}

func (c Condition) String() string { return c.text }

func each(text string, matches func(Observation) bool) Condition {
	return Condition{text: text, match: func() func(Observation) bool { return matches }}
}

// FrameOn is met by a frame on a bus that passes the filter.
func FrameOn(bus string, filter can.Filter) Condition {
	return each(fmt.Sprintf("frame %X/%X on %s", filter.ID, filter.Mask, bus), func(o Observation) bool {
		return o.Kind == Frame && o.Source == bus && filter.Match(o.Frame)
	})
}

// LineOf is met by a line of an ECU's console that matches the expression.
func LineOf(ecu string, re *regexp.Regexp) Condition {
	return each(fmt.Sprintf("%s prints /%s/", ecu, re), func(o Observation) bool {
		return o.Kind == Line && o.Source == ecu && re.MatchString(o.Text)
	})
}

// Message is a UDS message that begins with certain bytes; Begun and Sent choose one of its moments.
type Message struct {
	ecu, text   string
	begun, sent Kind
	prefix      []byte
}

// Request is a request to an ECU that begins with prefix: service identifier, sub-function, block counter.
func Request(ecu string, prefix ...byte) Message {
	return Message{
		ecu: ecu, prefix: prefix, begun: RequestBegun, sent: RequestSent,
		text: fmt.Sprintf("request % X to %s", prefix, ecu),
	}
}

// Response is a response of an ECU that begins with prefix.
func Response(ecu string, prefix ...byte) Message {
	return Message{
		ecu: ecu, prefix: prefix, begun: ResponseBegun, sent: ResponseSeen,
		text: fmt.Sprintf("response % X of %s", prefix, ecu),
	}
}

// Begun is met by the first frame of the message, once that frame carries the whole prefix.
func (m Message) Begun() Condition { return m.at(m.begun, " begun") }

// Sent is met by the last frame of the message.
func (m Message) Sent() Condition { return m.at(m.sent, " sent") }

func (m Message) at(k Kind, when string) Condition {
	return each(m.text+when, func(o Observation) bool {
		return o.Kind == k && o.Source == m.ecu && bytes.HasPrefix(o.Data, m.prefix)
	})
}

// Nth is met when c is met for the n-th time, counted from 1.
func (c Condition) Nth(n int) Condition {
	return Condition{
		text: fmt.Sprintf("%s, time %d", c.text, n),
		match: func() func(Observation) bool {
			met, seen := c.match(), 0
			return func(o Observation) bool {
				if met(o) {
					seen++
				}
				return seen == n
			}
		},
	}
}

// Then is met by the first next that follows c.
func (c Condition) Then(next Condition) Condition {
	return Condition{
		text: c.text + ", then " + next.text,
		match: func() func(Observation) bool {
			first, second, reached := c.match(), next.match(), false
			return func(o Observation) bool {
				if reached {
					return second(o)
				}
				reached = first(o)
				return false
			}
		},
	}
}

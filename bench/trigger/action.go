package trigger

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Action is what a trigger does. Do runs on the receive path: it must be short and must not wait for the bus.
type Action interface {
	fmt.Stringer
	Do() error
}

// Func makes an Action of a function.
func Func(text string, do func() error) Action { return action{text, do} }

type action struct {
	text string
	do   func() error
}

func (a action) String() string { return a.text }
func (a action) Do() error      { return a.do() }

// After does a once d has passed since the condition was met. How far from that it was is the firing's latency.
func After(d time.Duration, a Action) Action {
	return plan{text: fmt.Sprintf("after %v %s", d, a), steps: later(d, stepsOf(a))}
}

// Both does all actions at the same moment, in their order: each begins when Do of the one before has returned. The first
// one that fails is the last.
func Both(actions ...Action) Action {
	p := plan{text: join(actions, " and ")}
	for _, a := range actions {
		p.steps = append(p.steps, stepsOf(a)...)
	}
	slices.SortStableFunc(p.steps, func(a, b step) int { return int(a.after - b.after) })
	return p
}

// Sequence does one action after another, and the delay of an [After] in it counts from the action before. The first one
// that fails is the last. An action that only starts something, like a profile, is not waited for.
func Sequence(actions ...Action) Action {
	p := plan{text: join(actions, ", then ")}
	var end time.Duration
	for _, a := range actions {
		p.steps = append(p.steps, later(end, stepsOf(a))...)
		if n := len(p.steps); n > 0 {
			end = p.steps[n-1].after
		}
	}
	return p
}

// plan is an action with steps that a trigger does at their times.
type plan struct {
	text  string
	steps []step
}

type step struct {
	after  time.Duration // since the condition was met
	action Action
}

func (p plan) String() string { return p.text }

var errPlan = errors.New("an action with steps or delays is carried out by a trigger and cannot be done by another action")

// Do fails: a trigger takes the steps one by one.
func (p plan) Do() error { return fmt.Errorf("%s: %w", p.text, errPlan) }

func stepsOf(a Action) []step {
	if p, ok := a.(plan); ok {
		return p.steps
	}
	return []step{{action: a}}
}

func later(d time.Duration, steps []step) []step {
	steps = slices.Clone(steps)
	for i := range steps {
		steps[i].after += d
	}
	return steps
}

func join(actions []Action, by string) string {
	texts := make([]string, len(actions))
	for i, a := range actions {
		texts[i] = a.String()
	}
	return strings.Join(texts, by)
}

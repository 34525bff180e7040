package trigger

import (
	"fmt"
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

// After does a once d has passed. The trigger counts as fired, with the latency of a, when a has been done.
func After(d time.Duration, a Action) Action { return delayed{Action: a, by: d} }

type delayed struct {
	Action
	by time.Duration
}

func (d delayed) String() string { return fmt.Sprintf("after %v %s", d.by, d.Action) }

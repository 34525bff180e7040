package dashboard

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"otabench/can"
	"otabench/can/signal"
	"otabench/ecu/ota"
)

var errNoState = errors.New("dashboard: the DBC file has no signal for the state of the update")

// Display is a dashboard on a bus. It is an [ota.Display].
type Display struct {
	ota.Screen
	bus   can.Bus
	touch *touch // nil if the file has no message for it
	sub   *can.Subscription
	anew  func() *Reader

	mu     sync.Mutex // guards the following, and is held while its view is shown
	reader *Reader
}

// Open listens on a bus that db describes. profiles are the numbers of users by account. The bus stays the caller's.
//
// It fails if s names what the file has not, if there is no signal for the state, and if the message of a touch that s names
// lacks a signal.
func Open(bus can.Bus, db *signal.Database, s Signals, profiles map[string]int) (*Display, error) {
	r, err := NewReader(db, s)
	if err != nil {
		return nil, err
	}
	t, err := newTouch(db, s, profiles)
	if err != nil {
		return nil, err
	}
	d := &Display{bus: bus, touch: t, reader: r, anew: func() *Reader {
		again, _ := NewReader(db, s) // as good as the first
		return again
	}}
	d.sub = bus.Handle(d.take, r.Filters()...)
	return d, nil
}

func (d *Display) take(f can.Received) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if v, changed := d.reader.Take(f.Frame); changed {
		d.Show(v)
	}
}

// Forget takes the view away, and all that has come for the next one.
func (d *Display) Forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reader = d.anew()
	d.Screen.Forget()
}

func (d *Display) String() string { return "dashboard" }

// Act sends a touch. It fails without sending if the vehicle has no message for it, if the user has no profile, and if the
// message cannot say what he does.
func (d *Display) Act(ctx context.Context, a ota.Action) error {
	f, err := d.touch.frame(a)
	if err != nil {
		return fmt.Errorf("dashboard: %v: %w", a, err)
	}
	if err := d.bus.Send(ctx, f); err != nil {
		return fmt.Errorf("dashboard: %v: send on %v: %w", a, d.bus, err)
	}
	return nil
}

// Close stops listening. Nothing is shown any more once it has returned; a function that watches must not call it.
func (d *Display) Close() error {
	d.sub.Cancel()
	return nil
}

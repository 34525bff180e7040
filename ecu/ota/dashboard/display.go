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
	bus      can.Bus
	action   *signal.Message
	profiles map[string]int
	sub      *can.Subscription
	anew     func() *Reader

	mu     sync.Mutex // guards the following
	reader *Reader
	alive  uint8
}

// Open listens on a bus that db describes. profiles are the numbers of users by account. The bus stays the caller's.
func Open(bus can.Bus, db *signal.Database, s Signals, profiles map[string]int) (*Display, error) {
	r, err := NewReader(db, s)
	if err != nil {
		return nil, err
	}
	d := &Display{bus: bus, profiles: profiles, reader: r, anew: func() *Reader {
		again, _ := NewReader(db, s) // as good as the first
		return again
	}}
	name := s.Action
	if name == "" {
		name = actionMessage
	}
	if d.action, err = db.Message(name); err != nil && s.Action != "" {
		return nil, fmt.Errorf("dashboard: %w", err)
	}
	d.sub = bus.Handle(func(f can.Received) {
		d.mu.Lock()
		defer d.mu.Unlock()
		if v, changed := d.reader.Take(f.Frame); changed {
			d.Show(v)
		}
	}, r.Filters()...)
	return d, nil
}

// Forget takes the view away, and all that has come for the next one.
func (d *Display) Forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reader = d.anew()
	d.Screen.Forget()
}

func (d *Display) String() string { return "dashboard" }

// Act sends a touch.
func (d *Display) Act(ctx context.Context, a ota.Action) error {
	if d.action == nil {
		return fmt.Errorf("dashboard: %v: the DBC file has no message for a touch", a)
	}
	profile, ok := d.profiles[a.User]
	if !ok {
		return fmt.Errorf("dashboard: %v: user %q has no profile in this vehicle", a, a.User)
	}
	inputs := map[string]signal.Input{
		"Deed": signal.Text(string(a.Do)), "Profile": signal.Raw(profile), "Counter": signal.Raw(d.count()),
	}
	if !a.At.IsZero() {
		inputs["At"] = signal.Raw(a.At.Unix())
	}
	f, err := d.action.Encode(inputs)
	if err != nil {
		return fmt.Errorf("dashboard: %v: %w", a, err)
	}
	if err := d.bus.Send(ctx, f); err != nil {
		return fmt.Errorf("dashboard: %v: send on %v: %w", a, d.bus, err)
	}
	return nil
}

func (d *Display) count() uint8 {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.alive = (d.alive + 1) & 0xF
	return d.alive
}

// Close stops listening.
func (d *Display) Close() error {
	d.sub.Cancel()
	return nil
}

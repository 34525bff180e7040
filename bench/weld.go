package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"otabench/power"
)

// ErrWelded: a switch in a supply line was told to open, and the line behind it stays alive.
var ErrWelded = errors.New("the contact is welded, or the line has a second feed")

// weldWatch sees by the sensor behind a switch whether the switch has opened: the line has to be dead within the time
// that its discharge may take. It looks at the readings that the sampler takes anyway. A switch that closes again before
// that proves nothing; the next [Rail.Off] does.
type weldWatch struct {
	rail *Rail

	mu     sync.Mutex
	due    time.Time // by when the line has to be dead; zero while nothing is awaited
	since  time.Time // when the switch was told to open
	err    error     // once the contact was found welded
	acting sync.WaitGroup
}

// moved is told what the switch was told.
func (w *weldWatch) moved(closed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.due = time.Time{}
	if !closed {
		w.since = time.Now()
		w.due = w.since.Add(w.rail.config.DischargeTime())
	}
}

// observe is told each reading of the sensor.
func (w *weldWatch) observe(r power.Reading) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.due.IsZero(), r.Time.Before(w.since):
		return
	case r.Voltage < dead:
		w.due = time.Time{}
	case r.Time.After(w.due):
		w.find(r)
	}
}

// find makes a contact welded: a fault of the bench, and the supply is switched off, because nothing else parts the
// unit from it any more. The lock is held; the supply takes its time, so that it is dealt with elsewhere.
func (w *weldWatch) find(r power.Reading) {
	w.due = time.Time{}
	w.err = fmt.Errorf("%s: %w: %s still reads %v %v after it was told to open; replace the contact, then start again",
		w.rail.config.Switch, ErrWelded, w.rail.config.Sensor, r.Voltage, r.Time.Sub(w.since).Round(time.Millisecond))
	w.rail.bench.Fault(w.rail.config.Switch, w.err)
	w.acting.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), closing)
		defer cancel()
		w.rail.want(false)
		err := w.rail.switchOff(ctx)
		w.rail.note("off", "", err)
	})
}

// welded returns what was found, nil if nothing was.
func (w *weldWatch) welded() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// refuse is for those who want to energise a rail with a welded contact: it is a fault of the bench each time, so that no
// spec that needed the rail is taken for one that failed.
func (w *weldWatch) refuse() error {
	err := w.welded()
	if err != nil {
		w.rail.bench.Fault(w.rail.config.Switch, err)
	}
	return err
}

// ProveSwitch energises the rail, opens its switch, sees that the line dies, and leaves the rail off. A rail without a
// switch or without a sensor behind it has nothing to prove. The error is ErrWelded if the switch does not open, and a
// fault of the bench; other errors mean that the rail does not get its voltage.
func (r *Rail) ProveSwitch(ctx context.Context) error {
	if r.contact == nil || r.sensor == nil {
		return nil
	}
	if err := r.On(ctx); err != nil {
		return err
	}
	if err := r.Await(ctx, r.config.Nominal/2, r.ceiling()); err != nil {
		return errors.Join(fmt.Errorf("await the voltage behind the closed switch %s: %w", r.config.Switch, err), r.Off(ctx))
	}
	return r.Off(ctx)
}

// patience is how long after its time a line's last reading may come.
const patience = 100 * time.Millisecond

// awaitOpen waits for the watch to find the line dead or the contact welded, as long as there are readings.
func (r *Rail) awaitOpen(ctx context.Context) error {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		r.weld.mu.Lock()
		due, err := r.weld.due, r.weld.err
		r.weld.mu.Unlock()
		switch {
		case due.IsZero():
			return err
		case time.Since(due) > patience:
			return fmt.Errorf("whether %s has opened is unknown: %s gives no readings", r.config.Switch, r.config.Sensor)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("wait for %s to open: %w", r.config.Switch, ctx.Err())
		}
	}
}

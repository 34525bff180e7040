package master

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"otabench/can"
	"otabench/ecu"
	"otabench/ecu/flash"
	"otabench/ecu/ota"
)

// life is the time from one reset to the next: everything that is lost then. Its own goroutine goes through the states;
// the others only listen, and show what it has decided.
type life struct {
	*Master
	ctx   context.Context
	cause context.CancelFunc
	rec   record
	tasks sync.WaitGroup

	bus     transceiver
	clock   *clock
	senses  *senses
	cloud   *connection
	units   map[string]*ecu.Unit
	talking atomic.Int32 // how many talk to the ECUs
	// orphaned says that a campaign goes on without this life, and with its programmers.
	orphaned bool
	actions  chan ota.Action
	screen   *screen

	waiting  sync.Mutex // guards rec.Reports
	reported chan struct{}
	lines    chan string // for the console

	// What the screen shows beside the record. Only the life's goroutine uses them.
	seen        string // the last campaign that was looked at
	percent     int
	done, total int64
	notice      ota.Cause // why the last wish was refused
	off         bool      // functions are switched off and the vehicle cannot be driven
	advance     func(flash.Progress)
}

// transceiver sends nothing once the life has ended, however long the goroutines take to notice.
type transceiver struct {
	can.Bus
	off <-chan struct{}
}

// Send implements [can.Bus].
func (t transceiver) Send(ctx context.Context, f can.Frame) error {
	select {
	case <-t.off:
		return can.ErrClosed
	default:
		return t.Bus.Send(ctx, f)
	}
}

// begin boots.
func (m *Master) begin(ctx context.Context) (*life, error) {
	l := &life{
		Master: m, rec: m.load(), units: map[string]*ecu.Unit{}, actions: make(chan ota.Action, 8),
		reported: make(chan struct{}, 1), lines: make(chan string, printed),
		bus: transceiver{m.around.Bus, ctx.Done()},
	}
	l.ctx, l.cause = context.WithCancel(ctx)
	l.clock = newClock(l.rec.Latest, m.cfg.has(ClockTrusted))
	l.cloud = newConnection(m.cfg, m.around.Dial, l.clock)
	l.screen = newScreen(l)
	var err error
	if l.senses, err = listen(l); err != nil {
		return nil, err
	}
	for _, b := range m.cfg.Behind {
		unit, err := ecu.New(b.Name, b.Description, diagnostics{l.bus, &l.talking}, ecu.Hooks{Progress: func(p flash.Progress) {
			if l.advance != nil {
				l.advance(p)
			}
		}})
		if err != nil {
			return nil, errors.Join(fmt.Errorf("simulated update master: %w", err), l.close())
		}
		l.units[b.Name] = unit
	}
	return l, nil
}

// run goes through the states until the life ends.
func (l *life) run() {
	if !l.wait(l.cfg.Timing.Boot) {
		return
	}
	l.remember()
	l.tasks.Go(func() { l.screen.dashboard(l.ctx) })
	l.tasks.Go(func() { l.screen.app(l.ctx) })
	l.tasks.Go(func() { l.hear(l.ctx) })
	if l.around.Console != nil {
		l.tasks.Go(func() { l.typing(l.ctx) })
		l.tasks.Go(func() { l.write(l.ctx) })
	}
	l.lookAround()
	l.awaitTime()
	l.reconsider()
	l.wake()
	for l.ctx.Err() == nil {
		l.step()
	}
}

// end ends what runs beside.
func (l *life) end() {
	l.cause()
	_ = l.close() // nothing of it can be told to anybody
	l.tasks.Wait()
}

func (l *life) close() error {
	var errs []error
	l.senses.stop()
	for _, u := range l.units {
		if l.orphaned {
			errs = append(errs, u.Client().Close())
			continue
		}
		errs = append(errs, u.Close())
	}
	l.cloud.close()
	return errors.Join(errs...)
}

// wait lets time pass and reports false when the life ends.
func (l *life) wait(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-l.ctx.Done():
		return false
	}
}

// awaitTime gives the network a moment to tell the time: without it nobody can be believed.
func (l *life) awaitTime() {
	t := time.NewTimer(2 * stale)
	defer t.Stop()
	select {
	case <-l.clock.heardOf():
	case <-t.C:
	case <-l.ctx.Done():
	}
}

// await waits for a user's action, at most for a time. ok is false if none came.
func (l *life) await(d time.Duration) (a ota.Action, ok bool) {
	t := time.NewTimer(max(d, 0))
	defer t.Stop()
	select {
	case a = <-l.actions:
		return a, true
	case <-t.C:
	case <-l.ctx.Done():
	}
	return ota.Action{}, false
}

// enter goes to a state, which is written down first.
func (l *life) enter(s ota.State, change ...func(*record)) {
	l.rec.State, l.rec.Cause, l.notice = s, "", ""
	if s == ota.Installing {
		l.percent = 0
	}
	for _, f := range change {
		f(&l.rec)
	}
	l.save()
	l.show()
}

// because gives a state its cause.
func because(c ota.Cause) func(*record) { return func(r *record) { r.Cause = c } }

package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/bench/trigger"
	"otabench/power"
)

// Rail is a supply line of the bench: an output, the switch in the line, the sensor at its end.
type Rail struct {
	bench   *Bench
	role    string
	config  config.Rail
	contact *contact     // nil if there is none
	sensor  power.Sensor // nil if there is none

	busy chan struct{} // held while the output is commanded
	weld weldWatch

	mu      sync.Mutex
	output  *power.Output // nil until limits were set
	wanted  bool          // the last word was On and not Off
	closed  bool          // nothing may energise the output any more
	noted   time.Time     // when something was last done to the output
	play    *Performance
	level   physic.ElectricPotential // of the last On or Set, 0 before
	dipping *dip                     // nil while none goes on

	followers []*follower // replaced, never changed
	failing   error       // of the sampling; nil once it reads again
	telling   sync.Mutex  // held while followers are told
}

func newRail(b *Bench, role string, c config.Rail) *Rail {
	r := &Rail{
		bench: b, role: role, config: c, busy: make(chan struct{}, 1),
	}
	r.weld.rail = r
	if s, ok := b.power.Sensors[c.Sensor]; ok {
		r.sensor = s
	}
	if sw, ok := b.power.Switches[c.Switch]; ok {
		r.contact = &contact{bench: b, role: c.Switch, sw: sw}
		if r.sensor != nil {
			r.contact.moved = r.weld.moved
		}
	}
	return r
}

func (r *Rail) String() string { return r.role }

// Nominal returns the rail's voltage in normal operation.
func (r *Rail) Nominal() physic.ElectricPotential { return r.config.Nominal }

// On sets limits and voltage, reads them back, energises the output and then closes the switch. It fails with ErrWelded
// for a switch that did not open before.
func (r *Rail) On(ctx context.Context) error { return r.OnAt(ctx, r.config.Nominal) }

// OnAt is On with another voltage than the nominal one.
func (r *Rail) OnAt(ctx context.Context, v physic.ElectricPotential) error {
	r.endCut()
	r.endDip()
	r.want(true) // before it is refused: what finds a weld after that has the last word
	if err := r.weld.refuse(); err != nil {
		return fmt.Errorf("energise %s: %w", r.role, err)
	}
	err := r.bench.watchdogs[r.config.Supply].arm(ctx)
	if err != nil {
		return fmt.Errorf("energise %s: %w", r.role, err)
	}
	err = r.command(ctx, func(out *power.Output) error {
		if err := r.forget(ctx, out); err != nil {
			return err
		}
		return out.On(ctx, v)
	})
	r.note("on", v.String(), err)
	if err != nil {
		return fmt.Errorf("energise %s: %w", r.role, err)
	}
	r.remember(v)
	if err := r.make(); err != nil {
		return fmt.Errorf("energise %s: %w", r.role, errors.Join(err, r.off(ctx)))
	}
	return nil
}

// forget clears the trip of a watchdog that has switched off because a bench died. All other trips speak of the wiring and
// are left for somebody to look at.
func (r *Rail) forget(ctx context.Context, out *power.Output) error {
	if r.bench.watchdogs[r.config.Supply] == nil {
		return nil
	}
	trip, err := out.Tripped(ctx)
	if err != nil || trip != power.TripWatchdog {
		return err
	}
	err = out.ClearTrip(ctx)
	r.note("clear trip", trip.String(), err)
	return err
}

// Set changes the voltage of an energised rail.
func (r *Rail) Set(ctx context.Context, v physic.ElectricPotential) error {
	r.endDip()
	err := r.command(ctx, func(out *power.Output) error { return out.Set(ctx, v) })
	r.note("set", v.String(), err)
	if err != nil {
		return fmt.Errorf("set %s to %s: %w", r.role, v, err)
	}
	r.remember(v)
	return nil
}

func (r *Rail) remember(v physic.ElectricPotential) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.level = v
}

// Off ends a profile that is played and a dip, opens the switch, sees by the sensor that the line dies, and switches the output
// off, whatever came of the former. It fails with ErrWelded if the line did not die while the output was still on. It
// interrupts On and Set, and is carried out even if ctx is done; then it does not wait for the line, and says so.
func (r *Rail) Off(ctx context.Context) error {
	r.want(false)
	r.interruptDip()
	r.endPlay()
	return r.off(ctx)
}

func (r *Rail) off(ctx context.Context) error {
	r.want(false)
	broken := r.breakContact()
	if broken == nil {
		broken = r.awaitOpen(ctx)
	}
	err := r.switchOff(context.WithoutCancel(ctx))
	r.note("off", "", err)
	return errors.Join(broken, err)
}

// switchOff does not wait for a change in progress if there can be one: the output lets Off go first.
func (r *Rail) switchOff(ctx context.Context) error {
	r.mu.Lock()
	out := r.output
	r.mu.Unlock()
	if out != nil {
		return out.Off(ctx)
	}
	return r.command(ctx, func(out *power.Output) error { return out.Off(ctx) })
}

func (r *Rail) want(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wanted = on
}

// Cut opens the rail's switch when its trigger fires, and closes it again after the given time; 0 leaves it open until
// the next On. A rail without a switch cannot be cut at a moment: the action then fails and the spec is void.
func (r *Rail) Cut(for_ time.Duration) trigger.Action {
	text := "cut " + r.role
	if for_ > 0 {
		text += " for " + for_.String()
	}
	return trigger.Func(text, func() error { return r.cut(for_) })
}

func (r *Rail) cut(d time.Duration) error {
	switch {
	case r.contact == nil:
		return fmt.Errorf("rail %s has no switch in its line, so it cannot be cut at a moment; add one to the bench file", r.role)
	case d > 0:
		return r.contact.driveFor(false, d)
	}
	return r.contact.drive(false)
}

func (r *Rail) make() error {
	if r.contact == nil {
		return nil
	}
	// The lock is held while the switch closes: when Off has returned, nothing closes it any more.
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.wanted {
		return errOff
	}
	return r.contact.drive(true)
}

func (r *Rail) breakContact() error {
	if r.contact == nil {
		return nil
	}
	return r.contact.drive(false)
}

// endCut keeps an open switch open.
func (r *Rail) endCut() {
	if r.contact != nil {
		r.contact.endless()
	}
}

// Measure reads the sensor at the terminals, or the supply's own meter where there is none. source says which.
func (r *Rail) Measure(ctx context.Context) (reading power.Reading, source string, err error) {
	if r.sensor != nil {
		reading, err = r.sensor.Sense(ctx)
		return reading, r.config.Sensor, err
	}
	reading, err = r.bench.power.Channels[r.role].Measure(ctx)
	return reading, r.config.Supply, err
}

// command runs f on the output, setting its limits first if that was not done yet.
func (r *Rail) command(ctx context.Context, f func(*power.Output) error) error {
	select {
	case r.busy <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-r.busy }()
	if r.output == nil {
		l := r.config.Limits
		limits := power.Limits{Voltage: l.Voltage, Current: l.Current, OVP: l.OVP, OCP: l.OCP}
		out, err := power.Limit(ctx, r.channel(), limits)
		r.note("limits", limits.String(), err)
		if err != nil {
			return err
		}
		r.adopt(out)
	}
	return r.explain(f(r.output))
}

// note records what was done to the output.
func (r *Rail) note(action, value string, err error) {
	r.mu.Lock()
	r.noted = time.Now()
	r.mu.Unlock()
	r.bench.setting(record.Setting{Device: r.role, Action: action, Value: value}, err)
}

// setting records what was done to a device. Equipment that does not do what it is told makes a spec void. A wish outside
// the limits is the spec's own mistake, and a context that ended says nothing of the equipment.
func (b *Bench) setting(s record.Setting, err error) {
	if err != nil {
		s.Error = err.Error()
	}
	b.opts.Record.Add(s)
	if err != nil && !errors.Is(err, power.ErrLimit) && !errors.Is(err, errClosed) &&
		!errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		b.Fault(s.Device, err)
	}
}

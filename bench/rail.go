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
	bench  *Bench
	role   string
	config config.Rail
	sw     power.Switch // nil if there is none
	sensor power.Sensor // nil if there is none
	sw0    string       // role of sw

	busy   chan struct{} // held while the output is commanded
	output *power.Output // nil until limits were set

	mu      sync.Mutex
	restore *time.Timer // ends a Cut
}

func newRail(b *Bench, role string, c config.Rail) *Rail {
	r := &Rail{
		bench: b, role: role, config: c, sw0: c.Switch,
		busy: make(chan struct{}, 1),
	}
	if s, ok := b.power.Switches[c.Switch]; ok {
		r.sw = s
	}
	if s, ok := b.power.Sensors[c.Sensor]; ok {
		r.sensor = s
	}
	return r
}

func (r *Rail) String() string { return r.role }

// Nominal returns the rail's voltage in normal operation.
func (r *Rail) Nominal() physic.ElectricPotential { return r.config.Nominal }

// On sets limits and voltage, reads them back, energises the output and then closes the switch.
func (r *Rail) On(ctx context.Context) error { return r.OnAt(ctx, r.config.Nominal) }

// OnAt is On with another voltage than the nominal one.
func (r *Rail) OnAt(ctx context.Context, v physic.ElectricPotential) error {
	r.endCut()
	err := r.command(ctx, func(out *power.Output) error { return out.On(ctx, v) })
	r.note(r.role, "on", v.String(), err)
	if err != nil {
		return fmt.Errorf("energise %s: %w", r.role, err)
	}
	return r.make()
}

// Set changes the voltage of an energised rail.
func (r *Rail) Set(ctx context.Context, v physic.ElectricPotential) error {
	err := r.command(ctx, func(out *power.Output) error { return out.Set(ctx, v) })
	r.note(r.role, "set", v.String(), err)
	if err != nil {
		return fmt.Errorf("set %s to %s: %w", r.role, v, err)
	}
	return nil
}

// Off opens the switch and switches the output off.
func (r *Rail) Off(ctx context.Context) error {
	r.endCut()
	broken := r.breakContact()
	err := r.command(ctx, func(out *power.Output) error { return out.Off(ctx) })
	r.note(r.role, "off", "", err)
	return errors.Join(broken, err)
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
	if r.sw == nil {
		return fmt.Errorf("rail %s has no switch in its line, so it cannot be cut at a moment; add one to the bench file", r.role)
	}
	r.endCut() // the end of an earlier cut would end this one too early
	if err := r.breakContact(); err != nil {
		return err
	}
	if d > 0 {
		r.restoreAfter(d)
	}
	return nil
}

// restoreAfter closes the switch after d unless endCut comes first. The lock is held until it has closed: when endCut has
// returned, nothing closes it any more.
func (r *Rail) restoreAfter(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var t *time.Timer
	t = time.AfterFunc(d, func() {
		r.mu.Lock()
		if r.restore != t {
			r.mu.Unlock()
			return
		}
		r.restore = nil
		err := r.sw.Make()
		r.mu.Unlock()
		r.note(r.sw0, "make", "", err)
		if err != nil {
			r.bench.Fault(r.role, err)
		}
	})
	r.restore = t
}

func (r *Rail) endCut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.restore != nil {
		r.restore.Stop()
		r.restore = nil
	}
}

func (r *Rail) make() error {
	if r.sw == nil {
		return nil
	}
	err := r.sw.Make()
	r.note(r.sw0, "make", "", err)
	return err
}

func (r *Rail) breakContact() error {
	if r.sw == nil {
		return nil
	}
	err := r.sw.Break()
	r.note(r.sw0, "break", "", err)
	return err
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
		out, err := power.Limit(ctx, r.bench.power.Channels[r.role], power.Limits{
			Voltage: l.Voltage, Current: l.Current, OVP: l.OVP, OCP: l.OCP,
		})
		r.note(r.role, "limits", fmt.Sprintf("%s %s, OVP %s, OCP %s", l.Voltage, l.Current, l.OVP, l.OCP), err)
		if err != nil {
			return err
		}
		r.output = out
	}
	return f(r.output)
}

// note records what was done to a device.
func (r *Rail) note(device, action, value string, err error) {
	s := record.Setting{Device: device, Action: action, Value: value}
	if err != nil {
		s.Error = err.Error()
	}
	r.bench.opts.Record.Add(s)
	// Equipment that does not do what it is told makes a spec void. A wish outside the limits is the spec's own mistake,
	// and a context that ended says nothing of the equipment.
	if err != nil && !errors.Is(err, power.ErrLimit) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		r.bench.Fault(device, err)
	}
}

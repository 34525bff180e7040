package sweep

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"otabench/bench"
	"otabench/bench/trigger"
	"otabench/ecu/firmware"
	"otabench/ecu/uds"
)

// Packages are the software of a sweep: Current runs before each trial and mends the unit after it.
type Packages struct{ Current, Next *firmware.Package }

// PackagesOf returns the packages that a bench file gives an ECU for the two.
func PackagesOf(u *bench.ECU) Packages { return Packages{u.Package("current"), u.Package("next")} }

// Try carries a procedure out on an open bench, disturbs it at a point, and ends with a complete reflash. The error is
// the bench's; what the unit does is in the Result.
func Try(ctx context.Context, b *bench.Bench, pkg Packages, p Point) (Result, error) {
	return try(ctx, b, pkg, p, nil)
}

func try(ctx context.Context, b *bench.Bench, pkg Packages, p Point, like *alike) (Result, error) {
	t, err := prepare(ctx, b, pkg)
	if err != nil {
		return Result{Point: p, Outcome: Void}, fmt.Errorf("prepare %v: %w", p, err)
	}
	t.alike = like
	return t.run(ctx, p)
}

// trial is one point on an open bench.
type trial struct {
	b      *bench.Bench
	u      *bench.ECU
	pkg    Packages
	before identity
	alike  *alike // nil plays every trial to its end

	asked bool   // the tester asked for the confirmation
	left  uint64 // what the power cut left
}

// prepare brings a bench that was just opened, or on which a trial has ended, to where a trial begins.
func prepare(ctx context.Context, b *bench.Bench, pkg Packages) (*trial, error) {
	t := &trial{b: b, u: b.Unit(), pkg: pkg}
	if err := t.u.Rail().On(ctx); err != nil {
		return nil, err
	}
	id, err := t.u.WhoAmI(ctx)
	if err != nil {
		return nil, err
	}
	t.before = id
	return t, t.charge(ctx)
}

// charge makes sure that the unit has heard of a battery that is charged well.
func (t *trial) charge(ctx context.Context) error {
	if battery := t.b.Battery(); battery != nil {
		return battery.Set(ctx, charged, false)
	}
	return nil
}

// charged is a state of charge that no gate minds, in percent.
const charged = 80

func (t *trial) run(ctx context.Context, p Point) (Result, error) {
	res := Result{Point: p, Outcome: Missed}
	var armed *trigger.Armed
	disturbed, known := context.WithCancel(ctx)
	defer known()
	var shared *Result
	var looking chan struct{}
	err := p.Procedure.run(disturbed, t.u, t.pkg.Next, func() {
		t.b.Arm(t.witness(), trigger.Func("remember it", nil))
		armed = faults[p.Fault].arm(t, p.Offset.condition(t.u), p.Offset.After)
		if t.alike != nil && faults[p.Fault].shares {
			looking = make(chan struct{})
			go func() {
				defer close(looking)
				if shared = t.look(disturbed, armed, p); shared != nil {
					known()
				}
			}()
		}
	})
	known()
	if looking != nil {
		<-looking
	}
	t.b.DisarmAll()
	if shared != nil {
		shared.Point = p
		return *shared, nil
	}
	if err != nil {
		res.Tester = err.Error()
	}
	if armed != nil {
		if _, fired := armed.Firing(); fired {
			t.conclude(ctx, &res)
		}
	}
	res.judge(testimony{asked: t.asked, told: err == nil && p.Procedure == Update})
	if f := t.b.TakeFaults(); len(f) > 0 {
		res.Outcome, res.Wrong = Void, ""
		return res, fmt.Errorf("%v: the bench failed: %s: %s", p, f[0].Device, f[0].Text)
	}
	if t.alike != nil && faults[p.Fault].shares && res.Outcome != Missed {
		t.alike.remember(p, t.left, res)
	}
	return res, nil
}

// look waits for the cut and returns the result of an earlier one that left the same, nil if there is none.
func (t *trial) look(ctx context.Context, cut *trigger.Armed, p Point) *Result {
	select {
	case <-cut.Done():
	case <-ctx.Done():
		return nil
	}
	time.Sleep(outage / 2) // the line is dead, and has not come back
	var ok bool
	if t.left, ok = t.b.Remains(t.u.Name()); !ok {
		return nil
	}
	return t.alike.find(p, t.left)
}

// witness notes that the tester asks for the confirmation.
func (t *trial) witness() trigger.Condition {
	id := t.u.Description().Routines[confirm].ID
	ask := []byte{uds.SIDRoutineControl, 1, byte(id >> 8), byte(id)}
	return trigger.Custom("the tester asks for the confirmation", func() func(trigger.Observation) bool {
		return func(o trigger.Observation) bool {
			if o.Kind == trigger.RequestBegun && bytes.HasPrefix(o.Data, ask) {
				t.asked = true
			}
			return false
		}
	})
}

// conclude waits until the unit has settled, says what it is, and mends it.
func (t *trial) conclude(ctx context.Context, res *Result) {
	id, outcome := t.settle(ctx)
	res.Outcome = outcome
	if id != (identity{}) {
		res.Unit = id.String()
	}
	res.Recovered = t.mend(ctx, id)
}

// settle waits for a unit that stays as it is.
func (t *trial) settle(ctx context.Context) (last identity, o Outcome) {
	timing := t.u.Description().Timing
	err := t.u.AwaitIdentity(ctx, outage+timing.Confirm+4*timing.Boot, func(id identity) bool {
		last = id
		o = t.classify(id)
		return o != Mixed
	})
	switch {
	case err == nil:
		return last, o
	case last == identity{}:
		return last, Bricked
	}
	return last, Mixed
}

func (t *trial) classify(id identity) Outcome {
	permanent := id.BootState == "" || id.BootState == "confirmed"
	elsewhere := t.before.Slot == "" || id.Slot != t.before.Slot
	switch {
	case id.Same(t.before):
		return Old
	case permanent && elsewhere && id.Same(t.before.Updated(t.pkg.Next.Manifest, id.Slot)):
		return New
	case id.Software == "" && id.Serial == t.before.Serial:
		return Recoverable
	}
	return Mixed
}

// mend reflashes the unit, once more after a power cycle if it has to be.
func (t *trial) mend(ctx context.Context, left identity) bool {
	if t.reflash(ctx, left) == nil {
		return true
	}
	if t.u.PowerCycle(ctx) != nil {
		return false
	}
	return t.reflash(ctx, left) == nil
}

// reflash installs the current software and makes sure that it is not the copy that was there.
func (t *trial) reflash(ctx context.Context, left identity) error {
	if err := t.charge(ctx); err != nil {
		return err
	}
	if err := t.u.Update(ctx, t.pkg.Current); err != nil {
		return err
	}
	id, err := t.u.Identify(ctx)
	if err != nil {
		return err
	}
	want := t.before.Updated(t.pkg.Current.Manifest, id.Slot)
	if !id.Same(want) || left.Slot != "" && left.Software != "" && id.Slot == left.Slot {
		return errors.New("another software runs than the one that was installed")
	}
	return nil
}

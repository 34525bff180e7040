package sweep

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"otabench/bench"
	"otabench/bench/trigger"
	"otabench/ecu/firmware"
	"otabench/ecu/uds"
)

// Target is the unit of a sweep on an open bench with its software: Current runs before each trial and mends the unit
// after it.
type Target struct {
	Bench         *bench.Bench
	Unit          *bench.ECU
	Current, Next *firmware.Package
	// OtherSlot installs the current software once before a trial on a new bench, so that the unit runs from its other slot:
	// what is fallback and what is new then lie the other way round.
	OtherSlot bool
}

// TargetOf is the ECU in a role, the bench's first one if that is empty, with the packages that the bench file gives it:
// that in the role current, and that in the role next or another one.
func TargetOf(b *bench.Bench, ecu, next string) (Target, error) {
	t := Target{Bench: b}
	if ecu == "" {
		t.Unit = b.Unit()
	} else {
		t.Unit = b.ECU(ecu)
	}
	for _, p := range []struct {
		role string
		to   **firmware.Package
	}{{"current", &t.Current}, {cmp.Or(next, "next"), &t.Next}} {
		if !t.Unit.HasPackage(p.role) {
			return t, fmt.Errorf("the bench file names no package %q for %s; it has %v", p.role, t.Unit.Name(), t.Unit.PackageRoles())
		}
		*p.to = t.Unit.Package(p.role)
	}
	return t, nil
}

// Try carries a procedure out on an open bench, disturbs it at a point, and ends with a complete reflash. The error is
// the bench's; what the unit does is in the Result.
func (t Target) Try(ctx context.Context, p Point) (Result, error) { return t.try(ctx, p, nil) }

func (t Target) try(ctx context.Context, p Point, like *alike) (Result, error) {
	if needs := faults[p.Fault].needs; needs != nil {
		if err := needs(t); err != nil {
			return Result{Point: p, Outcome: Void}, err
		}
	}
	one, err := t.prepare(ctx)
	if err != nil {
		return Result{Point: p, Outcome: Void}, fmt.Errorf("prepare %v: %w", p, err)
	}
	one.alike = like
	return one.run(ctx, p)
}

// trial is one point on an open bench.
type trial struct {
	Target
	before identity
	alike  *alike // nil plays every trial to its end

	said testimony // on the receive path, until the triggers are disarmed
	left uint64    // what the power cut left
}

// prepare brings a bench that was just opened, or on which a trial has ended, to where a trial begins.
func (t Target) prepare(ctx context.Context) (*trial, error) {
	if err := t.Unit.Rail().On(ctx); err != nil {
		return nil, err
	}
	one := &trial{Target: t}
	var err error
	if one.before, err = t.Unit.WhoAmI(ctx); err != nil {
		return nil, err
	}
	if err := one.charge(ctx); err != nil || !t.OtherSlot {
		return one, err
	}
	if err := t.Unit.Update(ctx, t.Current); err != nil {
		return nil, fmt.Errorf("bring the unit to its other slot: %w", err)
	}
	one.before, err = t.Unit.Identify(ctx)
	return one, err
}

// charge makes sure that the unit has heard of a battery that is charged well.
func (t *trial) charge(ctx context.Context) error {
	if battery := t.Bench.Battery(); battery != nil {
		return battery.Set(ctx, charged, false)
	}
	return nil
}

// charged is a state of charge that no gate minds, in percent.
const charged = 80

func (t *trial) run(ctx context.Context, p Point) (Result, error) {
	res := Result{Point: p, Outcome: Missed}
	var armed, witness *trigger.Armed
	disturbed, known := context.WithCancel(ctx)
	defer known()
	var shared *Result
	var looking chan struct{}
	err := p.Procedure.run(disturbed, t.Unit, t.Next, func() {
		witness = t.Bench.Arm(t.witness(), trigger.Func("remember it", nil))
		armed = faults[p.Fault].arm(t, p.Offset.condition(t.Unit), p.Offset.After)
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
	if armed != nil && disturbed.Err() == nil {
		// The last moments of a procedure may still be to come.
		late := time.NewTimer(p.Offset.After + trailing)
		select {
		case <-armed.Done():
		case <-late.C:
		case <-ctx.Done():
		}
		late.Stop()
	}
	known()
	if looking != nil {
		<-looking
	}
	defer t.Bench.DisarmAll()
	if shared != nil {
		shared.Point = p
		return *shared, nil
	}
	if err != nil {
		res.Tester = err.Error()
	}
	if armed != nil {
		witness.Disarm() // what mends the unit is another story
		if _, fired := armed.Firing(); fired {
			t.conclude(ctx, &res)
		}
	}
	res.judge(t.said)
	if f := t.Bench.TakeFaults(); len(f) > 0 {
		res.Outcome, res.Wrong = Void, ""
		return res, fmt.Errorf("%v: the bench failed: %s: %s", p, f[0].Device, f[0].Text)
	}
	if t.alike != nil && faults[p.Fault].shares && res.Outcome != Missed {
		t.alike.remember(p, t.left, res)
	}
	return res, nil
}

// trailing is how long after its procedure a moment may come.
const trailing = 10 * time.Millisecond

// look waits for the cut and returns the result of an earlier one that left the same, nil if there is none.
func (t *trial) look(ctx context.Context, cut *trigger.Armed, p Point) *Result {
	select {
	case <-cut.Done():
	case <-ctx.Done():
		return nil
	}
	time.Sleep(outage / 2) // the line is dead, and has not come back
	var ok bool
	if t.left, ok = t.Bench.Remains(t.Unit.Name()); !ok {
		return nil
	}
	return t.alike.find(p, t.left)
}

// witness notes that the tester asks for the confirmation, and that the unit says it is done.
func (t *trial) witness() trigger.Condition {
	id := t.Unit.Description().Routines[confirm].ID
	ask := []byte{uds.SIDRoutineControl, 1, byte(id >> 8), byte(id)}
	tell := []byte{uds.SIDRoutineControl + 0x40, 1, byte(id >> 8), byte(id), 0}
	return trigger.Custom("what is said of the confirmation", func() func(trigger.Observation) bool {
		return func(o trigger.Observation) bool {
			switch {
			case o.Source != t.Unit.Name():
			case o.Kind == trigger.RequestBegun && bytes.HasPrefix(o.Data, ask):
				t.said.asked = true
			case o.Kind == trigger.ResponseSeen && bytes.HasPrefix(o.Data, tell):
				t.said.told = true
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
	timing := t.Unit.Description().Timing
	err := t.Unit.AwaitIdentity(ctx, muteness+timing.Confirm+4*timing.Boot, func(id identity) bool {
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
	case permanent && elsewhere && id.Same(t.before.Updated(t.Next.Manifest, id.Slot)):
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
	if t.Unit.PowerCycle(ctx) != nil {
		return false
	}
	if _, err := t.Unit.WhoAmI(ctx); err != nil {
		return false
	}
	return t.reflash(ctx, left) == nil
}

// reflash installs the current software and makes sure that it is not the copy that was there. A unit that has gone on to a
// higher security counter takes the current software no more, and gets the next one again.
func (t *trial) reflash(ctx context.Context, left identity) error {
	if err := t.charge(ctx); err != nil {
		return err
	}
	pkg := t.Current
	if left.Counter > pkg.Manifest.Counter {
		pkg = t.Next
	}
	if err := t.Unit.Update(ctx, pkg); err != nil {
		return err
	}
	id, err := t.Unit.Identify(ctx)
	if err != nil {
		return err
	}
	want := t.before.Updated(pkg.Manifest, id.Slot)
	if !id.Same(want) || left.Slot != "" && left.Software != "" && id.Slot == left.Slot {
		return errors.New("another software runs than the one that was installed")
	}
	return nil
}

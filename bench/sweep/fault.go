package sweep

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/trigger"
)

// Fault names.
const (
	// Cut opens the supply line for a while.
	Cut = "cut"
	// CutTwice cuts again when the unit, powered anew, begins to work on its flash.
	CutTwice = "cut-twice"
	// BusOpen interrupts the unit's bus for a while.
	BusOpen = "bus-open"
	// FrameLoss loses the next frame between tester and unit, on a simulated bus.
	FrameLoss = "frame-loss"
	// Reset pulls the unit's reset line.
	Reset = "reset"
	// Silence lets the tester say nothing for longer than a session lasts.
	Silence = "silence"
)

const (
	// outage is how long the power or the bus stays away.
	outage = 300 * time.Millisecond
	// muteness is how long the tester is silent: longer than S3 of ISO 14229-2, 5 s.
	muteness = 6 * time.Second
	// pull is how long the reset line is pulled.
	pull = 10 * time.Millisecond
)

// fault does something at a moment, and waits until the bench is whole again.
type fault struct {
	about string
	// shares says that what follows depends on nothing but what the unit's memory holds then.
	shares bool
	// inFlash says that only operations of the flash are worth it.
	inFlash bool
	// needs says what the bench has not that it takes; nil is nothing.
	needs func(t Target) error
	arm   func(t *trial, at trigger.Condition, after time.Duration) *trigger.Armed
}

var faults = map[string]fault{
	BusOpen: {
		about: "the unit's bus is interrupted for 300 ms", needs: needSwitch(config.CANOpen),
		arm: func(t *trial, at trigger.Condition, after time.Duration) *trigger.Armed {
			return t.Bench.Arm(at, later(after, t.switchFor(config.CANOpen).Pulse(outage)))
		},
	},
	Reset: {
		about: "the unit's reset line is pulled for 10 ms", needs: needSwitch(config.Reset),
		arm: func(t *trial, at trigger.Condition, after time.Duration) *trigger.Armed {
			return t.Bench.Arm(at, later(after, t.switchFor(config.Reset).Pulse(pull)))
		},
	},
	FrameLoss: {
		about: "the next frame between tester and unit is lost",
		arm: func(t *trial, at trigger.Condition, after time.Duration) *trigger.Armed {
			return t.Bench.Arm(at, later(after, t.Bench.Lose(t.Unit.BusRole(), newLine(t.Unit).either(), 1)))
		},
	},
	Silence: {
		about: "the tester says nothing for 6 s",
		arm: func(t *trial, at trigger.Condition, after time.Duration) *trigger.Armed {
			return t.Bench.Arm(at, later(after, t.Unit.Silence(muteness)))
		},
	},
	CutTwice: {
		about:   "the supply line opens for 300 ms, and again when the flash is next written, in the boot or in the reflash that follows",
		inFlash: true,
		arm: func(t *trial, at trigger.Condition, after time.Duration) *trigger.Armed {
			cut := t.Unit.Rail().Cut(outage)
			twice := trigger.Func(cut.String()+", and again when the flash is next written", func() error {
				time.AfterFunc(outage/2, func() { t.Bench.Arm(Offset{Flash: 1}.condition(t.Unit), cut) })
				return cut.Do()
			})
			return t.Bench.Arm(at, later(after, twice))
		},
	},
	Cut: {
		about: "the supply line opens for 300 ms", shares: true,
		arm: func(t *trial, at trigger.Condition, after time.Duration) *trigger.Armed {
			return t.Bench.Arm(at, later(after, t.Unit.Rail().Cut(outage)))
		},
	},
}

func needSwitch(f config.Function) func(Target) error {
	return func(t Target) error {
		if t.Bench.SwitchFor(f, t.Unit.Name()) == "" {
			return fmt.Errorf("the bench file has no switch with the function %s for %s", f, t.Unit.Name())
		}
		return nil
	}
}

func (t Target) switchFor(f config.Function) *bench.Switch {
	return t.Bench.Switch(t.Bench.SwitchFor(f, t.Unit.Name()))
}

// FaultNames returns the names of all faults.
func FaultNames() []string { return slices.Sorted(maps.Keys(faults)) }

func later(after time.Duration, a trigger.Action) trigger.Action {
	if after == 0 {
		return a
	}
	return trigger.After(after, a)
}

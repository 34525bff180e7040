package sweep

import (
	"maps"
	"slices"
	"time"

	"otabench/bench/trigger"
)

// Fault names.
const (
	// Cut opens the supply line for a while.
	Cut = "cut"
	// CutTwice cuts again when the unit, powered anew, begins to work on its flash.
	CutTwice = "cut-twice"
)

// outage is how long the power stays away.
const outage = 300 * time.Millisecond

// fault does something at a moment, and waits until the bench is whole again.
type fault struct {
	about string
	// shares says that what follows depends on nothing but what the unit's memory holds then.
	shares bool
	// inFlash says that only operations of the flash are worth it.
	inFlash bool
	arm     func(t *trial, at trigger.Condition, after time.Duration) *trigger.Armed
}

var faults = map[string]fault{
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

// FaultNames returns the names of all faults.
func FaultNames() []string { return slices.Sorted(maps.Keys(faults)) }

func later(after time.Duration, a trigger.Action) trigger.Action {
	if after == 0 {
		return a
	}
	return trigger.After(after, a)
}

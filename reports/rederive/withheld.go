package rederive

import (
	"slices"
	"strings"
	"time"

	"otabench/reports"
)

// keptFromBus reports whether a trigger of the running spec had by then begun to keep the tester's frames from the bus, as
// [bench.ECU.Silence], [bench.Bench.BusOff] and [bench.Bench.Lose] do. What was withheld left no frame.
func (c *checker) keptFromBus(ecu string, at time.Duration) bool {
	i := slices.IndexFunc(c.run.Specs, func(s *reports.Spec) bool { return s.ID == c.spec })
	if i < 0 {
		return false
	}
	for _, t := range c.run.Specs[i].Triggers {
		if t.Fired == nil || t.Fired.At > at+exact {
			continue
		}
		for _, what := range []string{"silence the tester of " + ecu, "bus-off of the bench's controller", "lose frame "} {
			if strings.Contains(t.Action, what) {
				return true
			}
		}
	}
	return false
}

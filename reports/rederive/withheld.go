package rederive

import (
	"math"
	"slices"
	"strings"
	"time"

	"otabench/bench/record"
	"otabench/reports"
)

// maxStretches is how many of the last stretches of an ECU in which its tester was not heard are known.
const maxStretches = 64

// tester notes when the bench kept from the bus what its tester of an ECU sent.
func (c *checker) tester(t time.Duration, b record.Tester) {
	all := c.withheld[b.ECU]
	switch n := len(all); {
	case b.Withheld:
		if n == maxStretches {
			all = slices.Delete(all, 0, 1)
		}
		all = append(all, window{t, math.MaxInt64})
	case n > 0:
		all[n-1].to = t
	}
	c.withheld[b.ECU] = all
}

// keptFromBus reports whether the bench kept the tester's frames from the bus then: because it said so, or because a trigger
// of the running spec had by then begun to, as [bench.Bench.BusOff] and [bench.Bench.Lose] do.
func (c *checker) keptFromBus(ecu string, at time.Duration) bool {
	if slices.ContainsFunc(c.withheld[ecu], func(w window) bool { return w.has(at) }) {
		return true
	}
	i := slices.IndexFunc(c.run.Specs, func(s *reports.Spec) bool { return s.ID == c.spec })
	if i < 0 {
		return false
	}
	for _, t := range c.run.Specs[i].Triggers {
		if t.Fired == nil || t.Fired.At > at+exact {
			continue
		}
		if strings.Contains(t.Action, "bus-off of the bench's controller") || strings.Contains(t.Action, "lose frame ") {
			return true
		}
	}
	return false
}

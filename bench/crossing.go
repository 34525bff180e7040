package bench

import (
	"otabench/bench/trigger"
	"otabench/power"
)

// crossing shows the triggers each two readings that follow one another, on the sampling path itself.
type crossing struct {
	rail *Rail
	last power.Reading // of zero time before the first
}

func (c *crossing) add(reading power.Reading) {
	before := c.last
	c.last = reading
	triggers := &c.rail.bench.triggers
	if before.Time.IsZero() || !triggers.Wants(trigger.Voltage) {
		return
	}
	triggers.Observe(trigger.Observation{
		Kind: trigger.Voltage, Time: reading.Time, Source: c.rail.role,
		Volts: reading.Voltage, Before: before.Voltage, Interval: reading.Time.Sub(before.Time),
	})
}

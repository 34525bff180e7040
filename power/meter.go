package power

import (
	"context"
	"fmt"
)

// Meter makes a Sensor of a supply's own meter. It is not independent: it measures at the supply, not at the unit, and
// is silent when the link is; its name says so.
func Meter(ch Channel) Sensor { return meter{ch} }

type meter struct{ channel Channel }

func (m meter) Sense(ctx context.Context) (Reading, error) { return m.channel.Measure(ctx) }

func (m meter) String() string { return fmt.Sprintf("%v's own meter (not independent)", m.channel) }

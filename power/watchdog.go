package power

import (
	"context"
	"time"
)

// Watchdog is a Supply that switches all its outputs off by itself when it hears nothing for a while: the one guard that
// outlives the computer. Any command on any of its interfaces keeps it quiet, so that measuring regularly is enough.
// When it has acted, every output says TripWatchdog.
type Watchdog interface {
	// WatchdogRange bounds the time that can be set; low is its resolution too.
	WatchdogRange() (low, high time.Duration)
	// ArmWatchdog sets the time, arms the watchdog and reads both back.
	ArmWatchdog(ctx context.Context, silence time.Duration) error
	DisarmWatchdog(context.Context) error
	// WatchdogArmed reads whether it is armed, and the time that is set.
	WatchdogArmed(context.Context) (armed bool, silence time.Duration, err error)
}

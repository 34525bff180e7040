package sim

import "time"

// defaultFuseDelay is how long a fuse stands the current limit unless it was set otherwise.
const defaultFuseDelay = 10 * time.Millisecond

// fuse is an overcurrent protection without a level: it blows when the output has been at its current limit for a while.
type fuse struct {
	armed   bool
	delay   time.Duration
	limited time.Duration // how long the output has been there by now
}

// step counts the time in current limitation.
func (f *fuse) step(r regulation, t time.Duration) {
	if r != constantCurrent {
		f.limited = 0
		return
	}
	f.limited += t
}

// blows is when the fuse blows if the output goes on as it does.
func (f *fuse) blows(r regulation) time.Duration {
	if !f.armed || r != constantCurrent {
		return never
	}
	return max(0, f.delay-f.limited)
}

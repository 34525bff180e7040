package master

import (
	"sync/atomic"

	"otabench/can"
)

// diagnostics is the bus as the master's testers use it. While it talks to no ECU, they hear nothing: answers to another
// tester, such as a workshop's, are not for them, and they must not control its flow.
type diagnostics struct {
	transceiver
	talking *atomic.Int32
}

// Handle implements [can.Bus].
func (d diagnostics) Handle(f func(can.Received), filters ...can.Filter) *can.Subscription {
	return d.transceiver.Handle(func(r can.Received) {
		if d.talking.Load() > 0 {
			f(r)
		}
	}, filters...)
}

// talk opens the diagnostic connections to the ECUs until done.
func (l *life) talk() (done func()) {
	l.talking.Add(1)
	return func() { l.talking.Add(-1) }
}

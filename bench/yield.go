package bench

import "otabench/can"

// Yield leaves the ECU to another tester on the bus, such as the vehicle's update master, until resume: the bench's own
// neither sends nor hears anything, flow control included, which the other one's transfers would stumble over. Messages of
// the ECU to the other one are not taken for answers.
func (e *ECU) Yield() (resume func()) {
	e.tester.yield(true)
	return func() { e.tester.yield(false) }
}

func (t *tester) yield(yields bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.yields = yields
}

func (t *tester) yielded() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.yields
}

// Handle implements [can.Bus].
func (t *tester) Handle(f func(can.Received), filters ...can.Filter) *can.Subscription {
	return t.Bus.Handle(func(r can.Received) {
		if !t.yielded() {
			f(r)
		}
	}, filters...)
}

package bench

import "otabench/can"

// yield leaves an ECU to another tester on the bus, such as the vehicle's update master: the bench's own neither sends nor
// hears anything, flow control included, which the other one's transfers would stumble over. Messages of the ECU to the
// other one are not taken for answers. It reports whether that is a change.
func (t *tester) yield(yields bool) (changed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	changed = t.yields != yields
	t.yields = yields
	return changed
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

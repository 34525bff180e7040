package trigger_test

import (
	"testing"

	"otabench/bench/trigger"
	"otabench/can"
	"otabench/can/isotp"
)

// BenchmarkObserve is what a frame costs on the receive path: without a trigger, with one that waits for other things,
// and with those that look at it in vain.
func BenchmarkObserve(b *testing.B) {
	nothing := trigger.Func("cut", func() error { return nil })
	frame := trigger.Observation{Kind: trigger.Frame, Source: "body", Frame: can.New(0x7E0, 1, 2, 3)}
	pdu := &isotp.PDU{Kind: isotp.ConsecutiveFrame, Tx: true, Index: 3, Data: []byte{0x36, 16}}
	transport := trigger.Observation{Kind: trigger.Transport, Source: "bcm", PDU: pdu}
	other := trigger.FrameOn("body", can.Exactly(0x7E1, false))
	for _, bb := range []struct {
		name string
		c    []trigger.Condition
		o    trigger.Observation
	}{
		{"unarmed", nil, frame},
		{"unwanted", []trigger.Condition{trigger.Request("bcm", 0x36, 17).Sent()}, frame},
		{"frame", []trigger.Condition{other}, frame},
		{"transport", []trigger.Condition{trigger.FrameTo("bcm", isotp.ConsecutiveFrame).Of(0x36, 17).Index(3).Seen()}, transport},
		{"sequence", []trigger.Condition{trigger.Any(other, other.Nth(3)).After(20).Then(other)}, frame},
		{"ten", []trigger.Condition{other, other, other, other, other, other, other, other, other, other}, frame},
	} {
		b.Run(bb.name, func(b *testing.B) {
			var e trigger.Engine
			for _, c := range bb.c {
				e.Arm(c, nothing)
			}
			b.ReportAllocs()
			for b.Loop() {
				e.Observe(bb.o)
			}
		})
	}
}

// A frame that meets nothing costs the garbage collector nothing.
func TestNoAllocationsForWhatDoesNotMatch(t *testing.T) {
	var e trigger.Engine
	other := trigger.FrameOn("body", can.Exactly(0x7E1, false))
	e.Arm(trigger.Any(other, other.Nth(3)).After(20).Then(other), trigger.Func("cut", func() error { return nil }))
	o := trigger.Observation{Kind: trigger.Frame, Source: "body", Frame: can.New(0x7E0, 1, 2, 3)}
	if n := testing.AllocsPerRun(100, func() { e.Observe(o) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

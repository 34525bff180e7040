package sim

import (
	"context"
	"sync/atomic"

	"otabench/can"
)

// transceiver is the ECU's CAN transceiver: without power or in reset it sends nothing.
type transceiver struct {
	can.Bus
	on atomic.Bool
}

// Send implements can.Bus.
func (t *transceiver) Send(ctx context.Context, f can.Frame) error {
	if !t.on.Load() {
		return can.ErrClosed
	}
	return t.Bus.Send(ctx, f)
}

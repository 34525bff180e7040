package sim

import (
	"context"

	"otabench/can"
)

// transceiver is the ECU's CAN transceiver: without power or in reset it sends nothing, however long the software's
// goroutines take to notice.
type transceiver struct {
	can.Bus
	off <-chan struct{} // closed when the life ends
}

// Send implements can.Bus.
func (t transceiver) Send(ctx context.Context, f can.Frame) error {
	select {
	case <-t.off:
		return can.ErrClosed
	default:
		return t.Bus.Send(ctx, f)
	}
}

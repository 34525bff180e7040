package server

import (
	"context"
	"fmt"

	"otabench/can"
)

// maxUUDT is how many bytes a classic frame without a transport protocol holds.
const maxUUDT = can.MaxData

// UUDT returns a function that sends messages of up to 8 bytes in frames of their own, for Periodic. padding fills frames
// up to 8 bytes; nil sends them as short as they are.
func UUDT(bus can.Bus, id uint32, extended bool, padding *byte) func(ctx context.Context, message []byte) error {
	return func(ctx context.Context, message []byte) error {
		if len(message) > maxUUDT {
			return fmt.Errorf("send %d bytes in frame %X: %d fit without a transport protocol", len(message), id, maxUUDT)
		}
		f := can.New(id, message...)
		if extended {
			f.Flags |= can.Extended
		}
		for padding != nil && f.Len < maxUUDT {
			f.Data[f.Len] = *padding
			f.Len++
		}
		return bus.Send(ctx, f)
	}
}

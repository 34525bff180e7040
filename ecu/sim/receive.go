package sim

import (
	"context"
	"errors"

	"otabench/can"
	"otabench/can/isotp"
)

// errIsFinal reports whether no further message can come.
func errIsFinal(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, isotp.ErrClosed) || errors.Is(err, can.ErrClosed)
}

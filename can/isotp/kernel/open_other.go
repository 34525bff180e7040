//go:build !linux

package kernel

import (
	"context"
	"errors"
	"fmt"

	"otabench/can/isotp"
)

// Open fails: the CAN_ISOTP socket is Linux's.
func Open(_ context.Context, ifname string, cfg isotp.Config) (isotp.Conn, error) {
	return nil, fmt.Errorf("kernel ISO-TP %v on %s needs Linux: %w", cfg.Address, ifname, errors.ErrUnsupported)
}

//go:build !linux

package socketcan

import (
	"context"
	"errors"
	"fmt"
)

// Open fails: SocketCAN is Linux's.
func Open(_ context.Context, ifname string, _ Options) (*Bus, error) {
	return nil, fmt.Errorf("socketcan:%s: SocketCAN needs Linux: %w", ifname, errors.ErrUnsupported)
}

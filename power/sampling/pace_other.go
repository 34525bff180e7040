//go:build !linux

package sampling

import (
	"errors"
	"time"
)

// kernelPace is Linux's alone.
func kernelPace(time.Duration) (pace, error) { return nil, errors.ErrUnsupported }

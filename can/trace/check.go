package trace

import (
	"errors"
	"fmt"
	"time"

	"otabench/can"
)

// ErrTime means that a frame has no time, or one that the format cannot hold.
var ErrTime = errors.New("time is not between 1970 and 2262")

// lastStamped is the second in which the nanoseconds since 1970 exceed an int64, in 2262.
const lastStamped = (1<<63 - 1) / int64(time.Second)

// Check says what keeps a frame of the named bus from being written to a trace of any format: an error that wraps
// [can.ErrInvalid] or [ErrTime].
func Check(bus string, r *can.Received) error {
	if err := checkFrame(r.Frame); err != nil {
		return fmt.Errorf("trace of bus %s: %w", bus, err)
	}
	if s := r.Time.Unix(); s < 0 || s >= lastStamped {
		return fmt.Errorf("trace of bus %s: frame %03X: %w: %v", bus, r.ID, ErrTime, r.Time)
	}
	return nil
}

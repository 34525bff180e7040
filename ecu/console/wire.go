package console

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// wire is a stream that is a serial line.
type wire interface {
	sendBreak(ctx context.Context, d time.Duration) error
	setBaud(ctx context.Context, baud int) error
}

// Break holds the line in the break condition: boot loaders and SysRq listen to it. A break of 250 ms or more is seen
// at any rate. What was sent before is sent first. If ctx ends, so does the break, and its error is returned. The error
// wraps errors.ErrUnsupported if the console is no serial line or only plays one, as pseudo terminals do.
func (c *Console) Break(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return fmt.Errorf("%v: break of %v: want a duration above 0", c, d)
	}
	return c.onWire(ctx, "break", func(w wire) error { return w.sendBreak(ctx, d) })
}

// SetBaud changes the rate of a serial line, once all that was sent before has left: boot ROMs change theirs on
// command. A rate that the driver meets by no better than 3 % is refused with ErrSetting, and the line keeps the rate
// it had. The error wraps errors.ErrUnsupported if the console is no serial line. A port that comes back after a gap
// has the rate of its address.
func (c *Console) SetBaud(ctx context.Context, baud int) error {
	if err := checkBaud(baud); err != nil {
		return fmt.Errorf("%v: set rate: %w", c, err)
	}
	return c.onWire(ctx, fmt.Sprintf("set rate to %d baud", baud), func(w wire) error { return w.setBaud(ctx, baud) })
}

// onWire does something to the serial line while nothing is sent.
func (c *Console) onWire(ctx context.Context, doing string, do func(wire) error) error {
	stream, err := c.take(ctx)
	if err != nil {
		return fmt.Errorf("%v: %s: %w", c, doing, err)
	}
	defer c.release()
	w, ok := stream.(wire)
	if !ok {
		return fmt.Errorf("%v: %s: it is no serial line but a virtual console: %w", c, doing, errors.ErrUnsupported)
	}
	if err := do(w); err != nil {
		return fmt.Errorf("%v: %s: %w", c, doing, err)
	}
	return nil
}

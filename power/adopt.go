package power

import (
	"context"
	"fmt"
)

// Adopt makes an Output of a channel that somebody else has limited, and leaves it on if it is on. It reads the limits back
// and changes nothing: a channel that holds other limits, or a voltage beyond them, is refused with ErrReadBack and left
// as it is. Use [Limit] for a channel that is off.
func Adopt(ctx context.Context, ch Channel, limits Limits) (*Output, error) {
	if err := limits.check(ch); err != nil {
		return nil, fmt.Errorf("adopt %v: %w", ch, err)
	}
	got, err := ch.Settings(ctx)
	if err != nil {
		return nil, fmt.Errorf("adopt %v: %w", ch, err)
	}
	if err := compare(got, limits.settings(min(got.Voltage, limits.Voltage), got.On)); err != nil {
		return nil, fmt.Errorf("adopt %v: it was not limited as it should be, switch it off first: %w", ch, err)
	}
	return newOutput(ch, limits), nil
}

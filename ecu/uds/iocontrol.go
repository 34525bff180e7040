package uds

import "context"

// IOControl is what happens to an input or output (inputOutputControlParameter, annex E).
type IOControl byte

// Controls of inputs and outputs.
const (
	ReturnControlToECU  IOControl = 0x00
	ResetToDefault      IOControl = 0x01
	FreezeCurrentState  IOControl = 0x02
	ShortTermAdjustment IOControl = 0x03
)

// InputOutputControl takes or returns control of the inputs and outputs of an identifier (13.2), and returns their
// state. Each bit of mask, from the highest one of the first byte on, stands for one of the identifier's parameters; without a
// mask all of them are meant.
func (c *Client) InputOutputControl(ctx context.Context, did uint16, control IOControl, mask ...byte) ([]byte, error) {
	if control == ShortTermAdjustment {
		return nil, c.invalid(SIDInputOutputControlByIdentifier, "adjust %04X to nothing", did)
	}
	return c.ioControl(ctx, did, control, mask)
}

// AdjustIO sets the inputs and outputs of an identifier to state until control is returned (13.2, shortTermAdjustment).
func (c *Client) AdjustIO(ctx context.Context, did uint16, state []byte, mask ...byte) ([]byte, error) {
	if len(state) == 0 {
		return nil, c.invalid(SIDInputOutputControlByIdentifier, "adjust %04X to nothing", did)
	}
	return c.ioControl(ctx, did, ShortTermAdjustment, join(state, mask))
}

func (c *Client) ioControl(ctx context.Context, did uint16, control IOControl, more []byte) ([]byte, error) {
	echo := append(word(did), byte(control))
	return c.request(ctx, join([]byte{SIDInputOutputControlByIdentifier}, echo, more), echo, 0)
}

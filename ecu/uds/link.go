package uds

import "context"

// LinkMode is a way of communication that the standard numbers (linkControlModeIdentifier, annex B.3).
type LinkMode byte

// Modes of the link.
const (
	LinkPC9600           LinkMode = 0x01
	LinkPC19200          LinkMode = 0x02
	LinkPC38400          LinkMode = 0x03
	LinkPC57600          LinkMode = 0x04
	LinkPC115200         LinkMode = 0x05
	LinkCAN125k          LinkMode = 0x10
	LinkCAN250k          LinkMode = 0x11
	LinkCAN500k          LinkMode = 0x12
	LinkCAN1M            LinkMode = 0x13
	LinkProgrammingSetup LinkMode = 0x20
)

// Types of LinkControl (10.10).
const (
	verifyFixedMode    byte = 0x01
	verifySpecificMode byte = 0x02
	transitionMode     byte = 0x03
)

// VerifyLinkMode asks whether the server can go over to a mode that the standard numbers (10.10). Nothing changes yet.
func (c *Client) VerifyLinkMode(ctx context.Context, mode LinkMode) error {
	return c.link(ctx, verifyFixedMode, byte(mode))
}

// VerifyBitrate asks whether the server can go over to a bit rate, in bit/s below 2^24 (10.10). Nothing changes yet.
func (c *Client) VerifyBitrate(ctx context.Context, bitrate uint32) error {
	if !fits(uint64(bitrate), 3) {
		return c.invalid(SIDLinkControl, "%d bit/s; at most 16777215 fit", bitrate)
	}
	return c.link(ctx, verifySpecificMode, appendUint(nil, uint64(bitrate), 3)...)
}

// TransitionLink has the server go over to the mode that was verified last, and answer before it does (10.10). With
// several servers on the bus, Functional.TransitionLink brings them over at the same time.
func (c *Client) TransitionLink(ctx context.Context) error { return c.link(ctx, transitionMode) }

func (c *Client) link(ctx context.Context, kind byte, parameters ...byte) error {
	_, err := c.request(ctx, join([]byte{SIDLinkControl, kind}, parameters), []byte{kind}, 0)
	return err
}

package uds

import (
	"context"
	"time"
)

// Kinds of reset (10.3, table 34).
const (
	HardReset                 byte = 0x01
	KeyOffOnReset             byte = 0x02
	SoftReset                 byte = 0x03
	enableRapidPowerShutDown  byte = 0x04
	disableRapidPowerShutDown byte = 0x05
)

// noPowerDownTime is the value of powerDownTime that says that there is none.
const noPowerDownTime = 0xFF

// ECUReset restarts the server (10.3): 1 hard, 2 key off and on, 3 soft.
func (c *Client) ECUReset(ctx context.Context, kind byte) error {
	_, err := c.request(ctx, []byte{SIDECUReset, kind}, []byte{kind}, 0)
	return err
}

// restarts says whether a server is back in its default session after this kind of ECUReset.
func restarts(kind byte) bool {
	return kind != enableRapidPowerShutDown && kind != disableRapidPowerShutDown
}

// EnableRapidPowerShutDown lets the server power down quickly with the ignition (10.3). It returns the least time that
// the server stays down, 0 to 254 s, and false if the server has none to tell.
func (c *Client) EnableRapidPowerShutDown(ctx context.Context) (down time.Duration, known bool, err error) {
	rest, err := c.request(ctx, []byte{SIDECUReset, enableRapidPowerShutDown}, []byte{enableRapidPowerShutDown}, 1)
	if err != nil || rest[0] == noPowerDownTime {
		return 0, false, err
	}
	return time.Duration(rest[0]) * time.Second, true, nil
}

// DisableRapidPowerShutDown takes EnableRapidPowerShutDown back.
func (c *Client) DisableRapidPowerShutDown(ctx context.Context) error {
	return c.ECUReset(ctx, disableRapidPowerShutDown)
}

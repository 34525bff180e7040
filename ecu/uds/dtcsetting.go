package uds

import "context"

// Settings of the storing of trouble codes (10.8).
const (
	dtcSettingOn  byte = 0x01
	dtcSettingOff byte = 0x02
)

// ControlDTCSetting switches the storing of trouble codes on or off (10.8). option is the maker's
// DTCSettingControlOptionRecord, for instance the trouble codes that are meant.
func (c *Client) ControlDTCSetting(ctx context.Context, on bool, option ...byte) error {
	req := controlDTCSetting(on)
	_, err := c.request(ctx, join(req, option), req[1:], 0)
	return err
}

func controlDTCSetting(on bool) []byte {
	setting := dtcSettingOff
	if on {
		setting = dtcSettingOn
	}
	return []byte{SIDControlDTCSetting, setting}
}

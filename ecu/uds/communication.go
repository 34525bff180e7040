package uds

import (
	"context"
)

// CommunicationControl switches normal communication on or off (10.5).
func (c *Client) CommunicationControl(ctx context.Context, on bool) error {
	req := communicationControl(on)
	_, err := c.request(ctx, req, req[1:2], 0)
	return err
}

func communicationControl(on bool) []byte {
	control := communicationDisableRxAndTx
	if on {
		control = communicationEnableRxAndTx
	}
	return []byte{SIDCommunicationControl, control, communicationTypeNormal}
}

// ControlDTCSetting switches the storing of trouble codes on or off (10.8).
func (c *Client) ControlDTCSetting(ctx context.Context, on bool) error {
	req := controlDTCSetting(on)
	_, err := c.request(ctx, req, req[1:], 0)
	return err
}

func controlDTCSetting(on bool) []byte {
	setting := dtcSettingOff
	if on {
		setting = dtcSettingOn
	}
	return []byte{SIDControlDTCSetting, setting}
}

package uds

import "context"

// CommunicationControlType says which direction of communication is switched (10.5, table 54).
type CommunicationControlType byte

// Types of communication control.
const (
	EnableRxAndTx        CommunicationControlType = 0x00
	EnableRxAndDisableTx CommunicationControlType = 0x01
	DisableRxAndEnableTx CommunicationControlType = 0x02
	DisableRxAndTx       CommunicationControlType = 0x03
	// The next two are for one node behind the server, which is a gateway.
	EnableRxAndDisableTxWithEnhancedAddress CommunicationControlType = 0x04
	EnableRxAndTxWithEnhancedAddress        CommunicationControlType = 0x05
)

// Messages are those that are switched (communicationType, annex B.1).
type Messages byte

// Kinds of messages.
const (
	NormalMessages            Messages = 0x1
	NetworkManagementMessages Messages = 0x2
	AllMessages               Messages = 0x3
)

// Subnets that Communication may name beside 1 to 14.
const (
	AllSubnets       byte = 0x0 // all networks that the server is connected to
	ReceivingNetwork byte = 0xF // that on which the request comes
)

// Communication says what is to be switched how.
type Communication struct {
	Control  CommunicationControlType
	Messages Messages
	Subnet   byte   // AllSubnets, 1 to 14, or ReceivingNetwork
	Node     uint16 // 1 to 65535, of the control types with an enhanced address only
}

// SetCommunication switches communication (10.5).
func (c *Client) SetCommunication(ctx context.Context, to Communication) error {
	req, err := c.communication(to)
	if err != nil {
		return err
	}
	_, err = c.request(ctx, req, req[1:2], 0)
	return err
}

func (c *Client) communication(to Communication) ([]byte, error) {
	enhanced := to.Control == EnableRxAndDisableTxWithEnhancedAddress || to.Control == EnableRxAndTxWithEnhancedAddress
	switch {
	case byte(to.Control)&suppressPositive != 0:
		return nil, c.invalid(SIDCommunicationControl, "control type %02X; want at most 7F", byte(to.Control))
	case to.Messages == 0 || to.Messages > AllMessages || to.Subnet > ReceivingNetwork:
		return nil, c.invalid(SIDCommunicationControl, "messages %X of subnet %X; want 1 to 3 of 0 to F",
			byte(to.Messages), to.Subnet)
	case enhanced != (to.Node != 0):
		return nil, c.invalid(SIDCommunicationControl, "node %d with control type %02X; 04 and 05 have one",
			to.Node, byte(to.Control))
	}
	req := []byte{SIDCommunicationControl, byte(to.Control), to.Subnet<<4 | byte(to.Messages)}
	if enhanced {
		req = append(req, word(to.Node)...)
	}
	return req, nil
}

// CommunicationControl switches normal communication on or off (10.5).
func (c *Client) CommunicationControl(ctx context.Context, on bool) error {
	req := communicationControl(on)
	_, err := c.request(ctx, req, req[1:2], 0)
	return err
}

func communicationControl(on bool) []byte {
	control := DisableRxAndTx
	if on {
		control = EnableRxAndTx
	}
	return []byte{SIDCommunicationControl, byte(control), byte(NormalMessages)}
}

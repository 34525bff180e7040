package uds

import "context"

// Accesses to timing parameters. The service belonged to the standard up to the edition of 2013; that of 2020 dropped
// it.
const (
	readExtendedTiming byte = 0x01
	setDefaultTiming   byte = 0x02
	readCurrentTiming  byte = 0x03
	setGivenTiming     byte = 0x04
)

// ReadExtendedTiming reads the timing parameters that the server could use (ISO 14229-1:2013, 9.7; dropped in 2020).
// What they mean is up to the transport.
func (c *Client) ReadExtendedTiming(ctx context.Context) ([]byte, error) {
	return c.accessTiming(ctx, readExtendedTiming)
}

// ReadCurrentTiming reads the timing parameters that the server uses now.
func (c *Client) ReadCurrentTiming(ctx context.Context) ([]byte, error) {
	return c.accessTiming(ctx, readCurrentTiming)
}

// SetDefaultTiming returns the server to its own timing parameters. The client's Timing stays as it is.
func (c *Client) SetDefaultTiming(ctx context.Context) error {
	_, err := c.accessTiming(ctx, setDefaultTiming)
	return err
}

// SetTiming gives the server timing parameters. The client's Timing stays as it is.
func (c *Client) SetTiming(ctx context.Context, parameters ...byte) error {
	if len(parameters) == 0 {
		return c.invalid(SIDAccessTimingParameter, "no timing parameters")
	}
	_, err := c.accessTiming(ctx, setGivenTiming, parameters...)
	return err
}

func (c *Client) accessTiming(ctx context.Context, access byte, parameters ...byte) ([]byte, error) {
	return c.request(ctx, join([]byte{SIDAccessTimingParameter, access}, parameters), []byte{access}, 0)
}

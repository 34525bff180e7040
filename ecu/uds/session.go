package uds

import (
	"context"
	"encoding/binary"
	"time"
)

// DiagnosticSessionControl enters a session (10.2). From then on the client uses the server's timing.
func (c *Client) DiagnosticSessionControl(ctx context.Context, session byte) (SessionTiming, error) {
	req := []byte{SIDDiagnosticSessionControl, session}
	response, err := c.ask(ctx, req, req[1:], 0)
	if err != nil {
		return SessionTiming{}, err
	}
	switch record := response[2:]; {
	case len(record) >= 4:
		p2 := time.Duration(binary.BigEndian.Uint16(record)) * time.Millisecond
		p2star := time.Duration(binary.BigEndian.Uint16(record[2:])) * 10 * time.Millisecond
		c.enter(session, SessionTiming{p2, p2star})
	case len(record) > 0: // editions before 2013 allow none
		return SessionTiming{}, c.malformed(req, response, "sessionParameterRecord has four bytes")
	default:
		c.enterSilently(session)
	}
	p2, p2star := c.Timing()
	return SessionTiming{P2: p2, P2Star: p2star}, nil
}

// TesterPresent holds the session, and waits for the response (10.7).
func (c *Client) TesterPresent(ctx context.Context) error {
	_, err := c.request(ctx, []byte{SIDTesterPresent, 0}, []byte{0}, 0)
	return err
}

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
	if record := response[2:]; len(record) > 0 && len(record) < 4 { // editions before 2013 allow none
		return SessionTiming{}, c.malformed(req, response, "sessionParameterRecord has four bytes")
	}
	p2, p2star := c.Timing()
	return SessionTiming{P2: p2, P2Star: p2star}, nil
}

// TesterPresent holds the session, and waits for the response (10.7).
func (c *Client) TesterPresent(ctx context.Context) error {
	_, err := c.request(ctx, []byte{SIDTesterPresent, 0}, []byte{0}, 0)
	return err
}

// adopt takes over the timing that comes with a request which the server accepted. Its response is nil if it was
// suppressed.
func (c *Client) adopt(request, response []byte) {
	if len(request) < 2 {
		return
	}
	kind := request[1] &^ suppressPositive
	switch {
	case len(response) > 1 && response[1] != kind:
	case request[0] == SIDECUReset && restarts(kind):
		c.ResetTiming()
	case request[0] == SIDDiagnosticSessionControl && len(response) >= 6:
		c.enter(kind, SessionTiming{
			P2:     time.Duration(binary.BigEndian.Uint16(response[2:])) * time.Millisecond,
			P2Star: time.Duration(binary.BigEndian.Uint16(response[4:])) * 10 * time.Millisecond,
		})
	case request[0] == SIDDiagnosticSessionControl && len(response) <= 2:
		c.enterSilently(kind)
	}
}

package uds

import (
	"context"
	"fmt"
	"time"
)

// Sender sends single messages to all servers, as isotp.Functional does.
type Sender interface {
	Send(ctx context.Context, payload []byte) error
}

// Functional addresses all servers of a bus. It asks them not to answer, and hears no refusals: servers that do not know
// a request stay silent on functional requests.
type Functional struct {
	sender  Sender
	observe func(Exchange)
}

// NewFunctional returns the functional side of a bus. observe, if not nil, is told of each request.
func NewFunctional(sender Sender, observe func(Exchange)) *Functional {
	return &Functional{sender: sender, observe: observe}
}

// Send sends a request to all servers.
func (f *Functional) Send(ctx context.Context, request ...byte) error {
	if len(request) == 0 {
		return errEmpty
	}
	e := Exchange{Service: request[0], Request: request, Sent: time.Now(), Functional: true}
	if err := f.sender.Send(ctx, request); err != nil {
		e.Err = fmt.Errorf("functional %s: %w", ServiceName(request[0]), err)
	}
	e.Done = time.Now()
	if f.observe != nil {
		f.observe(e)
	}
	return e.Err
}

// DiagnosticSessionControl brings all servers into a session, without responses.
func (f *Functional) DiagnosticSessionControl(ctx context.Context, session byte) error {
	return f.Send(ctx, SIDDiagnosticSessionControl, session|suppressPositive)
}

// CommunicationControl switches normal communication of all servers, without responses.
func (f *Functional) CommunicationControl(ctx context.Context, on bool) error {
	req := communicationControl(on)
	return f.Send(ctx, req[0], req[1]|suppressPositive, req[2])
}

// ControlDTCSetting switches the storing of trouble codes in all servers, without responses.
func (f *Functional) ControlDTCSetting(ctx context.Context, on bool) error {
	req := controlDTCSetting(on)
	return f.Send(ctx, req[0], req[1]|suppressPositive)
}

// TesterPresent holds the sessions of all servers.
func (f *Functional) TesterPresent(ctx context.Context) error {
	return f.Send(ctx, SIDTesterPresent, suppressPositive)
}

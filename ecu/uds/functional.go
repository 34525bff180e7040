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

// Functional addresses all servers of a bus. Send and the methods that stand on it ask them not to answer, and hear no
// refusals; Gather hears the answers. Servers that do not know a request stay silent: they do not send the codes 0x11,
// 0x12, 0x31, 0x7E and 0x7F to functional requests (8.7).
type Functional struct {
	sender  Sender
	observe func(Exchange)
	gather  chan struct{} // held by the Gather that is under way
}

// NewFunctional returns the functional side of a bus. observe, if not nil, is told of each request.
func NewFunctional(sender Sender, observe func(Exchange)) *Functional {
	return &Functional{sender: sender, observe: observe, gather: make(chan struct{}, 1)}
}

// Send sends a request to all servers.
func (f *Functional) Send(ctx context.Context, request ...byte) error {
	if len(request) == 0 {
		return errEmpty
	}
	e := query{request: request}.exchange()
	e.Functional = true
	if err := f.sender.Send(ctx, request); err != nil {
		e.Err = fmt.Errorf("functional %s: %w", ServiceName(request[0]), err)
	}
	e.Done = time.Now()
	if e.Err == nil {
		e.Left = e.Done
	}
	if f.observe != nil {
		f.observe(e)
	}
	return e.Err
}

// Suppressed sends any request that has a sub-function to all servers, without positive responses.
func (f *Functional) Suppressed(ctx context.Context, request ...byte) error {
	req, err := suppress(request)
	if err != nil {
		return err
	}
	return f.Send(ctx, req...)
}

// DiagnosticSessionControl brings all servers into a session, without responses.
func (f *Functional) DiagnosticSessionControl(ctx context.Context, session byte) error {
	return f.Suppressed(ctx, SIDDiagnosticSessionControl, session)
}

// CommunicationControl switches normal communication of all servers, without responses.
func (f *Functional) CommunicationControl(ctx context.Context, on bool) error {
	return f.Suppressed(ctx, communicationControl(on)...)
}

// ControlDTCSetting switches the storing of trouble codes in all servers, without responses.
func (f *Functional) ControlDTCSetting(ctx context.Context, on bool) error {
	return f.Suppressed(ctx, controlDTCSetting(on)...)
}

// TesterPresent holds the sessions of all servers.
func (f *Functional) TesterPresent(ctx context.Context) error {
	return f.Suppressed(ctx, SIDTesterPresent, 0)
}

// TransitionLink has all servers go over to the mode that was verified last, without responses.
func (f *Functional) TransitionLink(ctx context.Context) error {
	return f.Suppressed(ctx, SIDLinkControl, transitionMode)
}

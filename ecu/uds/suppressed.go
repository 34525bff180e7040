package uds

import (
	"context"
	"fmt"
)

// Suppressed sends requests of a client whose positive response the server suppresses (8.2.2). Each waits P2 for a
// refusal; that none comes is success. A server that answers "response pending" owes the final response too.
type Suppressed struct{ c *Client }

// Suppressed returns the client's requests without positive responses.
func (c *Client) Suppressed() Suppressed { return Suppressed{c} }

// Do sends any request that has a sub-function, with the bit that suppresses its positive response.
func (s Suppressed) Do(ctx context.Context, request []byte) error {
	req, err := suppress(request)
	if err != nil {
		return err
	}
	return s.c.DoSuppressed(ctx, req)
}

// suppress sets suppressPosRspMsgIndicationBit in a copy of the request.
func suppress(request []byte) ([]byte, error) {
	switch {
	case len(request) == 0:
		return nil, errEmpty
	case !hasSubFunction(request[0]) || len(request) < 2:
		return nil, fmt.Errorf("%w: %s [%s] has no sub-function", ErrRequest, ServiceName(request[0]), short(request))
	}
	req := join(request)
	req[1] |= suppressPositive
	return req, nil
}

// DiagnosticSessionControl enters a session. The client uses the timing that the server asked for when it was entered
// last with a response, or the configured one.
func (s Suppressed) DiagnosticSessionControl(ctx context.Context, session byte) error {
	return s.Do(ctx, []byte{SIDDiagnosticSessionControl, session})
}

// ECUReset restarts the server.
func (s Suppressed) ECUReset(ctx context.Context, kind byte) error {
	return s.Do(ctx, []byte{SIDECUReset, kind})
}

// SendKey answers a seed; level is that of RequestSeed.
func (s Suppressed) SendKey(ctx context.Context, level byte, key []byte) error {
	if err := s.c.checkLevel(level); err != nil {
		return err
	}
	return s.Do(ctx, join([]byte{SIDSecurityAccess, level + 1}, key))
}

// SetCommunication switches communication.
func (s Suppressed) SetCommunication(ctx context.Context, to Communication) error {
	req, err := s.c.communication(to)
	if err != nil {
		return err
	}
	return s.Do(ctx, req)
}

// Deauthenticate gives up what authentication gave.
func (s Suppressed) Deauthenticate(ctx context.Context) error {
	return s.Do(ctx, []byte{SIDAuthentication, deAuthenticate})
}

// DefineByIdentifier makes an identifier of pieces of others.
func (s Suppressed) DefineByIdentifier(ctx context.Context, did uint16, sources ...Source) error {
	req, err := s.c.defineByIdentifier(did, sources)
	if err != nil {
		return err
	}
	return s.Do(ctx, req)
}

// DefineByMemoryAddress makes an identifier of regions of memory.
func (s Suppressed) DefineByMemoryAddress(ctx context.Context, did uint16, regions ...Memory) error {
	req, err := s.c.defineByMemoryAddress(did, regions)
	if err != nil {
		return err
	}
	return s.Do(ctx, req)
}

// ClearDefinitions takes the definitions of all identifiers back.
func (s Suppressed) ClearDefinitions(ctx context.Context) error {
	return s.Do(ctx, []byte{SIDDynamicallyDefineDataIdentifier, clearDynamicIdentifier})
}

// RoutineStart starts a routine whose status does not matter.
func (s Suppressed) RoutineStart(ctx context.Context, id uint16, options ...byte) error {
	return s.Do(ctx, join([]byte{SIDRoutineControl, routineStart}, word(id), options))
}

// RoutineStop stops a routine.
func (s Suppressed) RoutineStop(ctx context.Context, id uint16, options ...byte) error {
	return s.Do(ctx, join([]byte{SIDRoutineControl, routineStop}, word(id), options))
}

// TesterPresent holds the session.
func (s Suppressed) TesterPresent(ctx context.Context) error {
	return s.Do(ctx, []byte{SIDTesterPresent, 0})
}

// SetDefaultTiming returns the server to its own timing parameters.
func (s Suppressed) SetDefaultTiming(ctx context.Context) error {
	return s.Do(ctx, []byte{SIDAccessTimingParameter, setDefaultTiming})
}

// ControlDTCSetting switches the storing of trouble codes on or off.
func (s Suppressed) ControlDTCSetting(ctx context.Context, on bool, option ...byte) error {
	return s.Do(ctx, join(controlDTCSetting(on), option))
}

// StartEvents has the server watch for all events that are set up.
func (s Suppressed) StartEvents(ctx context.Context, window EventWindow, store bool) error {
	return s.Do(ctx, []byte{SIDResponseOnEvent, controlEvents(StartResponseOnEvent, store), byte(window)})
}

// StopEvents has the server watch for events no more.
func (s Suppressed) StopEvents(ctx context.Context, store bool) error {
	return s.Do(ctx, []byte{SIDResponseOnEvent, controlEvents(StopResponseOnEvent, store), byte(InfiniteWindow)})
}

// TransitionLink has the server go over to the mode that was verified last.
func (s Suppressed) TransitionLink(ctx context.Context) error {
	return s.Do(ctx, []byte{SIDLinkControl, transitionMode})
}

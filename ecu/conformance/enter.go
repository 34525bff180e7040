package conformance

import (
	"context"

	"otabench/ecu/description"
	"otabench/ecu/uds"
)

// enter brings the ECU into a session, from the default session and, for programming, by way of the extended one. It
// says whether the ECU agreed.
func (r *run) enter(ctx context.Context, session byte) bool {
	s := r.desc.Sessions
	if !r.change(ctx, s.Default).accepted() {
		return false
	}
	if session == s.Programming {
		return r.change(ctx, s.Extended).accepted() && r.program(ctx)
	}
	return session == s.Default || r.change(ctx, session).accepted()
}

// program enters the programming session from the extended one. Many ECUs want their preconditions checked before.
func (r *run) program(ctx context.Context) bool {
	if check := r.desc.Routines[description.Preconditions]; check.Exists() {
		r.ask(ctx, routine(startRoutine, check.ID)...)
	}
	return r.change(ctx, r.desc.Sessions.Programming).accepted()
}

// change asks for a session, and knows where the ECU is from then on. Many ECUs leave the programming session by a
// restart.
func (r *run) change(ctx context.Context, session byte) answer {
	before := r.session
	a := r.ask(ctx, uds.SIDDiagnosticSessionControl, session)
	if !a.accepted() {
		return a
	}
	r.session = session
	switch programming := r.desc.Sessions.Programming; {
	case session == programming:
		r.restarts = true
	case before == programming:
		r.reboot(ctx)
	}
	return a
}

// need enters a session without which the check is not applicable.
func (r *run) need(ctx context.Context, session byte) {
	if !r.enter(ctx, session) {
		r.skip("session %02X cannot be entered", session)
	}
}

// inEach runs f in the default session and in the extended one, if that can be entered.
func (r *run) inEach(ctx context.Context, f func()) {
	for _, session := range []byte{r.desc.Sessions.Default, r.desc.Sessions.Extended} {
		if r.enter(ctx, session) {
			f()
		}
	}
}

package conformance

import (
	"context"
	"encoding/binary"

	"otabench/ecu/uds"
)

func sessionChecks() []Check {
	return []Check{
		{
			ID: "session-record", Clauses: []string{"ISO-14229-1/10.2"},
			Text: "tells P2 and P2* when a session is entered", run: sessionRecord,
		},
		{
			ID: "session-again", Clauses: []string{"ISO-14229-1/10.2"},
			Text: "enters the session in which it is again", run: sessionAgain,
		},
		{
			ID: "session-refused", Clauses: []string{"ISO-14229-1/10.2"},
			Text: "stays in its session when it refuses another one", run: sessionRefused,
		},
		{
			ID: "session-superset", Clauses: []string{"ISO-14229-1/10.2"},
			Text: "has in the extended session all services that the default session has", run: sessionSuperset,
		},
		{
			ID: "session-reset", Clauses: []string{"ISO-14229-1/10.3"},
			Text: "is in the default session after ECUReset", Cost: "restarts the ECU", run: sessionReset,
		},
	}
}

// recordLength is that of a positive response of DiagnosticSessionControl: service, session, P2 and P2*.
const recordLength = 6

func sessionRecord(ctx context.Context, r *run) {
	for _, session := range []byte{r.desc.Sessions.Default, r.desc.Sessions.Extended} {
		a := r.change(ctx, session)
		if !a.accepted() {
			continue
		}
		f := a.final()
		if !a.want(len(f) == recordLength, "%d bytes: P2 and P2* have two each", recordLength) {
			continue
		}
		p2, p2star := binary.BigEndian.Uint16(f[2:]), binary.BigEndian.Uint16(f[4:])
		a.want(p2 > 0 && p2star > 0, "times of more than 0")
	}
}

func sessionAgain(ctx context.Context, r *run) {
	r.change(ctx, r.desc.Sessions.Default).granted(r.desc.Sessions.Default)
	if r.change(ctx, r.desc.Sessions.Extended).accepted() {
		r.change(ctx, r.desc.Sessions.Extended).granted(r.desc.Sessions.Extended)
	}
}

func sessionRefused(ctx context.Context, r *run) {
	extended := r.desc.Sessions.Extended
	isIn := r.tellApart(ctx)
	r.need(ctx, extended)
	for _, request := range [][]byte{
		{uds.SIDDiagnosticSessionControl, noSubFunction},
		{uds.SIDDiagnosticSessionControl, r.desc.Sessions.Default, 0},
	} {
		if r.ask(ctx, request...).code() != 0 {
			isIn(extended, "%s was refused", show(request))
		}
	}
}

func sessionSuperset(ctx context.Context, r *run) {
	inDefault := r.codes(ctx)
	r.need(ctx, r.desc.Sessions.Extended)
	for _, sid := range services() {
		if inDefault.has(sid) {
			a := r.ask(ctx, sid)
			a.want(a.final() != nil && !a.absent(), "what the default session says, %v", inDefault[sid])
		}
	}
}

func sessionReset(ctx context.Context, r *run) {
	isIn := r.tellApart(ctx)
	r.need(ctx, r.desc.Sessions.Extended)
	reset := r.ask(ctx, uds.SIDECUReset, r.resetKind())
	if !reset.accepted() {
		r.skip("reset %02X is refused: %s", r.resetKind(), show(reset.final()))
	}
	reset.granted(r.resetKind())
	isIn(r.desc.Sessions.Default, "the ECU was reset")
}

// tellApart finds out by what the default and the extended session differ: by a service, or else by the identifier of
// the active session. What it returns wants the ECU to be in one of them. The ECU is left in the extended one.
func (r *run) tellApart(ctx context.Context) func(session byte, format string, args ...any) {
	inDefault := r.codes(ctx)
	r.need(ctx, r.desc.Sessions.Extended)
	inExtended := r.codes(ctx)
	for _, sid := range services() {
		if inDefault.absent(sid) && inExtended.has(sid) {
			return r.byService(ctx, sid)
		}
	}
	if a := r.activeSession(ctx); !a.tells(r.desc.Sessions.Extended) {
		r.skip("session %02X cannot be told from the default session", r.desc.Sessions.Extended)
	}
	return r.byIdentifier(ctx)
}

// byService knows the extended session by a service that the default session does not have.
func (r *run) byService(ctx context.Context, sid byte) func(session byte, format string, args ...any) {
	return func(session byte, format string, args ...any) {
		a := r.ask(ctx, sid)
		right := a.final() != nil && a.absent() == (session == r.desc.Sessions.Default)
		a.wantSession(right, session, format, args)
	}
}

func (r *run) byIdentifier(ctx context.Context) func(session byte, format string, args ...any) {
	return func(session byte, format string, args ...any) {
		a := r.activeSession(ctx)
		a.wantSession(a.tells(session), session, format, args)
	}
}

// wantSession notes a violation where the ECU is in another session.
func (a answer) wantSession(right bool, session byte, format string, args []any) {
	a.want(right, "what session %02X answers, since "+format, append([]any{session}, args...)...)
}

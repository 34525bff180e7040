package conformance

import (
	"context"
	"slices"

	"otabench/ecu/uds"
)

func serviceChecks() []Check {
	return []Check{
		{
			ID: "service-unknown", Clauses: []string{"ISO-14229-1/8.7.2"},
			Text: "answers serviceNotSupported to services that do not exist, whatever their length", run: unknownService,
		},
		{
			ID: "service-elsewhere", Clauses: []string{"ISO-14229-1/8.7.2"},
			Text: "answers serviceNotSupportedInActiveSession to exactly those services that another session has",
			run:  serviceElsewhere,
		},
		{
			ID: "service-default-session", Clauses: []string{"ISO-14229-1/10.2"},
			Text: "refuses in the default session the services that need another one", run: defaultSession,
		},
	}
}

// reserved are service identifiers that ISO 14229-1:2020, table 2 reserves, and that neither OBD nor KWP 2000 uses.
func reserved() []byte { return []byte{0x39, 0x3C, 0x8F, 0xB9} }

func unknownService(ctx context.Context, r *run) {
	r.inEach(ctx, func() {
		for _, sid := range reserved() {
			r.ask(ctx, sid).refused(uds.ServiceNotSupported)
			r.ask(ctx, sid, 0x01).refused(uds.ServiceNotSupported)
			r.ask(ctx, sid, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08).refused(uds.ServiceNotSupported)
		}
	})
}

// serviceElsewhere compares sessions. A bootloader may have other services than the application, so that the
// programming session only counts as another one that has a service.
func serviceElsewhere(ctx context.Context, r *run) {
	inDefault := r.codes(ctx)
	r.need(ctx, r.desc.Sessions.Extended)
	inExtended := r.codes(ctx)
	var promised []byte // services that are said to be in another session, and not found yet
	for _, sid := range services() {
		switch {
		case inDefault.has(sid) && inExtended.absent(sid):
			r.ask(ctx, sid).refused(uds.ServiceNotSupportedInActiveSession)
		case inDefault.absent(sid) && inExtended.has(sid):
			r.inDefault(ctx, func() { r.ask(ctx, sid).refused(uds.ServiceNotSupportedInActiveSession) })
		case inDefault.promises(sid) || inExtended.promises(sid):
			promised = append(promised, sid)
		}
	}
	if len(promised) > 0 && len(r.desc.Sessions.Others) == 0 && r.enter(ctx, r.desc.Sessions.Programming) {
		r.redeem(ctx, promised)
	}
}

// promises says that a service is there in another session.
func (c codes) promises(sid byte) bool { return c[sid] == uds.ServiceNotSupportedInActiveSession }

// redeem wants services to be in the programming session, since no other one is left.
func (r *run) redeem(ctx context.Context, promised []byte) {
	inProgramming := r.codes(ctx)
	for _, sid := range promised {
		if inProgramming.has(sid) {
			r.verified++
			continue
		}
		r.inDefault(ctx, func() {
			r.ask(ctx, sid).want(false, "%v, since no session has the service", uds.ServiceNotSupported)
		})
	}
}

// inDefault runs f in the default session and returns to the one before.
func (r *run) inDefault(ctx context.Context, f func()) {
	before := r.session
	if r.enter(ctx, r.desc.Sessions.Default) {
		f()
	}
	r.need(ctx, before)
}

// notInDefault are the services that the default session must not have (table 23).
func notInDefault() []byte {
	return []byte{
		uds.SIDSecurityAccess, uds.SIDCommunicationControl, uds.SIDReadDataByPeriodicIdentifier,
		uds.SIDInputOutputControlByIdentifier, uds.SIDRequestDownload, uds.SIDRequestUpload, uds.SIDTransferData,
		uds.SIDRequestTransferExit, uds.SIDRequestFileTransfer, uds.SIDControlDTCSetting, uds.SIDLinkControl,
	}
}

func defaultSession(ctx context.Context, r *run) {
	inDefault := r.codes(ctx)
	for _, sid := range services() {
		code, answered := inDefault[sid]
		if answered && code != uds.ServiceNotSupported && slices.Contains(notInDefault(), sid) {
			// Services that need authentication may say so first.
			r.ask(ctx, sid).refused(uds.ServiceNotSupportedInActiveSession, uds.AuthenticationRequired)
		}
	}
}

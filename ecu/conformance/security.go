package conformance

import (
	"bytes"
	"context"

	"otabench/ecu/uds"
)

func securityChecks() []Check {
	return []Check{
		{
			ID: "security-seed", Clauses: []string{"ISO-14229-1/10.4"},
			Text: "gives a seed that is not zero as long as it is locked", Cost: costSeed, run: securitySeed,
		},
		{
			ID: "security-sequence", Clauses: []string{"ISO-14229-1/8.7.3.1", "ISO-14229-1/10.4"},
			Text: "answers requestSequenceError to a key without a seed", Cost: costSeed, run: securitySequence,
		},
		{
			ID: "security-zero-seed", Clauses: []string{"ISO-14229-1/10.4"},
			Text: "gives a seed of zeros once it is unlocked", Cost: costUnlock, run: securityZeroSeed,
		},
		{
			ID: "security-session", Clauses: []string{"ISO-14229-1/10.2", "ISO-14229-1/10.4"},
			Text: "is locked again when a session is entered, the same one too", Cost: costUnlock, run: securitySession,
		},
		{
			ID: "security-denied", Clauses: []string{"ISO-14229-1/8.7.2", "ISO-14229-1/10.4"},
			Text: "refuses what is secured with securityAccessDenied while it is locked, whatever the length, and not longer",
			Cost: costUnlock, run: securityDenied,
		},
	}
}

const (
	costSeed   = "asks for seeds, which some ECUs count"
	costUnlock = "unlocks the ECU"
)

func securitySeed(ctx context.Context, r *run) {
	r.needLevel(ctx)
	a := r.seed(ctx)
	a.granted(r.desc.Security.Level)
	a.locked("nobody has unlocked the ECU")
}

// locked wants a seed that is not zero.
func (a answer) locked(format string, args ...any) {
	a.want(len(a.seedOf()) > 0 && !zero(a.seedOf()), "a seed that is not zero, since "+format, args...)
}

func zero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// securitySequence enters the session again, so that no seed is left. The key may have a wrong length, which is looked
// at later (figure 6).
func securitySequence(ctx context.Context, r *run) {
	r.needLevel(ctx)
	r.again(ctx)
	r.sendKey(ctx, []byte{0, 0, 0, 0}).refused(uds.RequestSequenceError)
}

func securityZeroSeed(ctx context.Context, r *run) {
	r.needLevel(ctx)
	r.unlock(ctx)
	a := r.seed(ctx)
	a.want(len(a.seedOf()) > 0 && zero(a.seedOf()), "a seed of zeros, since the ECU is unlocked")
}

func securitySession(ctx context.Context, r *run) {
	r.needLevel(ctx)
	r.unlock(ctx)
	r.again(ctx)
	r.seed(ctx).locked("session %02X was entered again", r.session)
}

// securityDenied looks at services that are secured as a whole. A level need not open all of them.
func securityDenied(ctx context.Context, r *run) {
	r.needLevel(ctx)
	locked := r.secured(ctx)
	if len(locked) == 0 && r.session != r.desc.Sessions.Programming && r.enter(ctx, r.desc.Sessions.Programming) {
		locked = r.secured(ctx)
	}
	if len(locked) == 0 {
		r.skip("no service is secured as a whole")
		return
	}
	for _, sid := range locked {
		r.ask(ctx, sid, 0, 0, 0, 0, 0, 0).refused(uds.SecurityAccessDenied)
	}
	r.unlock(ctx)
	var last answer
	for _, sid := range locked {
		if last = r.ask(ctx, sid); !last.is(uds.SecurityAccessDenied) {
			break
		}
	}
	last.want(!last.is(uds.SecurityAccessDenied), "another code, since the ECU is unlocked")
}

// secured are the services of the session that are denied as a whole.
func (r *run) secured(ctx context.Context) (all []byte) {
	here := r.codes(ctx)
	for _, sid := range services() {
		if here[sid] == uds.SecurityAccessDenied {
			all = append(all, sid)
		}
	}
	return all
}

package conformance

import (
	"context"
	"slices"

	"otabench/ecu/description"
	"otabench/ecu/uds"
)

// needLevel enters a session in which the security level of the description gives a seed. Without one the check is not
// applicable.
func (r *run) needLevel(ctx context.Context) {
	if r.desc.Security.Algorithm == description.AlgorithmNone {
		r.skip("the description has no security level")
		return
	}
	for _, session := range []byte{r.desc.Sessions.Extended, r.desc.Sessions.Programming} {
		if r.enter(ctx, session) && r.seed(ctx).accepted() {
			return
		}
	}
	r.skip("no session gives a seed for level %02X", r.desc.Security.Level)
}

// seed asks for a seed.
func (r *run) seed(ctx context.Context) answer {
	s := r.desc.Security
	return r.ask(ctx, append([]byte{uds.SIDSecurityAccess, s.Level}, s.Request.Decode()...)...)
}

// seedOf is the seed of an answer, nil if it has none.
func (a answer) seedOf() []byte {
	if f := a.final(); a.accepted() && len(f) > 2 {
		return f[2:]
	}
	return nil
}

// sendKey sends a key.
func (r *run) sendKey(ctx context.Context, key []byte) answer {
	return r.ask(ctx, append([]byte{uds.SIDSecurityAccess, r.desc.Security.Level + 1}, key...)...)
}

// unlock opens the level, and returns the key that did. Without it the check is not applicable.
func (r *run) unlock(ctx context.Context) []byte {
	if r.over() {
		return nil
	}
	r.wire.clear()
	if err := r.unit.Programmer().Unlock(ctx); err != nil {
		if gone(ctx, err) {
			r.err = err
		}
		r.skip("the level cannot be unlocked: %v", err)
		return nil
	}
	r.wire.await(ctx)
	for _, m := range slices.Backward(r.wire.said()) {
		if m.request && len(m.data) > 2 && m.data[0] == uds.SIDSecurityAccess && m.data[1] == r.desc.Security.Level+1 {
			return m.data[2:]
		}
	}
	r.skip("the level was open already")
	return nil
}

// again enters the session in which the ECU is once more, which locks it.
func (r *run) again(ctx context.Context) {
	if !r.change(ctx, r.session).accepted() {
		r.skip("session %02X cannot be entered again", r.session)
	}
}

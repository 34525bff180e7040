package conformance

import (
	"context"
	"fmt"
	"time"

	"otabench/ecu/uds"
)

func lockoutChecks() []Check {
	return []Check{
		{
			ID: "lockout-invalid-key", Clauses: []string{"ISO-14229-1/10.4"},
			Text: "answers invalidKey to a wrong key, and takes no second one for the same seed",
			Cost: "one wrong key", run: invalidKey,
		},
		{
			ID: "lockout-attempts", Clauses: []string{"ISO-14229-1/10.4"},
			Text: "answers exceedNumberOfAttempts to the last wrong key that is allowed, and then requiredTimeDelayNotExpired",
			Cost: costLockout, run: lockoutAttempts,
		},
		{
			ID: "lockout-delay", Clauses: []string{"ISO-14229-1/10.4"},
			Text: "refuses seeds for as long as the delay, and no longer", Cost: costLockout, run: lockoutDelay,
		},
	}
}

const costLockout = "locks the ECU out for its delay"

// wrongKey is a key that is wrong for a new seed, and for the old one too. It has the right length.
func wrongKey(right []byte) []byte {
	wrong := make([]byte, len(right))
	for i := range right {
		wrong[i] = ^right[i]
	}
	return wrong
}

// needAttempts finds out how long keys are, and leaves the ECU locked with all of its attempts.
func (r *run) needAttempts(ctx context.Context, least int) (wrong []byte) {
	if n := r.desc.Security.Attempts; n < least {
		r.skip("the ECU allows %d wrong keys; the check needs %d", n, least)
	}
	r.needLevel(ctx)
	wrong = wrongKey(r.unlock(ctx))
	r.again(ctx)
	return wrong
}

// invalidKey unlocks in the end, so that the ECU counts no wrong key any more.
func invalidKey(ctx context.Context, r *run) {
	wrong := r.needAttempts(ctx, 2)
	r.seed(ctx)
	r.sendKey(ctx, wrong).refused(uds.InvalidKey)
	r.sendKey(ctx, wrong).refused(uds.RequestSequenceError)
	r.recover(ctx)
}

func lockoutAttempts(ctx context.Context, r *run) {
	wrong := r.needAttempts(ctx, 1)
	for n := 1; n < r.desc.Security.Attempts; n++ {
		r.seed(ctx)
		r.sendKey(ctx, wrong).refused(uds.InvalidKey)
	}
	r.seed(ctx)
	r.sendKey(ctx, wrong).refused(uds.ExceedNumberOfAttempts)
	r.seed(ctx).refused(uds.RequiredTimeDelayNotExpired)
	r.wait(ctx, r.desc.Security.Delay+r.slack())
	r.recover(ctx)
}

// slack is how much longer than its delay a lock-out may last.
func (r *run) slack() time.Duration { return max(r.desc.Security.Delay/10, 100*time.Millisecond) }

// lockoutDelay measures from the last wrong key to the first seed.
func lockoutDelay(ctx context.Context, r *run) {
	wrong := r.needAttempts(ctx, 1)
	var last answer
	for range r.desc.Security.Attempts {
		r.seed(ctx)
		last = r.sendKey(ctx, wrong)
	}
	if r.seed(ctx).accepted() {
		last.want(false, "a lock-out, since that was wrong key %d", r.desc.Security.Attempts)
	}
	begin, delay := last.last(), r.desc.Security.Delay
	end := r.awaitSeed(ctx, begin.Add(delay+10*r.slack()))
	r.measure(last, Measurement{
		Name: "lock-out", Value: end.Sub(begin), Min: delay - delay/10, Max: delay + r.slack() + r.pollSeeds(),
		Kind: FromTo, From: begin, To: end,
	})
	r.recover(ctx)
}

// pollSeeds is the time from one request for a seed to the next, seldom enough that an ECU is not busy with it.
func (r *run) pollSeeds() time.Duration {
	return min(max(r.desc.Security.Delay/20, 50*time.Millisecond), r.desc.Timing.S3Client)
}

// awaitSeed asks until the ECU gives a seed, and returns when it did; at the limit it gives up.
func (r *run) awaitSeed(ctx context.Context, limit time.Time) time.Time {
	for !r.over() {
		a := r.seed(ctx)
		if a.accepted() || a.last().After(limit) {
			return a.last()
		}
		r.wait(ctx, r.pollSeeds())
	}
	return time.Time{}
}

// recover unlocks the ECU, so that it counts no wrong key any more, in the session in which it gave seeds. S3 may have
// ended that meanwhile. An ECU that does not open any more is no ECU to go on with.
func (r *run) recover(ctx context.Context) {
	if r.over() {
		return
	}
	r.enter(ctx, r.session)
	if err := r.unit.Programmer().Unlock(ctx); err != nil && !r.over() {
		r.err = fmt.Errorf("unlock %s after wrong keys: %w", r.unit.Name(), err)
	}
}

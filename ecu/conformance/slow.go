package conformance

import (
	"context"

	"otabench/ecu/description"
)

// SelfTest is the name under which a description tells of a routine that may be started at any time in the extended
// session and does nothing but take its time.
const SelfTest = "self_test"

const costSlow = "starts a routine that takes its time"

// harmless is a routine that may be started: the self test, or the check of preconditions for programming.
func (r *run) harmless() description.Routine {
	if test := r.desc.Routines[SelfTest]; test.Exists() {
		return test
	}
	return r.desc.Routines[description.Preconditions]
}

// slow asks for something that the ECU needs more time for than P2. Without it the check is not applicable.
func (r *run) slow(ctx context.Context) answer {
	id := r.needRoutine(ctx)
	a := r.ask(ctx, routine(startRoutine, id)...)
	if len(a.said) == 0 || !pending(a.said[0].data) {
		r.skip("routine %04X needs no responsePending; a slow one can be named %q in the description", id, SelfTest)
	}
	return a
}

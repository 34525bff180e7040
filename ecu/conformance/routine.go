package conformance

import (
	"context"

	"otabench/ecu/uds"
)

func routineChecks() []Check {
	return []Check{
		{
			ID: "routine-unknown", Clauses: []string{"ISO-14229-1/14.2"},
			Text: "answers requestOutOfRange to routines that do not exist, before it looks at the sub-function",
			run:  unknownRoutine,
		},
		{
			ID: "routine-sub-function", Clauses: []string{"ISO-14229-1/14.2"},
			Text: "answers subFunctionNotSupported to what cannot be done to a routine", run: routineSubFunction,
		},
		{
			ID: "routine-sequence", Clauses: []string{"ISO-14229-1/14.2"},
			Text: "answers requestSequenceError to stopRoutine of a routine that does not run", run: routineSequence,
		},
		{
			ID: "routine-echo", Clauses: []string{"ISO-14229-1/14.2"},
			Text: "repeats sub-function and identifier of the routine", Cost: "starts a harmless routine", run: routineEcho,
		},
	}
}

// Sub-functions of RoutineControl.
const (
	startRoutine          byte = 0x01
	stopRoutine           byte = 0x02
	requestRoutineResults byte = 0x03
)

// routine is a request of RoutineControl.
func routine(sub byte, id uint16) []byte {
	return []byte{uds.SIDRoutineControl, sub, byte(id >> 8), byte(id)}
}

// needRoutines enters the extended session, where RoutineControl has to be open.
func (r *run) needRoutines(ctx context.Context) {
	r.need(ctx, r.desc.Sessions.Extended)
	if !r.codes(ctx).open(uds.SIDRoutineControl) {
		r.skip("session %02X has no RoutineControl, or has it secured", r.desc.Sessions.Extended)
	}
}

// needRoutine also wants a routine that may be started.
func (r *run) needRoutine(ctx context.Context) (id uint16) {
	r.needRoutines(ctx)
	if !r.harmless().Exists() {
		r.skip("the description names no routine that may be started at any time")
	}
	return r.harmless().ID
}

func unknownRoutine(ctx context.Context, r *run) {
	r.needRoutines(ctx)
	for _, sub := range []byte{startRoutine, stopRoutine, requestRoutineResults, noSubFunction} {
		r.ask(ctx, routine(sub, noID)...).refused(uds.RequestOutOfRange)
	}
}

// routineSubFunction and the next one do not judge where the ECU does not have the routine.
func routineSubFunction(ctx context.Context, r *run) {
	id := r.needRoutine(ctx)
	if a := r.ask(ctx, routine(noSubFunction, id)...); !a.denied() && !a.is(uds.RequestOutOfRange) {
		a.refused(uds.SubFunctionNotSupported)
	}
}

// routineSequence lets an ECU say that the routine cannot be stopped at all.
func routineSequence(ctx context.Context, r *run) {
	id := r.needRoutine(ctx)
	if a := r.ask(ctx, routine(stopRoutine, id)...); !a.denied() && !a.is(uds.RequestOutOfRange) {
		a.refused(uds.RequestSequenceError, uds.SubFunctionNotSupported)
	}
}

func routineEcho(ctx context.Context, r *run) {
	id := r.needRoutine(ctx)
	if a := r.ask(ctx, routine(startRoutine, id)...); a.accepted() {
		a.granted(a.request[1:]...)
	}
}

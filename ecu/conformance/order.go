package conformance

import (
	"context"

	"otabench/ecu/uds"
)

func orderChecks() []Check {
	return []Check{
		{
			ID: "order-service", Clauses: []string{"ISO-14229-1/8.7.2"},
			Text: "looks at service and session before sub-function, length and parameters", run: serviceFirst,
		},
		{
			ID: "order-sub-function", Clauses: []string{"ISO-14229-1/8.7.3.1"},
			Text: "looks at the sub-function before the whole length", run: subFunctionFirst,
		},
		{
			ID: "order-length", Clauses: []string{"ISO-14229-1/8.7.3.1", "ISO-14229-1/8.7.4.1"},
			Text: "looks at the length before the parameters", run: lengthFirst,
		},
	}
}

// serviceFirst asks services of other sessions with zeros, which mean nothing in any of them.
func serviceFirst(ctx context.Context, r *run) {
	r.inEach(ctx, func() {
		here := r.codes(ctx)
		for _, sid := range services() {
			if here.promises(sid) {
				r.ask(ctx, sid, 0).refused(uds.ServiceNotSupportedInActiveSession)
				r.ask(ctx, sid, 0, 0, 0, 0, 0, 0).refused(uds.ServiceNotSupportedInActiveSession)
			}
		}
	})
}

func subFunctionFirst(ctx context.Context, r *run) {
	r.visit(ctx, func(sid byte) {
		if hasSubFunction(sid) {
			r.ask(ctx, tooLong(sid, noSubFunction)...).refused(uds.SubFunctionNotSupported)
		}
	})
}

// lengthFirst asks with a wrong length for what is out of range as well.
func lengthFirst(ctx context.Context, r *run) {
	wrong := map[byte][][]byte{
		uds.SIDClearDiagnosticInformation:     {{0, 0}, {0, 0, 0, 0, 0}},
		uds.SIDReadDTCInformation:             {{reportCount}},
		uds.SIDReadDataByIdentifier:           {{0}, {0, 0, 0}},
		uds.SIDReadScalingDataByIdentifier:    {{0}, {0, 0, 0}},
		uds.SIDCommunicationControl:           {{byte(uds.EnableRxAndTx)}, {byte(uds.EnableRxAndTx), 0, 0}},
		uds.SIDWriteDataByIdentifier:          {{0}, {0, 0}},
		uds.SIDInputOutputControlByIdentifier: {{0}, {0, 0}},
		uds.SIDRoutineControl:                 {{startRoutine}, {startRoutine, 0}},
	}
	r.visit(ctx, func(sid byte) {
		for _, parameters := range wrong[sid] {
			r.ask(ctx, append([]byte{sid}, parameters...)...).refusedIfOpen(uds.IncorrectMessageLengthOrInvalidFormat)
		}
	})
}

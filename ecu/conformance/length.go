package conformance

import (
	"context"

	"otabench/ecu/description"
	"otabench/ecu/uds"
)

func lengthChecks() []Check {
	return []Check{
		{
			ID: "length-minimum", Clauses: []string{"ISO-14229-1/8.7.3.1", "ISO-14229-1/8.7.4.1"},
			Text: "answers incorrectMessageLengthOrInvalidFormat to services that come without their parameters",
			run:  minimumLength,
		},
		{
			ID: "length-maximum", Clauses: []string{"ISO-14229-1/8.7.3.1", "ISO-14229-1/8.7.4.1"},
			Text: "answers incorrectMessageLengthOrInvalidFormat to requests with a byte too many", run: maximumLength,
		},
	}
}

func minimumLength(ctx context.Context, r *run) {
	r.visit(ctx, func(sid byte) {
		if sid != uds.SIDRequestTransferExit { // which needs no parameters
			r.ask(ctx, sid).refused(uds.IncorrectMessageLengthOrInvalidFormat)
		}
	})
}

// maximumLength leaves out what is as long as a maker wants it, and what would write if the ECU took it.
func maximumLength(ctx context.Context, r *run) {
	on := byte(uds.EnableRxAndTx)
	tooLong := map[byte][]byte{
		uds.SIDDiagnosticSessionControl:    {uds.SIDDiagnosticSessionControl, r.desc.Sessions.Default, 0},
		uds.SIDECUReset:                    {uds.SIDECUReset, r.resetKind(), 0},
		uds.SIDClearDiagnosticInformation:  {uds.SIDClearDiagnosticInformation, 0, 0, 0, 0, 0}, // no such group
		uds.SIDReadDTCInformation:          {uds.SIDReadDTCInformation, reportCount, 0xFF, 0},
		uds.SIDReadDataByIdentifier:        {uds.SIDReadDataByIdentifier, 0xF1, 0x86, 0},
		uds.SIDCommunicationControl:        {uds.SIDCommunicationControl, on, byte(uds.NormalMessages), 0},
		uds.SIDTesterPresent:               {uds.SIDTesterPresent, 0, 0},
		uds.SIDReadScalingDataByIdentifier: {uds.SIDReadScalingDataByIdentifier, 0xF1, 0x86, 0},
	}
	if check := r.desc.Routines[description.Preconditions]; check.Exists() && check.Options == "" {
		tooLong[uds.SIDRoutineControl] = append(routine(startRoutine, check.ID), 0)
	}
	r.visit(ctx, func(sid byte) {
		if request := tooLong[sid]; request != nil {
			r.ask(ctx, request...).refusedIfOpen(uds.IncorrectMessageLengthOrInvalidFormat)
		}
	})
}

// resetKind is the type of reset that the description has for the ECU, hardReset if none.
func (r *run) resetKind() byte {
	if kind := r.desc.Programming.Reset; kind != 0 {
		return kind
	}
	return hardReset
}

const hardReset byte = 0x01

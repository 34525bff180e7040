package conformance

import (
	"context"
	"slices"

	"otabench/ecu/uds"
)

func suppressionChecks() []Check {
	return []Check{
		{
			ID: "suppress-positive", Clauses: []string{"ISO-14229-1/8.7.3.2"},
			Text: "sends no positive response where suppressPosRspMsgIndicationBit says so", run: suppressPositiveResponse,
		},
		{
			ID: "suppress-session", Clauses: []string{"ISO-14229-1/8.7.3.2", "ISO-14229-1/10.2"},
			Text: "enters a session whose positive response is suppressed", run: suppressSession,
		},
		{
			ID: "suppress-negative", Clauses: []string{"ISO-14229-1/8.7.3.2"},
			Text: "sends negative responses whatever suppressPosRspMsgIndicationBit says", run: suppressNegativeResponse,
		},
		{
			ID: "suppress-pending", Clauses: []string{"ISO-14229-1/8.7.3.2"},
			Text: "sends the final response in any case once it has sent responsePending",
			Cost: costSlow, run: suppressAfterPending,
		},
	}
}

const notWanted = "suppressPosRspMsgIndicationBit is set"

func suppressPositiveResponse(ctx context.Context, r *run) {
	r.ask(ctx, uds.SIDTesterPresent, suppressPositive).silent(notWanted)
	r.ask(ctx, uds.SIDDiagnosticSessionControl, suppressPositive|r.desc.Sessions.Default).silent(notWanted)
}

func suppressSession(ctx context.Context, r *run) {
	s := r.desc.Sessions
	isIn := r.tellApart(ctx)
	r.change(ctx, s.Default)
	r.ask(ctx, uds.SIDDiagnosticSessionControl, suppressPositive|s.Extended)
	r.session = s.Extended
	isIn(s.Extended, "it was entered with a suppressed response")
}

func suppressNegativeResponse(ctx context.Context, r *run) {
	r.ask(ctx, uds.SIDTesterPresent, suppressPositive|noSubFunction).refused(uds.SubFunctionNotSupported)
	r.ask(ctx, uds.SIDDiagnosticSessionControl, suppressPositive|noSubFunction).refused(uds.SubFunctionNotSupported)
	r.ask(ctx, uds.SIDTesterPresent, suppressPositive, 0).refused(uds.IncorrectMessageLengthOrInvalidFormat)
}

func suppressAfterPending(ctx context.Context, r *run) {
	slow := r.slow(ctx)
	if !slow.accepted() {
		r.skip("routine %04X does not end well: %s", r.harmless().ID, show(slow.final()))
		return
	}
	request := slices.Clone(slow.request)
	request[1] |= suppressPositive
	r.ask(ctx, request...).granted(slow.request[1:]...)
}

package conformance

import (
	"context"
	"time"

	"otabench/ecu/uds"
)

func functionalChecks() []Check {
	return []Check{
		{
			ID: "functional-positive", Clauses: []string{"ISO-14229-1/8.7.3.3"},
			Text: "answers functional requests that it can fulfil", run: functionalPositive,
		},
		{
			ID: "functional-suppressed", Clauses: []string{"ISO-14229-1/8.7.3.3"},
			Text: "sends no positive response to functional requests where suppressPosRspMsgIndicationBit says so",
			run:  functionalSuppressed,
		},
		{
			ID: "functional-negative", Clauses: []string{"ISO-14229-1/8.7.3.3"},
			Text: "sends to functional requests negative responses that do not say that it knows nothing of them",
			run:  functionalNegative,
		},
		{
			ID: "functional-silent", Clauses: []string{"ISO-14229-1/8.7.3.3", "ISO-14229-1/8.7.4.3"},
			Text: "sends to functional requests none of the codes 0x11, 0x12, 0x31, 0x7E and 0x7F", run: functionalSilent,
		},
		{
			ID: "functional-concurrent", Clauses: []string{"ISO-14229-1/8.7.6"},
			Text: "takes TesterPresent to all while it works on a request to it alone",
			Cost: costSlow, run: functionalConcurrent,
		},
	}
}

// functionalConcurrent sends TesterPresent to all while the ECU works on a request to it alone. It does not judge an
// ECU that leaves the request unanswered in any case.
func functionalConcurrent(ctx context.Context, r *run) {
	id := r.needRoutine(ctx)
	if r.over() {
		return
	}
	p2, _ := r.unit.Client().Timing()
	sent := make(chan error, 1)
	timer := time.AfterFunc(2*p2, func() { sent <- r.unit.Functional().TesterPresent(ctx) })
	a := r.ask(ctx, routine(startRoutine, id)...)
	if timer.Stop() {
		r.skip("routine %04X is done within %v; a slow one can be named %q in the description", id, 2*p2, SelfTest)
		return
	}
	if err := <-sent; err != nil && !r.over() {
		r.err = err
	}
	if a.final() == nil && !r.ask(ctx, a.request...).accepted() {
		r.skip("routine %04X does not end", id)
	}
	a.want(a.undisturbed(), "a positive response and no negative one, since TesterPresent disturbs nothing")
}

// undisturbed says that the request was fulfilled, and that nothing was refused meanwhile.
func (a answer) undisturbed() bool {
	fulfilled := false
	for _, m := range a.finals() {
		if m.data[0] == negative {
			return false
		}
		fulfilled = fulfilled || m.data[0] == a.request[0]+positive
	}
	return fulfilled
}

func functionalPositive(ctx context.Context, r *run) {
	r.askAll(ctx, uds.SIDTesterPresent, 0).granted(0)
	r.askAll(ctx, uds.SIDDiagnosticSessionControl, r.desc.Sessions.Default).granted(r.desc.Sessions.Default)
}

func functionalSuppressed(ctx context.Context, r *run) {
	r.askAll(ctx, uds.SIDTesterPresent, suppressPositive).silent(notWanted)
	r.askAll(ctx, uds.SIDDiagnosticSessionControl, suppressPositive|r.desc.Sessions.Default).silent(notWanted)
}

func functionalNegative(ctx context.Context, r *run) {
	r.askAll(ctx, uds.SIDTesterPresent, 0, 0).refused(uds.IncorrectMessageLengthOrInvalidFormat)
	r.askAll(ctx, uds.SIDDiagnosticSessionControl).refused(uds.IncorrectMessageLengthOrInvalidFormat)
}

// functionalSilent asks the ECU alone first, so that it is known which code is to be kept back.
func functionalSilent(ctx context.Context, r *run) {
	requests := [][]byte{
		{reserved()[0]},
		{uds.SIDTesterPresent, noSubFunction},
		{uds.SIDTesterPresent, suppressPositive | noSubFunction},
		{uds.SIDReadDataByIdentifier, 0, 0},
		tooLong(uds.SIDDiagnosticSessionControl, r.desc.Sessions.Programming)[:3],
	}
	here := r.codes(ctx)
	for _, sid := range services() {
		if here.promises(sid) {
			requests = append(requests, []byte{sid})
		}
	}
	for _, request := range requests {
		if code := r.ask(ctx, request...).code(); keptBack(code) {
			r.askAll(ctx, request...).silent(code.String() + " is for requests to it alone")
		}
	}
}

// keptBack are the codes that are not sent to functional requests.
func keptBack(code uds.NRC) bool { return isAbsent(code) || code == uds.RequestOutOfRange }

package conformance

import (
	"context"
	"fmt"
	"time"

	"otabench/ecu/uds"
)

func timingChecks() []Check {
	return []Check{
		{
			ID: "timing-p2", Clauses: []string{"ISO-14229-2/9.2"},
			Text: "begins to answer within P2", run: timingP2,
		},
		{
			ID: "timing-p2-star", Clauses: []string{"ISO-14229-2/9.2"},
			Text: "answers within P2* after responsePending, or asks for more",
			Cost: costSlow, run: timingP2Star,
		},
		{
			ID: "timing-pending", Clauses: []string{"ISO-14229-2/9.2"},
			Text: "sends responsePending no more often than every 0.3 P2*",
			Cost: costSlow, run: timingPending,
		},
	}
}

func timingP2(ctx context.Context, r *run) {
	r.inEach(ctx, func() {
		var slowest, first, last answer
		longest := time.Duration(-1)
		for _, request := range [][]byte{
			{uds.SIDTesterPresent, 0},
			{uds.SIDDiagnosticSessionControl, r.session},
			read(active),
			read(noID),
			{uds.SIDTesterPresent, noSubFunction},
			{reserved()[0]},
		} {
			a := r.ask(ctx, request...)
			if first.asked.began.IsZero() {
				first = a
			}
			last = a
			if d, heard := a.latency(); heard && d > longest {
				slowest, longest = a, d
			}
		}
		if longest < 0 {
			return
		}
		p2, _ := r.unit.Client().Timing()
		r.measure(slowest, Measurement{
			Name: fmt.Sprintf("longest P2 in session %02X", r.session), Value: longest, Max: p2 + Tolerance,
			Kind: ToResponse, From: first.asked.began, To: last.last(),
		})
	})
}

func timingP2Star(ctx context.Context, r *run) {
	a := r.slow(ctx)
	_, p2star := r.unit.Client().Timing()
	if a.final() == nil {
		a.want(false, "another response within %v", p2star)
		return
	}
	var longest time.Duration
	for i := 1; i < len(a.said); i++ {
		longest = max(longest, a.said[i].began.Sub(a.said[i-1].ended))
	}
	r.measure(a, Measurement{Name: "longest P2*", Value: longest, Max: p2star + Tolerance, Kind: AfterPending, From: a.asked.began, To: a.last()})
}

// timingPending leaves the last gap out, since the final response comes when it is there (table 3, note c).
func timingPending(ctx context.Context, r *run) {
	a := r.slow(ctx)
	_, p2star := r.unit.Client().Timing()
	shortest := time.Duration(-1)
	for i := 1; i < len(a.said) && pending(a.said[i].data); i++ {
		if gap := a.said[i].began.Sub(a.said[i-1].ended); shortest < 0 || gap < shortest {
			shortest = gap
		}
	}
	if shortest < 0 {
		r.skip("the ECU asks for more time only once; a slower routine can be named %q in the description", SelfTest)
	}
	r.measure(a, Measurement{
		Name: "shortest time between two responsePending", Value: shortest, Min: 3*p2star/10 - Tolerance,
		Kind: BetweenPending, From: a.asked.began, To: a.last(),
	})
}

package conformance

import (
	"context"
	"time"

	"otabench/ecu/uds"
)

// s3Server is how long a session lasts without a request. The standard gives no tolerance; s3Early and s3Late are a
// tenth and a fifth, which is more than clocks and schedulers need.
const (
	s3Server = 5 * time.Second
	s3Early  = s3Server - s3Server/10
	s3Late   = s3Server + s3Server/5
)

func s3Checks() []Check {
	return []Check{
		{
			ID: "s3-holds", Clauses: []string{"ISO-14229-2/9"},
			Text: "stays in a session for S3 without a request", Cost: "takes 5 s", run: s3Holds,
		},
		{
			ID: "s3-ends", Clauses: []string{"ISO-14229-2/9"},
			Text: "returns to the default session after S3 without a request", Cost: "takes 6 s", run: s3Ends,
		},
		{
			ID: "s3-tester-present", Clauses: []string{"ISO-14229-2/9", "ISO-14229-1/10.7"},
			Text: "stays in a session as long as TesterPresent comes, to it alone or to all",
			Cost: "takes 4 S3client for each way", run: s3TesterPresent,
		},
	}
}

func s3Holds(ctx context.Context, r *run) {
	isIn := r.tellApart(ctx)
	r.need(ctx, r.desc.Sessions.Extended)
	r.wait(ctx, s3Early)
	isIn(r.desc.Sessions.Extended, "S3 of %v is not over after %v", s3Server, s3Early)
}

func s3Ends(ctx context.Context, r *run) {
	isIn := r.tellApart(ctx)
	r.need(ctx, r.desc.Sessions.Extended)
	r.wait(ctx, s3Late)
	isIn(r.desc.Sessions.Default, "S3 of %v is over after %v", s3Server, s3Late)
}

func s3TesterPresent(ctx context.Context, r *run) {
	isIn := r.tellApart(ctx)
	for _, way := range []struct {
		name string
		ask  func(context.Context, ...byte) answer
	}{{"to it alone", r.ask}, {"to all", r.askAll}} {
		r.need(ctx, r.desc.Sessions.Extended)
		interval := r.desc.Timing.S3Client
		for waited := time.Duration(0); waited < s3Late; waited += interval {
			r.wait(ctx, interval)
			way.ask(ctx, uds.SIDTesterPresent, suppressPositive)
		}
		isIn(r.desc.Sessions.Extended, "TesterPresent was sent %s every %v", way.name, interval)
	}
}

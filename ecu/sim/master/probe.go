package master

import (
	"context"
	"fmt"
	"math"
	"net/http/httptrace"
	"time"

	"otabench/ecu/ota/cloud"
)

// probe measures the connection: the time from a request to the first byte of its answer, and the rate at which the rest
// comes, in bit/s. A rate too high to be measured is endless. The request counts from when there is a connection: when all
// of it is written is only known to another goroutine, perhaps after the answer.
func (c *connection) probe(ctx context.Context) (latency time.Duration, rate float64, err error) {
	var asked, answered time.Time
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:              func(httptrace.GotConnInfo) { asked = time.Now() },
		GotFirstResponseByte: func() { answered = time.Now() },
	})
	if _, err := c.fetch(traced, fmt.Sprintf("/v1/probe/%d", cloud.MaxProbe), cloud.MaxProbe); err != nil {
		return 0, 0, err
	}
	took := time.Since(answered).Seconds()
	if took <= 0 {
		return answered.Sub(asked), math.Inf(1), nil
	}
	return answered.Sub(asked), 8 * cloud.MaxProbe / took, nil
}

package app

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"otabench/ecu/ota/cloud"
)

const (
	// again is how long the app waits after an answer that it cannot use, and at least between two that say the same.
	again = time.Second
	// pace is the least time between two views.
	pace = 10 * time.Millisecond
	// patience is how long an answer may take: what the backend keeps a request, and some time for the way.
	patience = cloud.PollTime + 10*time.Second
)

// follow shows each new view.
func (d *Display) follow(ctx context.Context, viewer string) {
	defer close(d.done)
	var seen cloud.Seen
	after := 0
	for ctx.Err() == nil {
		asked := time.Now()
		next, err := d.backend.ask(ctx, after, viewer)
		var wait time.Duration
		switch {
		case err != nil:
			wait = again
			after = 0 // the backend may have been started anew since
		case isNews(next, seen):
			wait = pace
			seen, after = next, next.Seq
			d.Show(next.View)
		default:
			wait = again - time.Since(asked)
			after = min(after, next.Seq)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

// isNews says whether an answer is another view than the last one. A backend that was started anew counts from the
// beginning, so that a smaller number is news too, and so is another view with the same number.
func isNews(next, seen cloud.Seen) bool {
	return next.View.State != "" && (next.Seq != seen.Seq || !reflect.DeepEqual(next.View, seen.View))
}

// ask asks for what is newer than a number.
func (b backend) ask(ctx context.Context, after int, viewer string) (cloud.Seen, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var next cloud.Seen
	err := b.exchange(ctx, http.MethodGet, fmt.Sprintf("/view?after=%d", after), viewer, nil, &next)
	return next, err
}

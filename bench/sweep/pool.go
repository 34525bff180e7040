package sweep

import (
	"context"
	"sync"
)

// pool hands items to workers until all are done, one of them fails, or ctx ends. Its error is that of whatever ended it.
func pool[T any](ctx context.Context, workers int, items []T, do func(T) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	todo := make(chan T)
	var working sync.WaitGroup
	for range max(workers, 1) {
		working.Go(func() {
			for item := range todo {
				if err := do(item); err != nil {
					stop(err)
				}
			}
		})
	}
	for _, item := range items {
		select {
		case todo <- item:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(todo)
	working.Wait()
	return context.Cause(ctx)
}

package ota

import (
	"context"
	"errors"
	"fmt"
)

// Display is one place where a user sees the update master and acts: the dashboard, the app, a console. Its methods may be
// called from several goroutines.
type Display interface {
	// String names it: "dashboard", "app", "console".
	fmt.Stringer
	// View returns what it shows, and false before it has shown anything.
	View() (View, bool)
	// Watch calls f with what it shows now, if that is anything, before it returns, and then with each change, in order, until
	// stop. f must not block. Of the display it may use View and stop, nothing else. stop returns at once; a call of f that is
	// under way elsewhere may end after it.
	Watch(f func(View)) (stop func())
	// Act does what a user does there. It returns once the display has passed it on, which is not to say that the master
	// agrees.
	Act(ctx context.Context, a Action) error
	// Forget takes the view away, as if nothing had been shown yet, so that what is shown next was told anew.
	Forget()
	// Close ends it.
	Close() error
}

// ErrNotSeen means that a display did not show what was awaited.
var ErrNotSeen = errors.New("was not shown")

// Await waits until a display shows what is wanted, and returns that view; what the display shows already counts. If ctx ends
// before, the error wraps ErrNotSeen and the context's, and says what the display showed last, which is returned too. wanted
// must not block.
func Await(ctx context.Context, d Display, what string, wanted func(View) bool) (View, error) {
	found := make(chan View, 1)
	stop := d.Watch(func(v View) {
		if wanted(v) {
			select {
			case found <- v:
			default:
			}
		}
	})
	defer stop()
	select {
	case v := <-found:
		return v, nil
	case <-ctx.Done():
	}
	select {
	case v := <-found:
		return v, nil
	default:
	}
	last, ok := d.View()
	if !ok {
		return last, fmt.Errorf("%s: %s %w; it has shown nothing at all: %w", d, what, ErrNotSeen, context.Cause(ctx))
	}
	return last, fmt.Errorf("%s: %s %w; the last view is %v: %w", d, what, ErrNotSeen, last, context.Cause(ctx))
}

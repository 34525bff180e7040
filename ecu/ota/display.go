package ota

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Display is one place where a user sees the update master and acts: the dashboard, the app, a console.
type Display interface {
	// String names it: "dashboard", "app", "console".
	fmt.Stringer
	// View returns what it shows, and false before it has shown anything.
	View() (View, bool)
	// Watch calls f with what it shows now, if that is anything, and then with each change, in order, until stop. f must
	// not block.
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

// Await waits until a display shows what is wanted. If ctx ends before, the error wraps ErrNotSeen and says what the
// display showed last.
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

// Screen is the part that all displays share: the view that they show, and those who watch it. The zero value is ready.
type Screen struct {
	mu       sync.Mutex
	view     View
	shown    bool
	watchers map[int]func(View)
	next     int
}

// Show replaces the view.
func (s *Screen) Show(v View) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.view, s.shown = v, true
	for _, f := range s.watchers {
		f(v)
	}
}

// View returns what is shown, and false before anything is.
func (s *Screen) View() (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view, s.shown
}

// Forget takes the view away. Watchers are told with the next view.
func (s *Screen) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.view, s.shown = View{}, false
}

// Watch calls f as [Display.Watch] says. f must not use the screen.
func (s *Screen) Watch(f func(View)) (stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watchers == nil {
		s.watchers = map[int]func(View){}
	}
	id := s.next
	s.next++
	s.watchers[id] = f
	if s.shown {
		f(s.view)
	}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, id)
	}
}

package ota

import (
	"slices"
	"sync"
)

// Screen is the part that all displays share: the view that they show, and those who watch it. The zero value is ready.
type Screen struct {
	// calling is held while watchers are called, so that each sees the views in their order.
	calling sync.Mutex

	mu       sync.Mutex // guards the following; not held while a watcher is called, so that it may stop itself
	view     View
	shown    bool
	watchers []*watcher // appended to or replaced, so that those who have it may go on with it
}

type watcher struct{ f func(View) }

// Show replaces the view and tells those who watch, in the order in which they began.
func (s *Screen) Show(v View) {
	s.calling.Lock()
	defer s.calling.Unlock()
	for _, w := range s.replace(v) {
		if s.has(w) {
			w.f(v)
		}
	}
}

func (s *Screen) replace(v View) []*watcher {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.view, s.shown = v, true
	return s.watchers
}

// has says that a watcher has not stopped, which one that was called before it may have brought about.
func (s *Screen) has(w *watcher) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.watchers, w)
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

// Watch calls f as [Display] says. In f, Show and Watch would wait for f itself; View, Forget and stop do not.
func (s *Screen) Watch(f func(View)) (stop func()) {
	s.calling.Lock()
	defer s.calling.Unlock()
	w := &watcher{f}
	if v, shown := s.add(w); shown {
		f(v)
	}
	return func() { s.remove(w) }
}

func (s *Screen) add(w *watcher) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watchers = append(s.watchers, w)
	return s.view, s.shown
}

func (s *Screen) remove(w *watcher) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watchers = slices.DeleteFunc(slices.Clone(s.watchers), func(o *watcher) bool { return o == w })
}

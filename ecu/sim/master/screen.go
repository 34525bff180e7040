package master

import (
	"context"
	"net/http"
	"reflect"
	"sync"
	"time"

	"otabench/ecu/ota"
)

// screen has what the user is shown, and brings it to the dashboard, the app and the console, each at its own pace.
type screen struct {
	l *life

	mu       sync.Mutex // guards the following
	view     ota.View
	revision uint8
	off      []string
	changed  chan struct{} // closed and replaced at each change
}

func newScreen(l *life) *screen { return &screen{l: l, changed: make(chan struct{})} }

// show brings what the user sees up to date. It is the life's goroutine's.
func (l *life) show() {
	v := l.compose()
	s := l.screen
	s.mu.Lock()
	defer s.mu.Unlock()
	if reflect.DeepEqual(v, s.view) {
		return
	}
	if !same(v, s.view) {
		s.revision++
	}
	s.view = v
	close(s.changed)
	s.changed = make(chan struct{})
	l.print(v)
}

// same says that only the progress differs.
func same(a, b ota.View) bool {
	a.Percent, a.Done, b.Percent, b.Done = 0, 0, 0, 0
	return reflect.DeepEqual(a, b)
}

// control says which functions are switched off.
func (s *screen) control(off []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.off = off
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *screen) now() (v ota.View, revision uint8, off []string, changed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view, s.revision, s.off, s.changed
}

// Pace of the app: views are not sent faster than pushEvery, and again after pushAgain if the backend did not take one.
const (
	pushEvery = 25 * time.Millisecond
	pushAgain = time.Second
)

// app sends each view to the backend, the newest if there are several, and the reports that wait.
func (s *screen) app(ctx context.Context) {
	var sent ota.View
	for ctx.Err() == nil {
		v, _, _, changed := s.now()
		pause := pushEvery
		if v.State != "" && !reflect.DeepEqual(v, sent) {
			if err := s.l.cloud.put(ctx, http.MethodPut, "/v1/vehicles/"+s.l.cfg.Credentials.VIN+"/view", v); err != nil {
				pause = pushAgain
			} else {
				sent = v
			}
		}
		if !s.l.sendReports(ctx) {
			pause = pushAgain
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
		if pause == pushAgain {
			continue
		}
		select {
		case <-changed:
		case <-s.l.reported:
		case <-ctx.Done():
		}
	}
}

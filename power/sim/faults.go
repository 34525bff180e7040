package sim

import (
	"context"
	"io"
	"sync"
	"time"
)

// faults is how an instrument's link misbehaves.
type faults struct {
	mu      sync.Mutex
	delay   time.Duration
	extra   func() time.Duration // or nil
	resumed chan struct{}        // closed unless the instrument hangs
	gone    bool
	wrong   string        // what it answers instead
	pieces  time.Duration // pause between the bytes of an answer
	links   map[int]func()
	nextID  int
}

func newFaults(delay time.Duration, extra func() time.Duration) *faults {
	resumed := make(chan struct{})
	close(resumed)
	return &faults{delay: delay, extra: extra, resumed: resumed, links: map[int]func(){}}
}

// Delay changes how long the instrument takes for each command.
func (s *Supply) Delay(d time.Duration) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.delay = d
}

// Stall is a fault: the instrument neither carries out nor answers commands, its outputs stay as they are. What it was
// sent meanwhile it carries out and answers after Resume.
func (s *Supply) Stall() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	select {
	case <-s.faults.resumed:
		s.faults.resumed = make(chan struct{})
	default:
	}
}

// Resume ends a Stall.
func (s *Supply) Resume() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	select {
	case <-s.faults.resumed:
	default:
		close(s.faults.resumed)
	}
}

// Vanish is a fault: all connections are closed and new ones too, as when the cable is pulled. The outputs stay as they
// are.
func (s *Supply) Vanish() {
	s.faults.mu.Lock()
	s.faults.gone = true
	var links []func()
	for _, closeLink := range s.faults.links {
		links = append(links, closeLink)
	}
	s.faults.mu.Unlock()
	for _, closeLink := range links {
		closeLink()
	}
}

// Return ends Vanish: the instrument can be connected to again.
func (s *Supply) Return() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.gone = false
}

// process waits as long as the instrument needs before it carries out a command.
func (f *faults) process(ctx context.Context, takes func(string) time.Duration, message string) error {
	f.mu.Lock()
	resumed, delay := f.resumed, f.delay
	f.mu.Unlock()
	if delay == 0 && takes != nil {
		delay = takes(message)
	}
	if f.extra != nil {
		delay += f.extra()
	}
	select {
	case <-resumed:
	case <-ctx.Done():
		return ctx.Err()
	}
	if delay == 0 {
		return nil
	}
	select {
	case <-time.After(delay):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// attach lets Vanish close a link. It reports false if the instrument is gone.
func (f *faults) attach(rw io.ReadWriter) (detach func(), ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.gone {
		closeIfCloser(rw)
		return nil, false
	}
	id := f.nextID
	f.nextID++
	f.links[id] = func() { closeIfCloser(rw) }
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.links, id)
	}, true
}

func closeIfCloser(rw io.ReadWriter) {
	if c, ok := rw.(io.Closer); ok {
		_ = c.Close() // best effort: the reader notices
	}
}

// Garble is a fault: the instrument answers this, whatever it is asked. "" mends it.
func (s *Supply) Garble(answer string) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.wrong = answer
}

// Split is a fault of the link: answers come byte by byte with a pause in between. Zero mends it.
func (s *Supply) Split(pause time.Duration) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.pieces = pause
}

// reply writes an answer as the faults have it.
func (f *faults) reply(ctx context.Context, w io.Writer, answer string) error {
	f.mu.Lock()
	wrong, pause := f.wrong, f.pieces
	f.mu.Unlock()
	if wrong != "" {
		answer = wrong
	}
	if pause == 0 {
		_, err := io.WriteString(w, answer)
		return err
	}
	for i := range len(answer) {
		if _, err := io.WriteString(w, answer[i:i+1]); err != nil {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return io.EOF
		}
	}
	return nil
}

package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"
)

// Writer appends events to a record. Its methods may be called from several goroutines.
type Writer struct {
	mu      sync.Mutex
	w       io.Writer
	close   func() error
	header  Header
	started time.Time // when the clock was zero, by this process's clock
	seq     uint64
	spec    string
	err     error
	hooks   []func(Event)
}

// line is an event as it stands on disk.
type line struct {
	Seq  uint64        `json:"seq"`
	T    time.Duration `json:"t_ns"`
	Spec string        `json:"spec,omitempty"`
	Kind string        `json:"kind"`
	Body any           `json:"body"`
}

// MarshalJSON writes an event as it stands on disk.
func (e Event) MarshalJSON() ([]byte, error) {
	return json.Marshal(line{Seq: e.Seq, T: e.T, Spec: e.Spec, Kind: e.Body.Kind(), Body: e.Body})
}

// Create starts a record in a file that must not exist yet. The run's clock is zero now.
func Create(path string, h Header) (*Writer, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("start the record: %w", err)
	}
	w, err := NewWriter(f, h)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	w.close = f.Close
	return w, nil
}

// NewWriter starts a record on w. Each event is one Write.
func NewWriter(w io.Writer, h Header) (*Writer, error) {
	h.Format = Format
	if h.Started.IsZero() {
		h.Started = time.Now()
	}
	b, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("start the record: %w", err)
	}
	if _, err := w.Write(append(b, '\n')); err != nil {
		return nil, fmt.Errorf("start the record: %w", err)
	}
	return &Writer{w: w, header: h, started: time.Now(), close: func() error { return nil }}, nil
}

// Append goes on with a record that another process began, after its last whole line. What a crash left of a line
// stays in the file, ended by a line feed, and is read back as a Torn event.
func Append(path string) (*Writer, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return nil, fmt.Errorf("go on with the record: %w", err)
	}
	h, events, err := Read(f)
	if err != nil && !errors.Is(err, ErrTruncated) {
		return nil, errors.Join(fmt.Errorf("go on with the record %s: %w", path, err), f.Close())
	}
	if err != nil {
		if _, err := f.WriteString("\n"); err != nil {
			return nil, errors.Join(fmt.Errorf("go on with the record: %w", err), f.Close())
		}
	}
	w := &Writer{w: f, close: f.Close, header: h, started: h.Started}
	if n := len(events); n > 0 {
		w.seq = events[n-1].Seq
		// A clock that was virtual, or set back meanwhile, must not make time run backwards.
		if last := events[n-1].T; time.Since(w.started) < last {
			w.started = time.Now().Add(-last)
		}
	}
	return w, nil
}

// Started is the time at which the run's clock was zero, on the wall clock.
func (w *Writer) Started() time.Time { return w.header.Started }

// Virtual reports whether the run's clock is virtual.
func (w *Writer) Virtual() bool { return w.header.Virtual }

// Wall converts a time of this process to the wall clock that the header began with. The two differ in virtual time.
func (w *Writer) Wall(t time.Time) time.Time { return w.header.Started.Add(w.Since(t)) }

// Since converts a time of this process to the run's clock.
func (w *Writer) Since(t time.Time) time.Duration { return t.Sub(w.started) }

// Spec names the spec that further events belong to; empty between specs.
func (w *Writer) Spec(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.spec = id
}

// Time converts a time of the run's clock to this process's.
func (w *Writer) Time(since time.Duration) time.Time { return w.started.Add(since) }

// Watch calls f for each event that is added from now on, once it was written, on the goroutine that adds it. f must not
// block: who adds an event may hold locks.
func (w *Writer) Watch(f func(Event)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hooks = append(slices.Clone(w.hooks), f)
}

// Add appends an event that happened now.
func (w *Writer) Add(b Body) { w.AddAt(time.Now(), b) }

// AddAt appends an event that happened at t. Events stand in the order in which they were added.
func (w *Writer) AddAt(t time.Time, b Body) {
	w.mu.Lock()
	e, hooks := w.write(t, b), w.hooks
	w.mu.Unlock()
	for _, f := range hooks {
		f(e)
	}
}

// write is called with the lock held.
func (w *Writer) write(t time.Time, b Body) Event {
	w.seq++
	e := Event{Seq: w.seq, T: t.Sub(w.started), Spec: w.spec, Body: b}
	if w.err != nil {
		return e
	}
	text, err := json.Marshal(e)
	if err == nil {
		_, err = w.w.Write(append(text, '\n'))
	}
	if err != nil {
		w.err = fmt.Errorf("write event %d (%s) to the record: %w", e.Seq, b.Kind(), err)
	}
	return e
}

// Err returns the first error of the record. A run whose record has one proves nothing.
func (w *Writer) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Close ends the record and returns its first error.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	err := w.close()
	w.close = func() error { return nil }
	return errors.Join(w.err, err)
}

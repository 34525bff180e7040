package trace

import (
	"io"
	"sync"
	"sync/atomic"
	"time"

	"otabench/can"
)

const (
	queueDepth = 8192                   // one second of a full bus at 1 Mbit/s
	flushAfter = 100 * time.Millisecond // at most so much of a trace is lost when the process is killed
)

// Recorder writes a trace in a goroutine of its own. All its methods may be called from several goroutines.
type Recorder struct {
	lost    atomic.Uint64
	flushes chan chan error
	ended   chan struct{}

	mu     sync.Mutex // never held while anything waits
	closed bool
	steps  []string          // for the next packet
	gaps   map[string]uint64 // frames that each bus lost since its last packet
	queue  chan entry

	err error // first one met; read after ended is closed
}

type entry struct {
	bus   string
	frame can.Received
	steps []string
}

// NewRecorder starts a recorder that writes to w. Buses are as in [NewWriter]. What was recorded reaches w at the latest
// 100 ms later. Close it; w stays the caller's.
func NewRecorder(w io.Writer, buses ...string) *Recorder {
	r := &Recorder{
		flushes: make(chan chan error),
		ended:   make(chan struct{}),
		gaps:    make(map[string]uint64),
		queue:   make(chan entry, queueDepth),
	}
	go r.run(NewWriter(w, buses...))
	return r
}

// Record adds a frame of the named bus. It never waits, so it may be called from a tap: a frame that finds the queue full
// is lost and counted, also in the bus's next packet, and so is every frame after Close.
func (r *Recorder) Record(bus string, f can.Received) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		r.lost.Add(1)
		return
	}
	f.Lost += r.gaps[bus]
	select {
	case r.queue <- entry{bus, f, r.steps}:
		r.steps = nil
		delete(r.gaps, bus)
	default:
		r.lost.Add(1)
		r.gaps[bus] = f.Lost + 1
	}
}

// Step attaches a comment to the next packet. The limits of [Writer.Comment] hold.
func (r *Recorder) Step(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.steps = addComment(r.steps, text)
}

// Lost counts the frames that are not in the trace: those that came too fast or after Close, and those that could not be
// written.
func (r *Recorder) Lost() uint64 { return r.lost.Load() }

// Flush hands everything recorded so far to the io.Writer. It returns the first error met since the start.
func (r *Recorder) Flush() error {
	done := make(chan error, 1)
	select {
	case r.flushes <- done:
		return <-done
	case <-r.ended:
		return r.err
	}
}

// Close writes what is queued and returns the first error met.
func (r *Recorder) Close() error {
	r.mu.Lock()
	if !r.closed {
		r.closed = true
		close(r.queue)
	}
	r.mu.Unlock()
	<-r.ended
	return r.err
}

func (r *Recorder) run(w *Writer) {
	defer close(r.ended)
	flush := time.NewTimer(flushAfter) // the first one for the file's header
	defer flush.Stop()
	idle := false // nothing waits to be flushed, and the timer is not running
	for {
		select {
		case e, open := <-r.queue:
			if !open {
				r.flush(w)
				return
			}
			r.write(w, e)
			if idle {
				flush.Reset(flushAfter)
				idle = false
			}
		case <-flush.C:
			r.flush(w)
			idle = true
		case done := <-r.flushes:
			r.drain(w)
			r.flush(w)
			done <- r.err
		}
	}
}

// drain writes what is queued at this moment.
func (r *Recorder) drain(w *Writer) {
	for range len(r.queue) {
		if e, open := <-r.queue; open {
			r.write(w, e)
		}
	}
}

func (r *Recorder) write(w *Writer, e entry) {
	for _, step := range e.steps {
		w.Comment(step)
	}
	if err := w.add(e.bus, e.frame); err != nil {
		r.lost.Add(1)
		r.keep(err)
	}
	if w.full() {
		r.flush(w)
	}
}

func (r *Recorder) flush(w *Writer) {
	held := w.held
	if err := w.Flush(); err != nil {
		r.lost.Add(held)
		r.keep(err)
	}
}

func (r *Recorder) keep(err error) {
	if r.err == nil {
		r.err = err
	}
}

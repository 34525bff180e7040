package trace

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"otabench/can"
)

const (
	chunkSize  = 256 << 10
	maxChunks  = 64                     // 16 MiB, nearly a second of eight full FD buses
	flushAfter = 100 * time.Millisecond // at most so much of a trace is lost when the process is killed
)

// Recorder writes a trace in pcapng in a goroutine of its own. All its methods may be called from several goroutines.
//
// A frame is encoded where it is recorded, into memory that is used again; the goroutine only hands whole chunks to the
// io.Writer. So nothing has to be woken for each frame.
type Recorder struct {
	out  io.Writer
	lost atomic.Uint64

	wake    chan struct{} // something was recorded after nothing, or a chunk is full
	flushes chan chan error
	closing chan struct{}
	ended   chan struct{}

	mu      sync.Mutex // held while a frame is encoded, never while anything waits
	enc     *encoder   // its buffer is the chunk that is being filled
	held    uint64     // frames in it
	full    []chunk
	waiting int // chunks that are full or being written
	free    [][]byte
	gaps    map[string]uint64 // frames that each bus lost since its last packet
	closed  bool
	broken  bool  // out failed, and takes no more
	err     error // first one met
}

// chunk is a part of the trace: whole blocks.
type chunk struct {
	data   []byte
	frames uint64
}

// NewRecorder starts a recorder that writes to w. Buses are as in [NewWriter]. What was recorded reaches w at the latest
// 100 ms later. Close it; w stays the caller's.
func NewRecorder(w io.Writer, buses ...string) *Recorder {
	r := &Recorder{
		out:     w,
		wake:    make(chan struct{}, 1),
		flushes: make(chan chan error),
		closing: make(chan struct{}),
		ended:   make(chan struct{}),
		enc:     newEncoder(newChunk(), buses),
		gaps:    make(map[string]uint64),
	}
	if len(buses) > 0 {
		r.wake <- struct{}{}
	}
	go r.run()
	return r
}

// Record adds a frame of the named bus. It never waits for the io.Writer, so it may be called from a tap: a frame that
// finds 16 MiB waiting to be written is lost and counted, also in the bus's next packet, and so is every frame after
// Close.
func (r *Recorder) Record(bus string, f can.Received) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.gaps) > 0 {
		f.Lost += r.gaps[bus]
	}
	if r.closed || r.broken || r.waiting == maxChunks {
		r.lose(bus, f.Lost)
		return
	}
	nothing := len(r.enc.blocks.buf) == 0
	if err := r.enc.add(bus, &f); err != nil {
		r.keep(err)
		r.lose(bus, f.Lost)
		return
	}
	if f.Lost > 0 {
		delete(r.gaps, bus)
	}
	r.held++
	whole := len(r.enc.blocks.buf) >= chunkSize
	if whole {
		r.turn()
	}
	if whole || nothing {
		r.poke()
	}
}

// lose counts a frame of the bus, before which others may have been lost.
func (r *Recorder) lose(bus string, before uint64) {
	r.lost.Add(1)
	r.gaps[bus] = before + 1
}

// turn puts the chunk away and begins another one.
func (r *Recorder) turn() {
	r.full = append(r.full, chunk{r.enc.blocks.buf, r.held})
	r.held = 0
	r.waiting++
	if n := len(r.free); n > 0 {
		r.enc.blocks.buf, r.free = r.free[n-1], r.free[:n-1]
		return
	}
	r.enc.blocks.buf = newChunk()
}

func newChunk() []byte { return make([]byte, 0, chunkSize+maxPacket) }

// poke tells the goroutine that there is something to do, unless it has been told.
func (r *Recorder) poke() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Step attaches a comment to the next packet. The limits of [Writer.Comment] hold.
func (r *Recorder) Step(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.enc.comment(text)
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
		return r.failure()
	}
}

// Close writes what is waiting and returns the first error met.
func (r *Recorder) Close() error {
	r.mu.Lock()
	if !r.closed {
		r.closed = true
		close(r.closing)
	}
	r.mu.Unlock()
	<-r.ended
	return r.failure()
}

func (r *Recorder) run() {
	defer close(r.ended)
	flush := time.NewTimer(flushAfter)
	flush.Stop()
	defer flush.Stop()
	armed := false
	for {
		select {
		case <-r.wake:
			r.write(false)
			if !armed {
				flush.Reset(flushAfter)
				armed = true
			}
		case <-flush.C:
			r.write(true)
			armed = false
		case done := <-r.flushes:
			r.write(true)
			done <- r.failure()
		case <-r.closing:
			r.write(true)
			return
		}
	}
}

// write hands full chunks to the io.Writer, and the one that is being filled as well if all is set.
func (r *Recorder) write(all bool) {
	for _, c := range r.take(all) {
		var err error
		if !r.isBroken() {
			_, err = r.out.Write(c.data)
		}
		r.written(c, err)
	}
}

func (r *Recorder) take(all bool) []chunk {
	r.mu.Lock()
	defer r.mu.Unlock()
	if all && len(r.enc.blocks.buf) > 0 {
		r.turn()
	}
	chunks := r.full
	r.full = nil
	return chunks
}

func (r *Recorder) isBroken() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.broken
}

// written takes a chunk back.
func (r *Recorder) written(c chunk, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.broken = true
		r.keep(fmt.Errorf("write trace: %w", err))
	}
	if r.broken {
		r.lost.Add(c.frames)
	}
	r.free = append(r.free, c.data[:0])
	r.waiting--
}

func (r *Recorder) keep(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *Recorder) failure() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

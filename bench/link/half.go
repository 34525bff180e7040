package link

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
)

// bufferSize is what one direction of an in-memory connection holds, in bytes.
const bufferSize = 64 << 10

// half is one direction of an in-memory connection: a ring of bytes.
type half struct {
	mu      sync.Mutex
	ring    []byte // made with the first byte
	start   int    // of what is held
	held    int
	ended   error         // what the reader gets behind the last byte; nil while more may come
	left    bool          // the reader has closed
	changed chan struct{} // closed with the next change of any of these
}

func newHalf() *half { return &half{changed: make(chan struct{})} }

// read waits for bytes or the end.
func (h *half) read(b []byte, d *deadline, closed <-chan struct{}) (int, error) {
	for {
		expired := d.expired()
		if err := over(expired, closed); err != nil {
			return 0, err
		}
		n, changed, err := h.take(b)
		if n > 0 || err != nil || len(b) == 0 {
			return n, err
		}
		select {
		case <-changed:
		case <-expired:
		case <-closed:
		}
	}
}

// write waits until all of b is held, or the direction has ended.
func (h *half) write(b []byte, d *deadline, closed <-chan struct{}) (int, error) {
	written := 0
	for {
		expired := d.expired()
		if err := over(expired, closed); err != nil {
			return written, err
		}
		n, changed, err := h.put(b[written:])
		written += n
		if written == len(b) || err != nil {
			return written, err
		}
		select {
		case <-changed:
		case <-expired:
		case <-closed:
		}
	}
}

// over says whether a call may not go on.
func over(expired, closed <-chan struct{}) error {
	select {
	case <-closed:
		return net.ErrClosed
	default:
	}
	select {
	case <-expired:
		return os.ErrDeadlineExceeded
	default:
		return nil
	}
}

// take moves what is held into b.
func (h *half) take(b []byte) (int, <-chan struct{}, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.held == 0 {
		return 0, h.changed, h.ended
	}
	total := 0
	for h.held > 0 && len(b) > 0 {
		n := copy(b, h.ring[h.start:min(h.start+h.held, bufferSize)])
		h.start = (h.start + n) % bufferSize
		h.held -= n
		b = b[n:]
		total += n
	}
	if total > 0 {
		h.change()
	}
	return total, nil, nil
}

// put moves what fits of b into the ring.
func (h *half) put(b []byte) (int, <-chan struct{}, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.ended != nil && h.ended != io.EOF:
		return 0, nil, h.ended
	case h.ended != nil, h.left:
		return 0, nil, syscall.EPIPE
	}
	if h.ring == nil && len(b) > 0 {
		h.ring = make([]byte, bufferSize)
	}
	total := 0
	for h.held < bufferSize && len(b) > 0 {
		end := (h.start + h.held) % bufferSize
		n := copy(h.ring[end:min(end+bufferSize-h.held, bufferSize)], b)
		h.held += n
		b = b[n:]
		total += n
	}
	if total > 0 {
		h.change()
	}
	return total, h.changed, nil
}

// end lets no more bytes in. The first end is the one that counts.
func (h *half) end(why error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended == nil {
		h.ended = why
		h.change()
	}
}

// leave is the reader's close.
func (h *half) leave() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.left = true
	h.ring, h.held = nil, 0
	h.change()
}

// change wakes who waits. h.mu is held.
func (h *half) change() {
	close(h.changed)
	h.changed = make(chan struct{})
}

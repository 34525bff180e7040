package conformance

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"time"

	"otabench/can"
	"otabench/can/isotp"
)

// message is one message as it was on the bus.
type message struct {
	data         []byte
	request      bool // from the tester
	functional   bool
	began, ended time.Time // ends of its first and its last frame
}

// wire hears what tester and ECU say to each other.
type wire struct {
	listener *isotp.Listener // of the receive path alone
	begun    [2]time.Time    // likewise: first frames of the messages under way

	mu       sync.Mutex
	messages []message
	news     chan struct{}
}

// mostMessages bounds what is remembered of one request; an ECU that says more has gone wrong already.
const mostMessages = 1000

func newWire(cfg isotp.Config, functional uint32) *wire {
	l := isotp.NewListener(cfg.Address, functional)
	l.FunctionalByte(cfg.FunctionalByte)
	return &wire{listener: l, news: make(chan struct{}, 1)}
}

// observe is a tap of the bus.
func (w *wire) observe(r can.Received) {
	pdu, ours := w.listener.Observe(r)
	if !ours {
		return
	}
	way := 0
	if pdu.Tx {
		way = 1
	}
	if pdu.Kind == isotp.SingleFrame || pdu.Kind == isotp.FirstFrame {
		w.begun[way] = r.Time
	}
	if pdu.Complete && len(pdu.Data) > 0 {
		w.add(message{bytes.Clone(pdu.Data), pdu.Tx, pdu.Functional, w.begun[way], r.Time})
	}
}

func (w *wire) add(m message) {
	w.mu.Lock()
	if len(w.messages) < mostMessages {
		w.messages = append(w.messages, m)
	}
	w.mu.Unlock()
	select {
	case w.news <- struct{}{}:
	default:
	}
}

// clear forgets everything.
func (w *wire) clear() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.messages = nil
}

// said returns what was heard since clear.
func (w *wire) said() []message {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.messages)
}

// settling is how long to go on listening once the client is done: a tap may be behind it, which may have another way
// to the bus, and a response may come too late for it.
const settling = 200 * time.Millisecond

// await waits until a final response was heard, or it can be said that there is none.
func (w *wire) await(ctx context.Context) {
	late := time.NewTimer(settling)
	defer late.Stop()
	for {
		messages := w.said()
		if slices.ContainsFunc(messages, func(m message) bool { return !m.request && !pending(m.data) }) {
			return
		}
		select {
		case <-w.news:
		case <-late.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

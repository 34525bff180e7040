package slcan

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"otabench/can"
)

// Bus is the bus at an adapter. It implements [can.Bus].
type Bus struct {
	can.Fanout
	name       string
	port       io.ReadWriteCloser
	timeout    time.Duration
	fd         bool
	listenOnly bool
	silent     bool // the adapter does not acknowledge commands
	hasFlags   bool // it has the F command
	state      atomic.Uint32

	orders  chan *order
	lines   chan []byte   // with their end; closed when the adapter is gone
	out     chan []byte   // to be written
	written chan struct{} // was written

	closing sync.Once
	done    chan struct{} // closed once nothing more is sent or received
	cause   error         // why; set before done is closed
	running sync.WaitGroup

	// Of run alone.
	current *order
	last    time.Time
	lost    uint64
}

// String implements [can.Bus].
func (b *Bus) String() string { return b.name }

// State returns error-passive if the adapter says so, error-active otherwise, and stopped once the bus is closed or the
// adapter is gone. The protocol has no word for bus-off.
func (b *Bus) State() can.State { return can.State(b.state.Load()) }

// Close implements [can.Bus]. It closes the adapter's channel. It returns when no tap runs any more, so a tap must not
// call it.
func (b *Bus) Close() error {
	b.stop(fmt.Errorf("%s: %w", b.name, can.ErrClosed))
	b.running.Wait()
	return nil
}

// stop ends the bus for the first cause given.
func (b *Bus) stop(cause error) {
	b.closing.Do(func() {
		b.cause = cause
		b.state.Store(uint32(can.Stopped))
		close(b.done)
	})
}

// fail ends the bus because of its adapter.
func (b *Bus) fail(err error) {
	b.stop(fmt.Errorf("%s: the adapter is lost: %w: %w", b.name, can.ErrClosed, err))
}

// Ends of an adapter.
var (
	errStalled = errors.New("it does not answer")
	errGarbage = errors.New("what it sends is not SLCAN")
)

package socketcand

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"otabench/can"
)

// Bus is an attachment to a bus of a server. It implements [can.Bus].
type Bus struct {
	can.Fanout
	name    string
	conn    net.Conn
	in      elements
	forms   forms
	timeout time.Duration
	state   atomic.Uint32 // a can.State

	window     chan struct{} // a place for each frame that the server has not answered
	orders     chan *order   // frames on their way to the writer; has room for all of the window
	unanswered chan *order   // frames and, as nil, heartbeats that the server has to answer, in their order; likewise
	beating    atomic.Bool   // a heartbeat is not answered

	closing sync.Once
	done    chan struct{} // closed once nothing more is sent or received
	cause   error         // why; set before done is closed
	running sync.WaitGroup

	// What follows belongs to the reader.
	clock     clock
	lost      uint64 // frames since the last one that was delivered
	complaint string // the last one of the server
}

// order is a frame to be sent.
type order struct {
	frame  can.Frame
	at     time.Time  // when it was handed to the connection
	result chan error // holds one, so that the reader never waits
}

// maxUnanswered bounds the frames on their way to a server. Its own queue holds more, see sendQueue.
const maxUnanswered = 32

func newBus(conn net.Conn, in elements, name string, fs forms, timeout time.Duration) *Bus {
	b := &Bus{
		name: name, conn: conn, in: in, forms: fs, timeout: timeout,
		window:     make(chan struct{}, maxUnanswered),
		orders:     make(chan *order, maxUnanswered),
		unanswered: make(chan *order, maxUnanswered+1),
		done:       make(chan struct{}),
	}
	b.running.Go(b.read)
	b.running.Go(b.write)
	return b
}

// String implements [can.Bus]. It is the address, such as "socketcand://bench-7:29536/can0".
func (b *Bus) String() string { return b.name }

// State returns what the server last reported of the controller: error-active until it reports something else, which
// the socketcand daemon only does if told to, and stopped once the bus is closed or the connection is lost.
func (b *Bus) State() can.State { return can.State(b.state.Load()) }

// Close implements [can.Bus]. It returns when no tap runs any more, so a tap must not call it.
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
		_ = b.conn.Close() // whatever it reports, the connection is gone
	})
}

// fail ends the bus because its connection failed.
func (b *Bus) fail(err error) {
	b.stop(fmt.Errorf("%s: the connection to the server is lost: %w: %w", b.name, can.ErrClosed, err))
}

// Ends of a connection.
var (
	errHungUp   = errors.New("the server closed it")
	errStalled  = errors.New("the server does not answer")
	errConfused = errors.New("the server answered a frame that was not sent")
)

package socketcan

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"go.einride.tech/can/pkg/socketcan"

	"otabench/can"
)

// Bus is an attachment to one CAN interface. It implements [can.Bus].
type Bus struct {
	can.Fanout
	name     string
	conn     net.Conn
	tx       *socketcan.Transmitter
	received chan can.Received // closed by the reader
	readErr  error             // why the reader ended; set before received is closed
	sends    chan transmission
	state    atomic.Uint32 // a can.State

	closing sync.Once
	done    chan struct{} // closed once nothing more is sent or received
	cause   error         // why; set before done is closed
	running sync.WaitGroup
}

// receiveDepth is how many frames wait while a tap or a transmission holds the receive path up. The kernel's own queue
// comes behind it.
const receiveDepth = 1024

// newBus runs a bus on a connection that carries the kernel's 16-byte frames.
func newBus(ifname string, conn net.Conn) *Bus {
	b := &Bus{
		name:     "socketcan:" + ifname,
		conn:     conn,
		tx:       socketcan.NewTransmitter(conn),
		received: make(chan can.Received, receiveDepth),
		sends:    make(chan transmission),
		done:     make(chan struct{}),
	}
	b.running.Go(b.read)
	b.running.Go(b.dispatch)
	return b
}

// String implements [can.Bus].
func (b *Bus) String() string { return b.name }

// State returns what the controller last reported: error-active until it reports something else, and stopped once the
// bus is closed or its interface is gone. Interfaces without a controller (vcan) never report.
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
		// A raw socket has nothing to flush, so its Close reports nothing that a caller could act on.
		_ = b.conn.Close()
	})
}

// fail ends the bus because its connection did, and returns the cause, which is another one if the bus had ended before.
func (b *Bus) fail(err error) error {
	b.stop(b.lost(err))
	return b.cause
}

// read takes frames from the kernel until the connection fails.
func (b *Bus) read() {
	defer close(b.received)
	rx := socketcan.NewReceiver(b.conn)
	for rx.Receive() {
		r := can.Received{Frame: fromKernel(rx), Time: time.Now()}
		select {
		case b.received <- r:
		case <-b.done:
			return
		}
	}
	b.readErr = rx.Err()
}

// dispatch owns the receive path: nobody else delivers, and nobody else writes to the connection.
func (b *Bus) dispatch() {
	defer b.CloseAll()
	for {
		select {
		case <-b.done:
			return
		case r, ok := <-b.received:
			if !ok {
				_ = b.fail(b.readErr) // Sends will report it
				return
			}
			b.note(r.Frame)
			b.Deliver(r)
		case t := <-b.sends:
			t.result <- b.transmit(t.ctx, t.frame)
		}
	}
}

// note follows the controller's state. A bus that has stopped stays so.
func (b *Bus) note(f can.Frame) {
	old := b.state.Load()
	if can.State(old) == can.Stopped {
		return
	}
	b.state.CompareAndSwap(old, uint32(nextState(can.State(old), f)))
}

// transmit writes one frame and shows it to this node's own receivers.
func (b *Bus) transmit(ctx context.Context, f can.Frame) error {
	if err := b.write(ctx, f); err != nil {
		return err
	}
	b.Deliver(can.Received{Frame: f, Time: time.Now(), Own: true})
	return nil
}

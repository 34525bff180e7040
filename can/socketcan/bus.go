package socketcan

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"otabench/can"
	"otabench/can/internal/kerneltime"
)

// Bus is an attachment to one CAN interface. It implements [can.Bus].
type Bus struct {
	can.Fanout
	name  string
	sock  socket
	fd    bool          // the interface carries FD frames
	state atomic.Uint32 // a can.State

	sending chan struct{} // held by the Send that uses the following
	frames  [batchSize][fdSize]byte
	raw     [batchSize][]byte

	drops uint32    // frames lost in the kernel so far; the reader's
	last  time.Time // of the last frame delivered; the reader's

	closing sync.Once
	done    chan struct{} // closed once nothing more is sent or received
	cause   error         // why; set before done is closed
	missing uint32        // drops at the end; set before done is closed
	reading sync.WaitGroup
}

// newBus runs a bus on a socket whose interface carries FD frames or not.
func newBus(ifname string, sock socket, fd bool) *Bus {
	b := &Bus{
		name: "socketcan:" + ifname, sock: sock, fd: fd,
		sending: make(chan struct{}, 1), done: make(chan struct{}),
	}
	b.reading.Go(b.read)
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
	b.reading.Wait()
	return nil
}

// stop ends the bus for the first cause given.
func (b *Bus) stop(cause error) {
	b.closing.Do(func() {
		b.cause = cause
		b.missing, _ = b.sock.drops() // zero, which is no news, if the interface is gone
		b.state.Store(uint32(can.Stopped))
		close(b.done)
		// A raw socket has nothing to flush, so its Close reports nothing that a caller could act on.
		_ = b.sock.Close()
	})
}

// fail ends the bus because its socket failed, and returns the cause, which is another one if the bus had ended before.
func (b *Bus) fail(err error) error {
	b.stop(b.lost(err))
	return b.cause
}

// lost says why the connection to the kernel ended.
func (b *Bus) lost(err error) error {
	switch {
	case err == nil:
		err = io.EOF
	case errors.Is(err, syscall.ENETDOWN):
		err = fmt.Errorf("the interface went down: %w", err)
	case errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.ENXIO):
		err = fmt.Errorf("the interface was removed: %w", err)
	}
	return fmt.Errorf("%s: %w: %w", b.name, can.ErrClosed, err)
}

// read is the receive path: it takes frames from the kernel and delivers them, until the socket fails.
func (b *Bus) read() {
	defer b.CloseAll()
	for {
		messages, err := b.sock.receive()
		if err != nil {
			_ = b.fail(err) // Sends will report it
			break
		}
		now := time.Now()
		for i := range messages {
			b.deliver(&messages[i], now)
		}
	}
	<-b.done
	if lost := b.newlyLost(b.missing); lost > 0 {
		b.Deliver(can.Overflow(lost))
	}
}

// deliver passes one message on. now is when it was taken from the kernel.
func (b *Bus) deliver(m *message, now time.Time) {
	f, ok := decode(m.data)
	if !ok {
		return
	}
	b.note(f)
	b.last = kerneltime.OnClock(m.stamp, now, b.last)
	b.Deliver(can.Received{Frame: f, Time: b.last, Own: m.own, Lost: b.newlyLost(m.drops) + overflow(f)})
}

// newlyLost is by how much the count of lost frames has grown.
func (b *Bus) newlyLost(drops uint32) uint64 {
	if drops == 0 {
		return 0
	}
	lost := drops - b.drops // the counter may wrap
	b.drops = drops
	return uint64(lost)
}

// overflow is the least number of frames that an error frame says the controller itself lost.
func overflow(f can.Frame) uint64 {
	if f.Is(can.Error) && f.ID&can.ClassController != 0 && f.Data[1]&can.CtrlRxOverflow != 0 {
		return 1
	}
	return 0
}

// note follows the controller's state. A bus that has stopped stays so.
func (b *Bus) note(f can.Frame) {
	old := b.state.Load()
	if can.State(old) == can.Stopped {
		return
	}
	b.state.CompareAndSwap(old, uint32(can.State(old).After(f)))
}

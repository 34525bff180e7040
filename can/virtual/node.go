package virtual

import (
	"context"
	"fmt"
	"slices"
	"time"

	"otabench/can"
)

// Node is a controller on a wire. It implements [can.Bus].
type Node struct {
	can.Fanout
	bus  *Bus
	name string

	// The rest belongs to bus.mu.
	attached bool
	closed   bool
	busOff   bool
	errors   counters
	state    can.State // as last reported
	pending  []*transmission

	hears bool // the frame that ends now; belongs to the wire's goroutine
}

// transmission is a frame that waits for the wire.
type transmission struct {
	node     *Node
	frame    can.Frame
	priority uint32
	since    time.Time
	result   chan error // holds one, so that the wire never waits
}

// String implements [can.Bus].
func (n *Node) String() string { return n.bus.String() }

// Send implements [can.Bus]. It returns when the frame has ended on the wire. If ctx ends before, a frame that is on the
// wire already still goes out. A node that nobody hears becomes error-passive and goes on trying.
func (n *Node) Send(ctx context.Context, f can.Frame) error {
	if err := f.Validate(); err != nil {
		return fmt.Errorf("%s: %w", n, err)
	}
	if err := ctx.Err(); err != nil {
		return n.sendError(f, err)
	}
	tx, err := n.enqueue(f)
	if err != nil {
		return err
	}
	select {
	case err := <-tx.result:
		if err == nil {
			n.bus.recycle(tx) // after another end the wire may still hold it
		}
		return err
	case <-ctx.Done():
		n.withdraw(tx)
		return n.sendError(f, ctx.Err())
	}
}

// maxBurst bounds how many frames a node takes at once, so that what else is sent through it does not wait for long.
const maxBurst = 16

// SendBurst implements [can.Burster]. The frames are offered one after another, so that others with a higher priority come
// in between.
func (n *Node) SendBurst(ctx context.Context, frames []can.Frame) (int, error) {
	frames = frames[:min(len(frames), maxBurst)]
	for i, f := range frames {
		if err := f.Validate(); err != nil && i == 0 {
			return 0, fmt.Errorf("%s: %w", n, err)
		} else if err != nil {
			frames = frames[:i] // the next call says so
			break
		}
	}
	if err := ctx.Err(); err != nil {
		return 0, n.sendError(frames[0], err)
	}
	all, err := n.enqueueAll(frames)
	if err != nil {
		return 0, err
	}
	last := all[len(all)-1]
	select {
	case err := <-last.result:
		if err != nil {
			return n.sent(all[:len(all)-1], err)
		}
		for _, tx := range all[:len(all)-1] {
			<-tx.result // in order, so that it is there
		}
		n.bus.recycle(all...)
		return len(all), nil
	case <-ctx.Done():
		for _, tx := range all {
			n.withdraw(tx)
		}
		return n.sent(all, n.sendError(frames[0], ctx.Err()))
	}
}

// sent is how many transmissions of a burst that was ended went out, or the error if none did.
func (n *Node) sent(all []*transmission, err error) (int, error) {
	for i, tx := range all {
		select {
		case failed := <-tx.result:
			if failed == nil {
				continue
			}
			err = failed
		default:
		}
		if i > 0 {
			return i, nil
		}
		return 0, err
	}
	if len(all) > 0 {
		return len(all), nil
	}
	return 0, err
}

// enqueueAll is enqueue for several frames.
func (n *Node) enqueueAll(frames []can.Frame) ([]*transmission, error) {
	since := time.Now()
	n.bus.mu.Lock()
	defer n.bus.mu.Unlock()
	switch {
	case n.closed:
		return nil, closedError(n)
	case n.busOff:
		return nil, n.sendError(frames[0], can.ErrBusOff)
	}
	all := make([]*transmission, len(frames))
	for i, f := range frames {
		tx := n.bus.newTransmission()
		tx.node, tx.frame, tx.priority, tx.since = n, f, priority(f), since
		all[i] = tx
	}
	n.pending = append(n.pending, all...)
	n.bus.nudge()
	return all, nil
}

func (n *Node) sendError(f can.Frame, err error) error {
	return fmt.Errorf("%s on %s: send %v: %w", n.name, n, f, err)
}

func (n *Node) enqueue(f can.Frame) (*transmission, error) {
	all, err := n.enqueueAll([]can.Frame{f})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

func (n *Node) withdraw(tx *transmission) {
	n.bus.mu.Lock()
	defer n.bus.mu.Unlock()
	n.pending = slices.DeleteFunc(n.pending, func(other *transmission) bool { return other == tx })
}

// newTransmission and recycle spare the garbage collector one channel per frame. Both need bus.mu or take it.
func (b *Bus) newTransmission() *transmission {
	if last := len(b.spare) - 1; last >= 0 {
		tx := b.spare[last]
		b.spare = b.spare[:last]
		return tx
	}
	return &transmission{result: make(chan error, 1)}
}

func (b *Bus) recycle(all ...*transmission) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spare = append(b.spare, all...)
}

// State implements [can.Bus].
func (n *Node) State() can.State {
	n.bus.mu.Lock()
	defer n.bus.mu.Unlock()
	return n.state
}

// ErrorCounters returns the transmit and the receive error counter (ISO 11898-1:2015, 12.1.4.2).
func (n *Node) ErrorCounters() (tec, rec int) {
	n.bus.mu.Lock()
	defer n.bus.mu.Unlock()
	return n.errors.transmit, n.errors.receive
}

// Detach pulls the node's connector: it neither sends nor hears. Its pending Sends wait.
func (n *Node) Detach() { n.connect(false) }

// Reattach plugs the connector in again.
func (n *Node) Reattach() { n.connect(true) }

func (n *Node) connect(on bool) {
	n.bus.mu.Lock()
	defer n.bus.mu.Unlock()
	n.attached = on
	n.bus.nudge()
}

// ForceBusOff makes the controller bus-off, as 32 destroyed transmissions in a row would.
func (n *Node) ForceBusOff() {
	n.bus.mu.Lock()
	defer n.bus.mu.Unlock()
	if !n.closed {
		n.errors.transmit = busOffAbove + 1
		n.confine()
	}
}

// Restart makes a bus-off controller error-active again. It does nothing in another state. The time that a controller
// needs to see 128 times 11 recessive bits is not simulated.
func (n *Node) Restart() {
	n.bus.mu.Lock()
	defer n.bus.mu.Unlock()
	if n.closed || !n.busOff {
		return
	}
	n.busOff = false
	n.errors = counters{}
	n.state = can.ErrorActive
	n.bus.report(n, can.ClassRestarted)
}

// Close implements [can.Bus]. It does not wait for a tap that is running, so a tap may call it.
func (n *Node) Close() error {
	n.bus.mu.Lock()
	defer n.bus.mu.Unlock()
	if n.closed {
		return nil
	}
	n.bus.nodes = slices.DeleteFunc(slices.Clone(n.bus.nodes), func(other *Node) bool { return other == n })
	n.shut()
	return nil
}

// shut ends the node. It is called with bus.mu held.
func (n *Node) shut() {
	n.closed = true
	n.state = can.Stopped
	n.fail(closedError(n))
	n.CloseAll()
}

// fail ends all pending Sends. It is called with bus.mu held.
func (n *Node) fail(err error) {
	for _, tx := range n.pending {
		tx.result <- err
	}
	n.pending = nil
}

// connected reports whether the node takes part in what the wire does. It is called with bus.mu held.
func (n *Node) connected() bool { return n.attached && !n.closed && !n.busOff }

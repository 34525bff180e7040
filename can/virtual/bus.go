package virtual

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"otabench/can"
)

// Options say how a wire behaves.
type Options struct {
	// Bitrate is in bit/s; 0 sends without pacing.
	Bitrate int
	// DataBitrate is the rate of the data phase of FD frames with BRS, in bit/s; 0 is Bitrate.
	DataBitrate int
	// Restart is the time after which a controller that is bus-off becomes error-active again by itself, as those of ECUs
	// do, and those of Linux with restart-ms. Zero leaves it to [Node.Restart].
	Restart time.Duration
	// Delay, if not nil, is how much later a frame begins than it could, as if other traffic came before it.
	Delay func() time.Duration
}

// Bus is a wire.
type Bus struct {
	name  string
	speed Options
	wake  chan struct{} // holds a token when there may be something to do
	done  chan struct{}
	clock clock

	mu     sync.Mutex // never held while a tap or a Match runs, nor across a wait
	nodes  []*Node    // in attach order; replaced, never changed in place
	faults []*fault   // likewise
	news   []notice   // error frames that the wire has to deliver
	short  bool
	closed bool
	spare  []*transmission
}

// notice is an error frame for one node.
type notice struct {
	to    *Node
	frame can.Frame
}

// NewBus makes a wire and starts the goroutine that drives it; Close ends it.
func NewBus(name string, opts Options) *Bus {
	if opts.DataBitrate == 0 {
		opts.DataBitrate = opts.Bitrate
	}
	b := &Bus{
		name:  name,
		speed: opts,
		wake:  make(chan struct{}, 1),
		done:  make(chan struct{}),
	}
	go b.run()
	return b
}

// String names the wire as [otabench/can/dial] does.
func (b *Bus) String() string { return "virtual:" + b.name }

// Attach adds a node. It takes part at once. On a closed bus the node is closed.
func (b *Bus) Attach(name string) *Node {
	n := &Node{bus: b, name: name, attached: true}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		n.shut()
		return n
	}
	b.nodes = append(slices.Clone(b.nodes), n)
	b.nudge()
	return n
}

// Close closes all nodes and ends the wire. It does not wait for a tap that is running, so a tap may call it.
func (b *Bus) Close() error {
	b.mu.Lock()
	nodes := b.nodes
	first := !b.closed
	b.closed = true
	b.mu.Unlock()
	if !first {
		return nil
	}
	close(b.done)
	for _, n := range nodes {
		_ = n.Close() // it has nothing to report
	}
	return nil
}

// Short connects the two wires to each other, or parts them again. While they touch, nothing gets through, and nodes
// that try to send go bus-off.
func (b *Bus) Short(on bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.short = on
	b.nudge()
}

// nudge tells the wire that there may be something to do.
func (b *Bus) nudge() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// report queues an error frame for n. It is called with b.mu held.
func (b *Bus) report(n *Node, class can.ErrorClass, data ...byte) {
	f := can.New(class, append(data, make([]byte, can.MaxData-len(data))...)...)
	f.Flags = can.Error
	b.news = append(b.news, notice{to: n, frame: f})
	b.nudge()
}

// flush delivers the error frames that are due.
func (b *Bus) flush(at time.Time) {
	b.mu.Lock()
	news := b.news
	b.news = nil
	b.mu.Unlock()
	for _, n := range news {
		n.to.Deliver(can.Received{Frame: n.frame, Time: at})
	}
}

// closedError is the error of what a closed node is asked to do.
func closedError(n *Node) error { return fmt.Errorf("%s: %w", n, can.ErrClosed) }

package can

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Bus is one node's attachment to a CAN bus. All methods may be called from several goroutines.
type Bus interface {
	// String names the bus as [otabench/can/dial] would open it, for instance "socketcan:can0".
	fmt.Stringer
	// Send transmits f and returns once it was on the wire or, for a kernel bus, once the kernel has taken it.
	// It fails with ErrBusOff, ErrClosed, an error that wraps ErrInvalid, or ctx's error.
	Send(ctx context.Context, f Frame) error
	// Subscribe queues the frames that match any of the filters (all frames if there are none), received ones and the
	// node's own, from the moment it returns. depth is the number of frames the queue holds, 256 if it is not positive.
	Subscribe(depth int, filters ...Filter) *Subscription
	// Handle calls f on the receive path for each of those frames instead, after every tap. f loses none, but must not
	// block, send or use the bus.
	Handle(f func(Received), filters ...Filter) *Subscription
	// Tap calls f on the receive path for every frame, own ones included, before any subscription sees it. f must not
	// block and must not send; it may cancel taps and subscriptions. cancel returns at once, even inside f.
	Tap(f func(Received)) (cancel func())
	// State returns the controller's fault confinement state.
	State() State
	// Close detaches the node. Pending Sends fail with ErrClosed and subscriptions end.
	Close() error
}

// Errors that callers decide on.
var (
	ErrClosed = errors.New("CAN bus is closed")
	ErrBusOff = errors.New("CAN controller is bus-off")
)

// Received is a frame together with what is known of its arrival.
type Received struct {
	Frame
	// Time is the end of the frame: the kernel's or the virtual bus's stamp, never the reader's.
	Time time.Time
	// Own says that this node sent the frame.
	Own bool
	// Lost counts the frames that the bus is known to have lost since the last one that it delivered: the kernel's
	// receive queue overflowed, or an adapter's did. What a subscription loses is counted there.
	Lost uint64
}

// Filter matches frames whose ID has the bits of ID where Mask has ones. Extended frames match only if Extended is set,
// and the other way round. Error frames match no filter; only a subscription without filters sees them.
type Filter struct {
	ID, Mask uint32
	Extended bool
}

// Exactly matches one identifier.
func Exactly(id uint32, extended bool) Filter {
	if extended {
		return Filter{ID: id, Mask: MaxExtendedID, Extended: true}
	}
	return Filter{ID: id, Mask: MaxStandardID}
}

// Match reports whether f passes the filter.
func (flt Filter) Match(f Frame) bool {
	return !f.Is(Error) && f.Is(Extended) == flt.Extended && (f.ID^flt.ID)&flt.Mask == 0
}

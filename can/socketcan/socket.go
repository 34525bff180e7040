package socketcan

import (
	"context"
	"time"
)

// socket is what a Bus needs of the kernel.
type socket interface {
	// receive waits until frames are there and returns them. They are valid until the next call.
	receive() ([]message, error)
	// send hands over one frame, and waits for room if the socket has none. Calls do not overlap.
	send(ctx context.Context, frame []byte) error
	// drops counts the frames that were lost so far because nobody took them in time.
	drops() (uint32, error)
	// Close ends a receive and a send that are under way.
	Close() error
}

// message is one frame from a socket.
type message struct {
	data  []byte    // struct can_frame or canfd_frame
	own   bool      // this socket sent it
	stamp time.Time // by the kernel, on the wall clock; zero if it gave none
	drops uint32    // frames that the socket had lost when this one came; zero if the kernel said nothing
}

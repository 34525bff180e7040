package socketcan

import (
	"context"
	"time"
)

// socket is what a Bus needs of the kernel.
type socket interface {
	// receive waits until frames are there and returns them. They are valid until the next call.
	receive() ([]message, error)
	// send hands over the first of up to batchSize frames, and waits for room if the socket has none, and with it as
	// many of the next ones as there is room for. It returns how many, or an error if none. Calls do not overlap.
	send(ctx context.Context, frames [][]byte) (int, error)
	// drops counts the frames that were lost so far because nobody took them in time.
	drops() (uint32, error)
	// Close ends a receive and a send that are under way.
	Close() error
}

// batchSize is how many frames one system call may bring or take. At eight full buses a call for each would cost more than
// everything else.
const batchSize = 64

// message is one frame from a socket.
type message struct {
	data  []byte    // struct can_frame or canfd_frame
	own   bool      // this socket sent it
	stamp time.Time // by the kernel, on the wall clock; zero if it gave none
	drops uint32    // frames that the socket had lost when this one came; zero if the kernel said nothing
}

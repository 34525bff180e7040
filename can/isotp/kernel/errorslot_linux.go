package kernel

import (
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sys/unix"

	"otabench/can/isotp"
)

// errorSlot keeps apart what the socket has one place for: what went wrong with sending and with receiving. Whoever asks
// the socket takes what is there, whom ever it concerns.
type errorSlot struct {
	sync.Mutex // held while the socket is asked, never while anything waits
	send       error
	receive    error
}

// sort keeps an error of the socket for the one it concerns, and returns any other.
func (s *errorSlot) sort(err error) error {
	switch {
	case errors.Is(err, unix.ECOMM):
		s.send = fmt.Errorf("%w, or a frame could not be sent", isotp.ErrTimeoutBs)
	case errors.Is(err, unix.EMSGSIZE):
		s.send = isotp.ErrBufferOverflow
	case errors.Is(err, unix.ETIMEDOUT):
		s.receive = isotp.ErrTimeoutCr
	case errors.Is(err, unix.EILSEQ):
		s.receive = isotp.ErrWrongSN
	default:
		return err
	}
	return nil
}

// ask takes the error that the socket has, if any.
func (s *errorSlot) ask(fd uintptr) error {
	errno, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil || errno == 0 {
		return err
	}
	return s.sort(unix.Errno(errno))
}

// taken returns an error that was kept, and forgets it.
func taken(kept *error) error {
	err := *kept
	*kept = nil
	return err
}

package socketcan

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// rawSocket is a bound socket whose messages are frames.
type rawSocket struct {
	file *os.File // in Go's poller, so that Close wakes whoever waits
	conn syscall.RawConn
	in   batch

	out     outbox // being sent
	taken   int
	outErr  error
	tryOnce func(fd uintptr) bool // methods as values, made once
	tryWait func(fd uintptr) bool
}

// prepare sets what all sockets have. What waits to be sent must not exceed an interface's queue of ten frames, so that
// the kernel lets us wait instead of failing; the kernel's least size for that is about six.
func prepare(fd, receiveBuffer int) error {
	if receiveBuffer == 0 {
		receiveBuffer = defaultReceiveBuffer
	}
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, receiveBuffer) != nil { // not permitted
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, receiveBuffer); err != nil {
			return fmt.Errorf("set the receive buffer: %w", err)
		}
	}
	const stamps = unix.SOF_TIMESTAMPING_RX_SOFTWARE | unix.SOF_TIMESTAMPING_SOFTWARE
	for _, o := range []struct{ option, value int }{
		{unix.SO_SNDBUF, 0}, // the least
		{unix.SO_TIMESTAMPING, stamps},
		{unix.SO_RXQ_OVFL, 1},
	} {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, o.option, o.value); err != nil {
			return fmt.Errorf("set socket option %d: %w", o.option, err)
		}
	}
	return nil
}

// newRawSocket takes over a non-blocking descriptor.
func newRawSocket(fd int) (*rawSocket, error) {
	s := &rawSocket{file: os.NewFile(uintptr(fd), "CAN socket")}
	conn, err := s.file.SyscallConn()
	if err != nil {
		return nil, errors.Join(err, s.file.Close())
	}
	s.conn = conn
	s.in.init()
	s.out.init()
	s.tryOnce = func(fd uintptr) bool { s.try(fd); return true }
	s.tryWait = func(fd uintptr) bool { s.try(fd); return !errors.Is(s.outErr, unix.EAGAIN) }
	return s, nil
}

func (s *rawSocket) receive() ([]message, error) {
	var n int
	var failed error
	err := s.conn.Read(func(fd uintptr) bool {
		n, failed = s.in.receive(fd)
		return !errors.Is(failed, unix.EAGAIN)
	})
	if err = errors.Join(err, failed); err != nil {
		return nil, err
	}
	return s.in.parse(n), nil
}

func (s *rawSocket) send(ctx context.Context, frames [][]byte) (int, error) {
	s.out.fill(frames)
	if err := s.conn.Write(s.tryOnce); err != nil {
		return 0, err
	}
	if !errors.Is(s.outErr, unix.EAGAIN) {
		return s.taken, s.outErr
	}
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		_ = s.file.SetWriteDeadline(time.Unix(1, 0)) // fails only on a closed file, on which Write fails as well
	})
	err := s.conn.Write(s.tryWait)
	if !stop() {
		<-ended
		_ = s.file.SetWriteDeadline(time.Time{}) // for the next frame
	}
	if err != nil {
		return 0, err
	}
	return s.taken, s.outErr
}

func (s *rawSocket) try(fd uintptr) { s.taken, s.outErr = s.out.send(fd) }

// dropsIndex is SK_MEMINFO_DROPS, the last of SK_MEMINFO_VARS (linux/sock_diag.h).
const dropsIndex = 8

func (s *rawSocket) drops() (uint32, error) {
	var info [dropsIndex + 1]uint32
	size := uint32(unsafe.Sizeof(info))
	var failed unix.Errno
	err := s.conn.Control(func(fd uintptr) {
		_, _, failed = unix.Syscall6(unix.SYS_GETSOCKOPT, fd, unix.SOL_SOCKET, unix.SO_MEMINFO,
			uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
	})
	if err != nil {
		return 0, err
	}
	if failed != 0 {
		return 0, failed
	}
	return info[dropsIndex], nil
}

func (s *rawSocket) Close() error { return s.file.Close() }

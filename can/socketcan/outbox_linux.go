package socketcan

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// outbox is the memory for one call of sendmmsg, which takes frames.
type outbox struct {
	headers [batchSize]mmsghdr
	vectors [batchSize]unix.Iovec
	n       int
}

func (o *outbox) init() {
	for i := range o.headers {
		o.headers[i].Iov = &o.vectors[i]
		o.headers[i].SetIovlen(1)
	}
}

// fill sets what is to be sent. The frames must stay as they are until it was.
func (o *outbox) fill(frames [][]byte) {
	for i, f := range frames {
		o.vectors[i].Base = &f[0]
		o.vectors[i].SetLen(len(f))
	}
	o.n = len(frames)
}

// send hands over what there is room for, without waiting. It fails if that is not even the first.
func (o *outbox) send(fd uintptr) (int, error) {
	for {
		n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, fd, uintptr(unsafe.Pointer(&o.headers[0])), uintptr(o.n),
			unix.MSG_DONTWAIT, 0, 0)
		switch errno {
		case 0:
			return int(n), nil
		case unix.EINTR:
		default:
			return 0, errno
		}
	}
}

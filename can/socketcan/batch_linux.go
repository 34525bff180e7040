package socketcan

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// controlSize has room for the control messages that prepare asks for.
var controlSize = unix.CmsgSpace(3*int(unsafe.Sizeof(unix.Timespec{}))) + unix.CmsgSpace(4)

// batch is the memory for one call of recvmmsg, which brings frames.
type batch struct {
	headers  [batchSize]mmsghdr
	vectors  [batchSize]unix.Iovec
	frames   [batchSize][fdSize]byte
	control  []byte
	messages [batchSize]message
}

// mmsghdr is the kernel's struct of that name, which golang.org/x/sys/unix lacks.
type mmsghdr struct {
	unix.Msghdr
	len uint32
}

func (b *batch) init() {
	b.control = make([]byte, batchSize*controlSize)
	for i := range b.headers {
		b.vectors[i].Base = &b.frames[i][0]
		b.vectors[i].SetLen(fdSize)
		h := &b.headers[i]
		h.Iov = &b.vectors[i]
		h.SetIovlen(1)
		h.Control = &b.control[i*controlSize]
	}
}

// receive takes what is there, without waiting.
func (b *batch) receive(fd uintptr) (int, error) {
	for i := range b.headers {
		b.headers[i].SetControllen(controlSize)
	}
	for {
		n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&b.headers[0])), batchSize,
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

// parse reads the first n messages.
func (b *batch) parse(n int) []message {
	for i := range n {
		h := &b.headers[i]
		m := &b.messages[i]
		*m = message{data: b.frames[i][:min(h.len, fdSize)], own: h.Flags&unix.MSG_CONFIRM != 0}
		start := i * controlSize
		parseControl(b.control[start:start+min(int(h.Controllen), controlSize)], m)
	}
	return b.messages[:n]
}

// parseControl reads a message's time stamp and how many were lost before it.
func parseControl(b []byte, m *message) {
	for len(b) >= unix.SizeofCmsghdr {
		h, data, rest, err := unix.ParseOneSocketControlMessage(b)
		if err != nil {
			return
		}
		b = rest
		if h.Level != unix.SOL_SOCKET {
			continue
		}
		switch {
		case h.Type == unix.SO_TIMESTAMPING && len(data) >= int(unsafe.Sizeof(unix.Timespec{})):
			// The first of three is the kernel's; the others are empty unless asked for.
			t := *(*unix.Timespec)(unsafe.Pointer(&data[0]))
			m.stamp = time.Unix(int64(t.Sec), int64(t.Nsec))
		case h.Type == unix.SO_RXQ_OVFL && len(data) >= 4:
			m.drops = *(*uint32)(unsafe.Pointer(&data[0]))
		}
	}
}

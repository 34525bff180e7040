package kernel

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"otabench/can"
	"otabench/can/isotp"
)

// heads are the frames with which messages begin. The kernel tells when a message ended, and nothing before; so a raw
// socket, which a filter in the kernel keeps from everything else, tells when it began.
type heads struct {
	sock    *socket
	listen  *isotp.Listener
	address isotp.Address
	frame   [mtuFD]byte
	control []byte
	seen    []head // oldest first, at most maxHeads
}

type head struct {
	stamp time.Time
	multi bool // a first frame of a message that the kernel takes
}

const (
	maxHeads   = 1024
	dataOffset = 8     // of struct can_frame
	maxMessage = 66000 // the kernel's
)

func openHeads(ifindex int, cfg isotp.Config) (*heads, error) {
	fd, err := unix.Socket(unix.AF_CAN, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.CAN_RAW)
	if err != nil {
		return nil, fmt.Errorf("%sopen a raw CAN socket: %w", hint(err), err)
	}
	if err := filterHeads(fd, cfg); err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	if err := unix.Bind(fd, &unix.SockaddrCAN{Ifindex: ifindex}); err != nil {
		return nil, errors.Join(fmt.Errorf("bind a raw CAN socket: %w", err), unix.Close(fd))
	}
	sock, err := newSocket(fd, "raw CAN socket")
	if err != nil {
		return nil, err
	}
	// The listener sees the other end's frames only.
	listen := isotp.NewListener(cfg.Address, 0)
	return &heads{sock: sock, listen: listen, address: cfg.Address, control: make([]byte, maxControl)}, nil
}

// filterHeads lets only single and first frames of the other end through.
func filterHeads(fd int, cfg isotp.Config) error {
	id, mask := identifier(cfg.Address.Rx, cfg.Address), uint32(can.MaxStandardID|extendedBit)
	if cfg.Address.Extended {
		mask = can.MaxExtendedID | extendedBit
	}
	pci := uint32(dataOffset)
	if cfg.Address.Format != isotp.Normal {
		pci++
	}
	const lastHead = 0x1F // of the protocol control information
	program := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: pci},
		{Code: unix.BPF_JMP | unix.BPF_JGT | unix.BPF_K, Jt: 1, K: lastHead},
		{Code: unix.BPF_RET | unix.BPF_K, K: mtuFD},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
	}
	return errors.Join(
		unix.SetsockoptCanRawFilter(fd, unix.SOL_CAN_RAW, unix.CAN_RAW_FILTER, []unix.CanFilter{{Id: id, Mask: mask}}),
		unix.SetsockoptInt(fd, unix.SOL_CAN_RAW, unix.CAN_RAW_FD_FRAMES, 1),
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1),
		unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER,
			&unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}),
	)
}

func (h *heads) Close() error { return h.sock.Close() }

// gather takes what has come since.
func (h *heads) gather() {
	_ = h.sock.conn.Read(func(fd uintptr) bool {
		for {
			n, stamp, err := receive(fd, h.frame[:], h.control)
			if err != nil {
				return true
			}
			if multi, ok := h.understand(h.frame[:n]); ok {
				h.seen = append(h.seen, head{stamp, multi})
			}
			if len(h.seen) > maxHeads {
				h.seen = h.seen[1:]
			}
		}
	})
}

// understand says whether a frame begins a message in one or in several frames, or nothing at all.
func (h *heads) understand(b []byte) (multi, ok bool) {
	if len(b) < dataOffset || int(b[4]) > len(b)-dataOffset {
		return false, false
	}
	f := can.Frame{ID: h.address.Rx, Len: b[4]}
	if h.address.Extended {
		f.Flags |= can.Extended
	}
	if len(b) == mtuFD {
		f.Flags |= can.FD
	}
	copy(f.Data[:], b[dataOffset:])
	p, ok := h.listen.Observe(can.Received{Frame: f})
	return p.Kind == isotp.FirstFrame && p.Length <= maxMessage, ok
}

// before forgets the heads up to the end of a message, and returns when it began; zero if that was not seen.
func (h *heads) before(end time.Time) time.Time {
	var first time.Time
	for len(h.seen) > 0 && !h.seen[0].stamp.After(end) {
		first, h.seen = h.seen[0].stamp, h.seen[1:]
	}
	return first
}

// pending says that a message has begun.
func (h *heads) pending() bool { return len(h.seen) > 0 && h.seen[len(h.seen)-1].multi }

// forget is called when what had begun ended with an error.
func (h *heads) forget() { h.seen = nil }

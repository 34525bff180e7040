package kernel

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"otabench/can"
	"otabench/can/isotp"
)

// Options of the socket (linux/can/isotp.h).
const (
	solISOTP = unix.SOL_CAN_BASE + unix.CAN_ISOTP

	optGeneral     = 1
	optFlowControl = 2
	optLinkLayer   = 5

	flagAddressByte   = 0x2
	flagPad           = 0x4
	flagRxAddressByte = 0x200

	noFrameTime = 0xFFFFFFFF // the gap is counted from a frame's end, which the kernel sees
	brs         = 1
	mtuFD       = 72

	extendedBit = 1 << 31
)

const stampSize = int(unsafe.Sizeof(unix.Timespec{}))

// maxControl has room for a time stamp.
var maxControl = unix.CmsgSpace(stampSize)

// socket is a descriptor in Go's poller, so that Close wakes whoever waits.
type socket struct {
	file *os.File
	conn syscall.RawConn
}

func newSocket(fd int, name string) (*socket, error) {
	s := &socket{file: os.NewFile(uintptr(fd), name)}
	conn, err := s.file.SyscallConn()
	if err != nil {
		return nil, errors.Join(err, s.file.Close())
	}
	s.conn = conn
	return s, nil
}

func (s *socket) Close() error { return s.file.Close() }

// openSocket makes an ISO-TP socket that asks for and does what cfg says.
func openSocket(ifindex int, cfg isotp.Config) (*socket, error) {
	fd, err := unix.Socket(unix.AF_CAN, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.CAN_ISOTP)
	if err != nil {
		return nil, fmt.Errorf("open an ISO-TP socket: %w", err)
	}
	if err := configure(fd, cfg); err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	a := cfg.Address
	err = unix.Bind(fd, &unix.SockaddrCAN{Ifindex: ifindex, RxID: identifier(a.Rx, a), TxID: identifier(a.Tx, a)})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("bind the ISO-TP socket: %w", err), unix.Close(fd))
	}
	return newSocket(fd, "ISO-TP socket")
}

func identifier(id uint32, a isotp.Address) uint32 {
	if a.Extended {
		return id | extendedBit
	}
	return id
}

func configure(fd int, cfg isotp.Config) error {
	for _, o := range []struct {
		option int
		value  []byte
		what   string
	}{
		{optGeneral, general(cfg), "address bytes and padding"},
		{optFlowControl, []byte{cfg.BlockSize, isotp.EncodeSTmin(cfg.STmin), 0}, "block size and STmin"},
		{optLinkLayer, linkLayer(cfg), "TX_DL"},
	} {
		if err := unix.SetsockoptString(fd, solISOTP, o.option, string(o.value)); err != nil {
			return fmt.Errorf("set the %s of the ISO-TP socket: %w", o.what, err)
		}
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err != nil {
		return fmt.Errorf("ask for time stamps: %w", err)
	}
	return nil
}

// general is struct can_isotp_options.
func general(cfg isotp.Config) []byte {
	flags, pad := uint32(0), byte(0)
	if cfg.Address.Format != isotp.Normal {
		flags |= flagAddressByte | flagRxAddressByte
	}
	if cfg.Padding != nil {
		flags |= flagPad
		pad = *cfg.Padding
	}
	b := binary.NativeEndian.AppendUint32(nil, flags)
	b = binary.NativeEndian.AppendUint32(b, noFrameTime)
	return append(b, cfg.Address.TxByte, pad, 0, cfg.Address.RxByte)
}

// linkLayer is struct can_isotp_ll_options.
func linkLayer(cfg isotp.Config) []byte {
	switch {
	case !cfg.FD:
		return []byte{16, can.MaxData, 0}
	case cfg.BRS:
		return []byte{mtuFD, byte(cfg.TxDL), brs}
	}
	return []byte{mtuFD, byte(cfg.TxDL), 0}
}

// receive takes a message that is there, or an error that the socket has for somebody.
func receive(fd uintptr, buf, control []byte) (n int, stamp time.Time, err error) {
	n, controlled, flags, _, err := unix.Recvmsg(int(fd), buf, control, unix.MSG_DONTWAIT)
	switch {
	case err != nil:
		return 0, time.Time{}, err
	case flags&unix.MSG_TRUNC != 0:
		return 0, time.Time{}, fmt.Errorf("%w: over %d bytes", isotp.ErrBufferOverflow, len(buf))
	}
	return n, stampOf(control[:controlled]), nil
}

// stampOf reads the kernel's time stamp, on the wall clock; zero if there is none.
func stampOf(control []byte) time.Time {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return time.Time{}
	}
	for _, m := range messages {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SCM_TIMESTAMPNS && len(m.Data) >= stampSize {
			t := *(*unix.Timespec)(unsafe.Pointer(&m.Data[0]))
			return time.Unix(int64(t.Sec), int64(t.Nsec))
		}
	}
	return time.Time{}
}

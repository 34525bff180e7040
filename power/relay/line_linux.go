package relay

import (
	"fmt"
	"os"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/host/v3/gpioioctl"
)

// What the kernel knows a line's flags and attributes by (linux/gpio.h).
const (
	flagOutput      = 1 << 3 // GPIO_V2_LINE_FLAG_OUTPUT
	attributeValues = 2      // GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES
	consumer        = "otabench"
)

// control is the kernel's ioctl, or what stands for it in tests.
type control func(fd uintptr, request uint, argument unsafe.Pointer) error

func ioctl(fd uintptr, request uint, argument unsafe.Pointer) error {
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, fd, uintptr(request), uintptr(argument)); errno != 0 {
		return errno
	}
	return nil
}

// line is an output of a GPIO chip, held through the kernel's character device. It is made an output and given its first
// level in one step of the kernel, which periph does in two.
type line struct {
	name    string
	control control

	mu sync.Mutex
	fd int // -1 once closed: a number may be another file's then
}

// take makes the output of a line that periph knows, if it is one of a chip of the kernel.
func take(pin gpio.PinIO, first gpio.Level) (out Output, ok bool, err error) {
	known, ok := pin.(*gpioioctl.GPIOLine)
	if !ok {
		return nil, false, nil
	}
	for _, chip := range gpioioctl.Chips {
		if chip.ByName(known.Name()) != known {
			continue
		}
		device, err := os.OpenFile(chip.Path(), os.O_RDWR, 0)
		if err != nil {
			return nil, true, fmt.Errorf("take GPIO line %s: %w", known.Name(), err)
		}
		defer device.Close()
		l, err := request(ioctl, device.Fd(), known.Name(), uint32(known.Number()), first)
		return l, true, err
	}
	return nil, false, nil
}

// request takes a line, by its number on its chip.
func request(c control, chip uintptr, name string, number uint32, first gpio.Level) (*line, error) {
	r := unix.GPIOV2LineRequest{Num_lines: 1}
	r.Offsets[0] = number
	copy(r.Consumer[:], consumer)
	r.Config.Flags = flagOutput
	r.Config.Num_attrs = 1
	r.Config.Attrs[0] = unix.GPIOV2LineConfigAttribute{
		Attr: unix.GPIOV2LineAttribute{Id: attributeValues, Flags: bit(first)}, // a union: the values
		Mask: 1,
	}
	if err := c(chip, unix.GPIO_V2_GET_LINE_IOCTL, unsafe.Pointer(&r)); err != nil {
		return nil, fmt.Errorf("take GPIO line %s: %w; `gpioinfo` says who holds it", name, err)
	}
	return &line{name: name, control: c, fd: int(r.Fd)}, nil
}

func bit(l gpio.Level) uint64 {
	if l {
		return 1
	}
	return 0
}

func (l *line) String() string { return l.name }

// Out sets the level.
func (l *line) Out(level gpio.Level) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fd < 0 {
		return os.ErrClosed
	}
	v := unix.GPIOV2LineValues{Bits: bit(level), Mask: 1}
	return l.control(uintptr(l.fd), unix.GPIO_V2_LINE_SET_VALUES_IOCTL, unsafe.Pointer(&v))
}

// Close gives the line back, for another process to take.
func (l *line) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fd < 0 {
		return nil
	}
	fd := l.fd
	l.fd = -1
	return unix.Close(fd)
}

package relay

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpiotest"
)

// chip is a GPIO chip of the kernel: what was asked of it, and the levels of its line.
type chip struct {
	request unix.GPIOV2LineRequest
	levels  []uint64
	err     error
	line    *os.File // the other end of the line's file
}

func (c *chip) control(t *testing.T) control {
	t.Helper()
	return func(_ uintptr, request uint, argument unsafe.Pointer) error {
		if c.err != nil {
			return c.err
		}
		switch request {
		case unix.GPIO_V2_GET_LINE_IOCTL:
			r := (*unix.GPIOV2LineRequest)(argument)
			c.request = *r
			if r.Config.Num_attrs == 1 && r.Config.Attrs[0].Attr.Id == attributeValues {
				c.levels = append(c.levels, r.Config.Attrs[0].Attr.Flags)
			}
			var ends [2]int
			if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
				t.Fatal(err)
			}
			c.line, r.Fd = os.NewFile(uintptr(ends[0]), "line"), int32(ends[1])
		case unix.GPIO_V2_LINE_SET_VALUES_IOCTL:
			v := (*unix.GPIOV2LineValues)(argument)
			if v.Mask != 1 {
				t.Errorf("mask %x", v.Mask)
			}
			c.levels = append(c.levels, v.Bits)
		default:
			t.Errorf("ioctl %#x", request)
		}
		return nil
	}
}

// The ioctl numbers carry the size of their argument, so that a wrong layout would be refused by every kernel.
func TestLayout(t *testing.T) {
	for request, size := range map[uint]uintptr{
		unix.GPIO_V2_GET_LINE_IOCTL:        unsafe.Sizeof(unix.GPIOV2LineRequest{}),
		unix.GPIO_V2_LINE_SET_VALUES_IOCTL: unsafe.Sizeof(unix.GPIOV2LineValues{}),
	} {
		if uintptr(request>>16&0x3FFF) != size {
			t.Errorf("ioctl %#x has an argument of %d bytes", request, size)
		}
	}
}

// The line is an output with the level of a relay at rest from its first moment on.
func TestTheFirstLevelIsThatOfRest(t *testing.T) {
	for opts, want := range map[Options][]uint64{
		{}:                                      {0, 0, 1, 0},
		{ActiveLow: true}:                       {1, 1, 0, 1},
		{NormallyClosed: true}:                  {0, 0, 0, 1},
		{NormallyClosed: true, ActiveLow: true}: {1, 1, 1, 0},
	} {
		c := &chip{}
		l, err := request(c.control(t), 0, "GPIO17", 17, opts.level(opts.NormallyClosed))
		if err != nil {
			t.Fatal(err)
		}
		r, err := New("K1", l, opts)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(r.Make(), r.Break()); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(c.levels, want) {
			t.Errorf("%v: levels %v, want %v", opts, c.levels, want)
		}
		q := c.request
		if q.Num_lines != 1 || q.Offsets[0] != 17 || q.Config.Flags != flagOutput || q.Config.Attrs[0].Mask != 1 ||
			!bytes.HasPrefix(q.Consumer[:], []byte("otabench\x00")) {
			t.Errorf("%v: asked for %+v", opts, q)
		}
		closeLine(t, c, r)
	}
}

// A closed relay has given its line back, and drives no other file by accident.
func closeLine(t *testing.T, c *chip, r *Relay) {
	t.Helper()
	before := len(c.levels)
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Error(err)
	}
	if b, err := io.ReadAll(c.line); err != nil || len(b) != 0 {
		t.Errorf("the line is still open: %v", err)
	}
	_ = c.line.Close()
	if err := r.Make(); !errors.Is(err, os.ErrClosed) || len(c.levels) != before {
		t.Errorf("made after it was closed: %v", err)
	}
}

func TestLineThatAnotherHolds(t *testing.T) {
	c := &chip{err: unix.EBUSY}
	if _, err := request(c.control(t), 0, "GPIO17", 17, gpio.Low); !errors.Is(err, unix.EBUSY) {
		t.Errorf("%v", err)
	}
}

// Lines that are no chip's of the kernel are left to periph.
func TestLinesOfOtherDrivers(t *testing.T) {
	if out, ok, err := take(&gpiotest.Pin{N: "GPIO17"}, gpio.Low); out != nil || ok || err != nil {
		t.Errorf("%v, %v, %v", out, ok, err)
	}
}

package console

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// ErrSetting means that a serial port cannot be set as it should be.
var ErrSetting = errors.New("the serial port cannot do that")

// tolerance is how far a rate may be off: a frame of 10 bits is read right up to some 5 %, of which the ECU has its
// part.
const tolerance = 3 // percent

// control calls f with the port's descriptor, which stays the port's until f returns.
func (p *port) control(f func(fd int) error) error {
	raw, err := p.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	if err := raw.Control(func(fd uintptr) { inner = f(int(fd)) }); err != nil {
		return err
	}
	return inner
}

// termios reads how the driver set the port up. That of termios2 tells the rate in bit/s.
func (p *port) termios() (t *unix.Termios, err error) {
	err = p.control(func(fd int) error {
		t, err = unix.IoctlGetTermios(fd, unix.TCGETS2)
		return err
	})
	return t, err
}

func (p *port) setTermios(t *unix.Termios) error {
	return p.control(func(fd int) error { return unix.IoctlSetTermios(fd, unix.TCSETS2, t) })
}

// adjust sets what the library leaves out, and checks what the driver made of all of it: drivers leave out silently
// what their device cannot do.
func (p *port) adjust(s setup) error {
	t, err := p.termios()
	if err != nil {
		return fmt.Errorf("read its settings: %w", err)
	}
	if s.rtscts {
		t.Cflag |= unix.CRTSCTS
		if err := p.setTermios(t); err != nil {
			return fmt.Errorf("set flow control: %w", err)
		}
		if t, err = p.termios(); err != nil {
			return fmt.Errorf("read its settings: %w", err)
		}
	}
	return checkTermios(t, s)
}

// frames are the bits of Cflag that a frame is made of.
const frames = unix.CSIZE | unix.PARENB | unix.PARODD | unix.CMSPAR | unix.CSTOPB

// checkTermios compares the driver's settings with those that were asked for.
func checkTermios(t *unix.Termios, s setup) error {
	if got, want := t.Cflag&frames, s.frameFlags(); got != want {
		return fmt.Errorf("%w: its driver does not take this frame (it has the bits %#x, not %#x)", ErrSetting, got, want)
	}
	if s.rtscts && t.Cflag&unix.CRTSCTS == 0 {
		return fmt.Errorf("%w: its driver does not take flow control by RTS and CTS", ErrSetting)
	}
	return checkRate(t, s.mode.BaudRate)
}

func checkRate(t *unix.Termios, want int) error {
	for _, got := range []uint32{t.Ispeed, t.Ospeed} {
		off := int64(got) - int64(want)
		if max(off, -off)*100 > tolerance*int64(want) {
			return fmt.Errorf("%w: its driver makes %d baud of %d, more than %d %% off", ErrSetting, got, want, tolerance)
		}
	}
	return nil
}

// frameFlags returns the bits of Cflag for a line's frame.
func (s setup) frameFlags() uint32 {
	flags := [...]uint32{5: unix.CS5, 6: unix.CS6, 7: unix.CS7, 8: unix.CS8}[s.mode.DataBits]
	flags |= [...]uint32{
		0, unix.PARENB | unix.PARODD, unix.PARENB, // as the library counts them: none, odd, even, mark, space
		unix.PARENB | unix.PARODD | unix.CMSPAR, unix.PARENB | unix.CMSPAR,
	}[s.mode.Parity]
	if s.mode.StopBits != 0 {
		flags |= unix.CSTOPB
	}
	return flags
}

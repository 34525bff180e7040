package console

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// The major numbers of the devices that Unix98 pseudo terminals have, of linux/major.h.
const (
	firstPtyMajor = 136
	lastPtyMajor  = 143
)

// drain is how often the driver's queue is looked at. The kernel can tell when it is empty only to somebody who waits
// for it without end, should the ECU never ask for the rest.
const drain = 2 * time.Millisecond

// sendBreak does not use the library's Break, which cannot be ended, and ends it on whatever has its descriptor by
// then.
func (p *port) sendBreak(ctx context.Context, d time.Duration) error {
	if p.isPty() {
		return fmt.Errorf("a pseudo terminal has no line to hold: %w", errors.ErrUnsupported)
	}
	if err := p.drained(ctx); err != nil {
		return err
	}
	if err := p.request(unix.TIOCSBRK, 0); err != nil {
		return err
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	var ended error
	select {
	case <-timer.C:
	case <-ctx.Done():
		ended = ctx.Err()
	}
	return errors.Join(ended, p.request(unix.TIOCCBRK, 0))
}

// isPty reports whether the port is a pseudo terminal: those accept a break and do nothing.
func (p *port) isPty() bool {
	var s unix.Stat_t
	err := p.control(func(fd int) error { return unix.Fstat(fd, &s) })
	major := unix.Major(s.Rdev)
	return err == nil && major >= firstPtyMajor && major <= lastPtyMajor
}

func (p *port) setBaud(ctx context.Context, baud int) error {
	if err := p.drained(ctx); err != nil {
		return err
	}
	before, err := p.termios()
	if err != nil {
		return err
	}
	t := *before
	t.Cflag = t.Cflag&^(unix.CBAUD|unix.CBAUD<<unix.IBSHIFT) | unix.BOTHER // any rate; the receiver has that of the sender
	t.Ispeed, t.Ospeed = uint32(baud), uint32(baud)
	if err := p.setTermios(&t); err != nil {
		return err
	}
	after, err := p.termios()
	if err == nil {
		err = checkRate(after, baud)
	}
	if err != nil {
		return errors.Join(err, p.setTermios(before))
	}
	return nil
}

// drained waits until all that was written is on the wire.
func (p *port) drained(ctx context.Context) error {
	ticker := time.NewTicker(drain)
	defer ticker.Stop()
	for {
		queued := 0
		err := p.control(func(fd int) (err error) {
			queued, err = unix.IoctlGetInt(fd, unix.TIOCOUTQ)
			return err
		})
		if err != nil {
			return fmt.Errorf("ask what is still to be sent: %w", err)
		}
		if queued == 0 {
			return p.request(unix.TCSBRK, 1) // what the device itself has queued; drivers bound this
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return fmt.Errorf("%d bytes are still to be sent: %w", queued, ctx.Err())
		}
	}
}

func (p *port) request(request uint, argument int) error {
	return p.control(func(fd int) error { return unix.IoctlSetInt(fd, request, argument) })
}

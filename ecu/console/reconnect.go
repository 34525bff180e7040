package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// ErrGap means that the device vanished and what it printed meanwhile is lost, in the time that was asked about.
var ErrGap = errors.New("the console's device was away")

// fleeting is how short a stream must last for the next not to be opened at once, and breath how much later it is then:
// a device that can be opened and not read must not keep the bench busy.
const (
	fleeting = time.Second
	breath   = 100 * time.Millisecond
)

// Reconnect is what a console does when its device vanishes, as a USB adapter does that is fed by the ECU.
type Reconnect struct {
	// Open opens the device once it is there again, or returns an error when ctx ends; [Dialer.Reopen] gives one.
	Open func(ctx context.Context) (io.ReadWriteCloser, error)
	// Within is how long the device may be away. After that the console ends.
	Within time.Duration
	// FailOnGap makes Expect, Send, and all that is made of them, fail with ErrGap when the device is away or was so
	// behind the mark. Otherwise they wait until the device is back and go on.
	FailOnGap bool
	// Observe is told that the device vanished or came back. It must neither block nor close the console.
	Observe func(Change)
}

// Change tells that a console's device vanished or came back.
type Change struct {
	Time    time.Time
	Present bool
	Away    time.Duration // if it came back: for how long it was away
	Err     error         // if it vanished: what reading it said
}

// String tells the change for a log.
func (c Change) String() string {
	if c.Present {
		return fmt.Sprintf("the device came back after %v: what it printed meanwhile is lost", c.Away)
	}
	return fmt.Sprintf("the device vanished: %v", c.Err)
}

// reconnect waits for another stream, if the options say so. Otherwise it returns the error that ended the last.
func (c *Console) reconnect(
	ctx context.Context, old io.Closer, began time.Time, cause error,
) (io.ReadWriteCloser, error) {
	r := c.opt.Reconnect
	if r == nil || !c.leave() {
		return nil, cause
	}
	gone := Change{Time: time.Now(), Err: cause}
	c.tell(gone)
	_ = old.Close() // first: as long as it is open, a USB adapter comes back under another name
	fresh, err := r.reopen(ctx, gone.Time.Sub(began) < fleeting)
	if err != nil {
		return nil, fmt.Errorf("%w; it did not come back within %v: %w", cause, r.Within, err)
	}
	back := Change{Time: time.Now(), Present: true}
	back.Away = max(back.Time.Sub(gone.Time), 1) // a gap has a length, however coarse the clock
	c.tell(back)
	if !c.arrive(fresh, Line{Time: gone.Time, Lost: back.Away}) {
		return nil, errors.Join(cause, fresh.Close())
	}
	return fresh, nil
}

func (r *Reconnect) reopen(ctx context.Context, restless bool) (io.ReadWriteCloser, error) {
	ctx, cancel := context.WithTimeout(ctx, r.Within)
	defer cancel()
	if restless {
		timer := time.NewTimer(breath)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return r.Open(ctx)
}

// leave notes that the device is away, unless the console is closed.
func (c *Console) leave() bool {
	open := false
	c.update(func() {
		open = !c.closed
		c.away = open
	})
	return open
}

// arrive notes that the device is back, unless the console was closed meanwhile.
func (c *Console) arrive(fresh io.ReadWriteCloser, gap Line) bool {
	open := false
	c.update(func() {
		if open = !c.closed; open {
			c.stream, c.away = fresh, false
			c.keep(gap)
		}
	})
	return open
}

// tell notes a change in the log and tells the observer.
func (c *Console) tell(x Change) {
	if c.opt.Reconnect.Observe != nil {
		c.opt.Reconnect.Observe(x)
	}
	note := fmt.Sprintf("\r\n[%s %v]\r\n", x.Time.UTC().Format("2006-01-02T15:04:05.000Z"), x)
	c.log([]piece{{[]byte(note), x.Time}})
}

package slcan

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"otabench/can"
)

// order is a command that was given: a frame to be sent, or the question for the flags.
type order struct {
	text   []byte
	frame  *can.Frame
	result chan error // holds one, so that run never waits
	again  bool       // the adapter had no room, and is asked again
}

const (
	pollEvery  = 250 * time.Millisecond // for the flags
	retryAfter = time.Millisecond       // when the adapter has no room; at 500 kbit/s it has sent four frames then
)

// Send implements [can.Bus]. It returns once the adapter has taken the frame, and waits while it has no room. If the
// adapter is gone, or has not answered in time, the error wraps [can.ErrClosed].
func (b *Bus) Send(ctx context.Context, f can.Frame) error {
	if err := b.sendable(f); err != nil {
		return fmt.Errorf("%s: %w", b.name, err)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: send %v: %w", b.name, f, err)
	}
	o := &order{text: Append(nil, f), frame: &f, result: make(chan error, 1)}
	select {
	case b.orders <- o:
	case <-ctx.Done():
		return fmt.Errorf("%s: send %v: the adapter has no room: %w", b.name, f, ctx.Err())
	case <-b.done:
		return b.cause
	}
	select {
	case err := <-o.result:
		return err
	case <-ctx.Done():
		return fmt.Errorf("%s: send %v: the adapter has not taken it: %w", b.name, f, ctx.Err())
	case <-b.done:
		return b.cause
	}
}

func (b *Bus) sendable(f can.Frame) error {
	switch {
	case f.Validate() != nil:
		return f.Validate()
	case f.Is(can.Error):
		return fmt.Errorf("%w: an error frame cannot be sent", can.ErrInvalid)
	case b.listenOnly:
		return fmt.Errorf("%w: the bus is listened to only", can.ErrInvalid)
	case f.Is(can.FD) && !b.fd:
		return fmt.Errorf("%w: FD frames need a data bit rate, and an adapter with the FD extension", can.ErrInvalid)
	case f.Is(can.ESI):
		return fmt.Errorf("%w: the protocol has no ESI", can.ErrInvalid)
	}
	return nil
}

// run gives commands one after the other, and delivers frames.
func (b *Bus) run() {
	defer b.CloseAll()
	answer := time.NewTimer(0)
	<-answer.C
	defer answer.Stop()
	var poll <-chan time.Time
	if b.hasFlags {
		ticker := time.NewTicker(pollEvery)
		defer ticker.Stop()
		poll = ticker.C
	}
	for {
		orders, flags := b.orders, poll
		if b.current != nil {
			orders, flags = nil, nil
		}
		select {
		case o := <-orders:
			b.give(o, answer)
		case <-flags:
			b.give(&order{text: []byte("F\r")}, answer)
		case <-b.written:
			if b.silent && b.current != nil {
				b.taken()
			}
		case line, ok := <-b.lines:
			if !ok {
				return
			}
			b.handle(line, answer)
		case <-answer.C:
			b.late(answer)
		case <-b.done:
			return
		}
	}
}

// give hands a command to the writer, which is free: the command before was answered.
func (b *Bus) give(o *order, answer *time.Timer) {
	b.current = o
	answer.Reset(b.timeout)
	select {
	case b.out <- o.text:
	case <-b.done:
	}
}

// late is called when the time for an answer is over, or the time to ask again has come.
func (b *Bus) late(answer *time.Timer) {
	switch o := b.current; {
	case o == nil:
	case o.again:
		o.again = false
		b.give(o, answer)
	default:
		b.fail(errStalled)
	}
}

// handle takes a line: a frame, or the answer to the current command.
func (b *Bus) handle(line []byte, answer *time.Timer) {
	if line[0] == bell {
		b.refused(answer)
		return
	}
	text := line[:len(line)-1]
	if f, ok := Parse(text); ok {
		b.deliver(f, false)
		return
	}
	switch asked := b.current; {
	case asked == nil: // nobody did
	case asked.frame == nil && len(text) > 0 && text[0] == 'F':
		b.flags(text[1:])
		b.current = nil
	case asked.frame != nil && (len(text) == 0 || text[0] == 'z' || text[0] == 'Z'):
		b.taken()
	}
}

// taken ends a frame's order.
func (b *Bus) taken() {
	if b.current.frame != nil {
		b.deliver(*b.current.frame, true)
		b.current.result <- nil
	}
	b.current = nil
}

// refused asks again a little later if a frame found no room.
func (b *Bus) refused(answer *time.Timer) {
	switch o := b.current; {
	case o == nil:
	case o.frame == nil:
		b.current = nil // no flags this time
	default:
		o.again = true
		answer.Reset(retryAfter)
	}
}

func (b *Bus) deliver(f can.Frame, own bool) {
	now := time.Now()
	if now.Before(b.last) {
		now = b.last
	}
	b.last = now
	b.Deliver(can.Received{Frame: f, Time: now, Own: own, Lost: b.lost})
	b.lost = 0
}

// Flags of the F command, which are cleared when they are read.
const (
	receiveFull  = 1 << 0
	overrun      = 1 << 3
	errorPassive = 1 << 5
)

func (b *Bus) flags(text []byte) {
	flags, err := strconv.ParseUint(string(text), 16, 8)
	if err != nil {
		return
	}
	if flags&(receiveFull|overrun) != 0 {
		b.lost++
	}
	state := can.ErrorActive
	if flags&errorPassive != 0 {
		state = can.ErrorPassive
	}
	old := b.state.Load()
	if can.State(old) != can.Stopped {
		b.state.CompareAndSwap(old, uint32(state))
	}
}

package socketcand

import (
	"errors"
	"fmt"
	"io"
	"time"

	"otabench/can"
)

// read is the receive path: it takes what the server says, until the connection fails.
func (b *Bus) read() {
	defer b.CloseAll()
	for {
		element, err := b.in.next()
		if err == nil {
			err = b.take(element)
		}
		if err != nil {
			b.fail(b.explain(err))
			break
		}
	}
	if b.lost > 0 {
		b.Deliver(can.Overflow(b.lost))
	}
}

// explain says why nothing more was read, with what the server said before.
func (b *Bus) explain(err error) error {
	if errors.Is(err, io.EOF) {
		err = errHungUp
	}
	if b.complaint == "" {
		return err
	}
	return fmt.Errorf("%w, after it said: %s", err, b.complaint)
}

func (b *Bus) take(element []byte) error {
	r, err := parseReport(element)
	if err != nil {
		b.lost++
		return nil
	}
	switch r.kind {
	case reportFrame:
		b.note(r.frame)
		b.deliver(r.frame, b.clock.local(r.stamp, time.Now()), r.own)
	case reportLost:
		b.lost += r.count
	case reportEcho:
		return b.echoed()
	case reportSent:
		return b.answered(nil)
	case reportUnsent:
		return b.answered(errorOf(r.text))
	case reportComplaint:
		b.complaint = r.text
	}
	return nil
}

func (b *Bus) deliver(f can.Frame, at time.Time, own bool) {
	b.Deliver(can.Received{Frame: f, Time: at, Own: own, Lost: b.lost})
	b.lost = 0
}

// echoed takes the answer to the heartbeat or, from a server without confirmations, to the frame before it.
func (b *Bus) echoed() error {
	if b.forms.extended {
		b.beating.Store(false)
		return nil
	}
	if b.complaint != "" {
		err := errors.New("the server said: " + b.complaint)
		b.complaint = ""
		return b.answered(err)
	}
	return b.answered(nil)
}

// answered ends the oldest Send.
func (b *Bus) answered(result error) error {
	select {
	case o := <-b.unanswered:
		if o == nil {
			b.beating.Store(false)
			return nil
		}
		if result == nil && !b.forms.extended {
			b.deliver(o.frame, b.clock.inOrder(o.at), true)
		}
		<-b.window
		o.result <- result
		return nil
	default:
		return errConfused
	}
}

// note follows the controller's state. A bus that has stopped stays so.
func (b *Bus) note(f can.Frame) {
	old := b.state.Load()
	if can.State(old) == can.Stopped {
		return
	}
	b.state.CompareAndSwap(old, uint32(can.State(old).After(f)))
}

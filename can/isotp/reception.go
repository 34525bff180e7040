package isotp

import (
	"fmt"
	"slices"
	"time"

	"otabench/can"
)

// reception is a message that is being received.
type reception struct {
	active bool
	data   []byte
	length int
	frame  int // length of the first frame, and of all others but the last
	sn     byte
	block  int // consecutive frames since the last flow control
	first  time.Time
	lost   uint64 // frames that the subscription lost so far
}

// firstChunk bounds what a first frame alone makes a receiver set aside.
const firstChunk = 4096

func (c *conn) receive(r can.Received) {
	if r.Own {
		return
	}
	p, ok := decode(&r.Frame)
	if !ok {
		return
	}
	if c.cfg.Functional != 0 && r.ID == c.cfg.Functional {
		if p.kind == SingleFrame {
			c.functional(p, r.Time)
		}
		return
	}
	switch p.kind {
	case SingleFrame:
		c.interrupted()
		c.push(result{msg: Message{Data: slices.Clone(p.data), First: r.Time, Last: r.Time}})
	case FirstFrame:
		c.interrupted()
		c.rx.frame = int(r.Len)
		c.begin(p, r.Time)
	case ConsecutiveFrame:
		c.next(p, r.Time)
	case FlowControl:
		c.passFlow(p)
	}
}

// passFlow hands a flow control to the Send that waits for one. Others are unexpected and ignored.
func (c *conn) passFlow(p pdu) {
	if !c.awaiting.Load() {
		return
	}
	select {
	case c.flow <- p:
	default: // a flood; the sender sees enough of it
	}
}

// functional takes a single frame on the functional identifier, which does not disturb a reception on the other one.
func (c *conn) functional(p pdu, t time.Time) {
	busy := c.rx.active
	c.push(result{msg: Message{Data: slices.Clone(p.data), First: t, Last: t, Functional: true}})
	if busy {
		c.update(func() { c.busy = true })
	}
}

// interrupted ends a reception that a new message overtakes.
func (c *conn) interrupted() {
	if c.rx.active {
		c.abort(fmt.Errorf("%w, after %d of %d bytes", ErrUnexpectedPDU, len(c.rx.data), c.rx.length))
	}
}

// checkLost reports frames that the subscription lost: they may have been a message, or part of one.
func (c *conn) checkLost() {
	lost := c.sub.Lost()
	if lost == c.rx.lost {
		return
	}
	err := fmt.Errorf("%w: %d frames", ErrLost, lost-c.rx.lost)
	c.rx.lost = lost
	c.rx.active, c.rx.data = false, nil
	c.push(result{err: fmt.Errorf("%v: receive: %w", c, err)})
}

func (c *conn) abort(err error) {
	if !c.rx.active {
		return
	}
	c.rx.active, c.rx.data = false, nil
	c.push(result{err: fmt.Errorf("%v: receive: %w", c, err)})
}

func (c *conn) begin(p pdu, t time.Time) {
	if p.length > c.cfg.MaxMessage {
		c.answer(overflow)
		return
	}
	c.rx.active, c.rx.length, c.rx.sn, c.rx.block, c.rx.first = true, p.length, 1, 0, t
	c.rx.data = append(make([]byte, 0, min(p.length, firstChunk)), p.data...)
	c.update(func() { c.busy = true })
	c.answer(continueToSend)
}

func (c *conn) next(p pdu, t time.Time) {
	switch {
	case !c.rx.active:
		return
	case p.sn != c.rx.sn&0xF:
		c.abort(fmt.Errorf("%w: got %d, want %d, after %d of %d bytes", ErrWrongSN, p.sn, c.rx.sn&0xF, len(c.rx.data), c.rx.length))
		return
	case len(p.data) < min(c.rx.frame-1, c.rx.length-len(c.rx.data)):
		return // taking a frame that is too short would shift what follows (ISO 15765-2:2016, 9.6.4.2)
	}
	c.rx.sn++
	c.rx.data = append(c.rx.data, p.data[:min(len(p.data), c.rx.length-len(c.rx.data))]...)
	if len(c.rx.data) == c.rx.length {
		msg := Message{Data: c.rx.data, First: c.rx.first, Last: t}
		c.rx.active, c.rx.data = false, nil
		c.push(result{msg: msg})
		return
	}
	if c.rx.block++; c.rx.block == int(c.cfg.BlockSize) {
		c.rx.block = 0
		c.answer(continueToSend)
	}
}

// answer sends a flow control frame.
func (c *conn) answer(status byte) {
	if err := sendFrame(c.ctx, c.bus, c.cfg.flowControl(status), c.cfg.NAs); err != nil {
		c.abort(fmt.Errorf("send flow control: %w", err))
	}
}

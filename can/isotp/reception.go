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
	chunk  int // data of all consecutive frames but the last, by the length of the first frame (RX_DL)
	waits  int // wait frames sent since the last other flow control; the sender waits while it is not zero
	sn     byte
	block  int // consecutive frames since the last flow control
	first  time.Time
	lost   uint64    // frames that the bus lost meanwhile, perhaps some of this message
	until  time.Time // when patience ends: for a consecutive frame, or until it is time to say "wait" again

	answers bool       // answer is to be sent, and nothing is waited for before it was
	answer  FlowStatus // of a message that a newer one overtakes, it is never sent
}

// firstChunk bounds what a first frame alone makes a receiver set aside.
const firstChunk = 4096

// observe takes a frame on the bus's receive path, and sends nothing.
func (c *conn) observe(r can.Received) {
	mine := !r.Own && c.isMine(r.Frame)
	if !mine && r.Lost == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rx.active {
		c.rx.lost += r.Lost
	}
	if mine {
		c.receive(&r)
	}
}

// isMine says that a frame has an identifier on which the connection receives.
func (c *conn) isMine(f can.Frame) bool {
	if f.Flags&(can.Remote|can.Error) != 0 || f.Is(can.Extended) != c.cfg.Address.Extended {
		return false
	}
	return f.ID == c.cfg.Address.Rx || c.cfg.Functional != 0 && f.ID == c.cfg.Functional
}

// receive takes a frame of this connection. mu is held here and in all that follows, but for the responder's methods.
func (c *conn) receive(r *can.Received) {
	if c.cfg.Functional != 0 && r.ID == c.cfg.Functional {
		if p, ok := c.decode(r, c.cfg.FunctionalByte); ok && p.kind == SingleFrame {
			c.functional(p, r.Time)
			return
		}
		if c.cfg.Functional != c.cfg.Address.Rx {
			return
		}
	}
	p, ok := c.decode(r, c.cfg.Address.RxByte)
	if !ok {
		return
	}
	switch p.kind {
	case SingleFrame:
		c.interrupted()
		c.push(result{msg: Message{Data: slices.Clone(p.data), First: r.Time, Last: r.Time}})
	case FirstFrame:
		c.interrupted()
		c.begin(p, int(r.Len), r.Time)
	case ConsecutiveFrame:
		c.next(p, r.Time)
	case FlowControl:
		c.passFlow(p)
	}
}

func (c *conn) decode(r *can.Received, address byte) (pdu, bool) {
	b, ok := c.cfg.Address.strip(&r.Frame, address)
	if !ok {
		return pdu{}, false
	}
	return decode(b, int(r.Len))
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
	c.push(result{msg: Message{Data: slices.Clone(p.data), First: t, Last: t, Functional: true}})
	c.busy = c.rx.active
}

// interrupted ends a reception that a new message overtakes.
func (c *conn) interrupted() {
	if c.rx.active {
		c.abort(fmt.Errorf("%w, after %d of %d bytes", ErrUnexpectedPDU, len(c.rx.data), c.rx.length))
	}
}

func (c *conn) abort(err error) {
	if !c.rx.active {
		return
	}
	if c.rx.lost > 0 {
		err = fmt.Errorf("%w; %w: %d frames of the bus", err, ErrLost, c.rx.lost)
	}
	c.rx = reception{}
	c.push(result{err: fmt.Errorf("%v: receive: %w", c, err)})
}

// begin answers a first frame.
func (c *conn) begin(p pdu, size int, t time.Time) {
	if p.length > c.cfg.MaxMessage {
		c.push(result{err: fmt.Errorf("%v: receive: %w: %d bytes, %d are accepted", c, ErrBufferOverflow, p.length, c.cfg.MaxMessage)})
		c.say(Overflow)
		return
	}
	c.rx = reception{
		active: true, length: p.length, chunk: size - c.cfg.Address.head() - 1, sn: 1, first: t,
		data: append(make([]byte, 0, min(p.length, firstChunk)), p.data...),
	}
	c.busy = true
	c.tell()
	c.admit()
}

// admit lets the sender go on, or makes it wait while the inbox is full.
func (c *conn) admit() {
	switch {
	case c.cfg.MaxWait == 0 || len(c.queue) < inbox:
		c.rx.waits = 0
		c.say(ContinueToSend)
	case c.rx.waits < c.cfg.MaxWait:
		c.rx.waits++
		c.say(Wait)
	default:
		c.abort(fmt.Errorf("%w: its sender was told to wait %d times", ErrBusy, c.rx.waits))
		c.say(Overflow)
	}
}

// say has the responder send a flow control.
func (c *conn) say(status FlowStatus) {
	c.rx.answers, c.rx.answer, c.rx.until = true, status, time.Time{}
	select {
	case c.respond <- struct{}{}:
	default:
	}
}

func (c *conn) next(p pdu, t time.Time) {
	switch {
	case !c.rx.active || c.rx.waits > 0:
		return
	case p.sn != c.rx.sn&0xF:
		c.abort(fmt.Errorf("%w: got %d, want %d, after %d of %d bytes", ErrWrongSN, p.sn, c.rx.sn&0xF, len(c.rx.data), c.rx.length))
		return
	case len(p.data) < min(c.rx.chunk, c.rx.length-len(c.rx.data)):
		return // taking a frame that is too short would shift what follows (ISO 15765-2:2016, 9.6.4.2)
	}
	c.rx.sn++
	c.rx.until = t.Add(c.cfg.NCr)
	c.rx.data = append(c.rx.data, p.data[:min(len(p.data), c.rx.length-len(c.rx.data))]...)
	if len(c.rx.data) == c.rx.length {
		msg := Message{Data: c.rx.data, First: c.rx.first, Last: t}
		c.rx = reception{}
		c.push(result{msg: msg})
		return
	}
	if c.rx.block++; c.rx.block == int(c.cfg.BlockSize) {
		c.rx.block = 0
		c.admit()
	}
}

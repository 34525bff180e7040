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
	lost   uint64    // frames that the subscription lost so far
	until  time.Time // when patience ends: for a consecutive frame, or until it is time to say "wait" again
}

// firstChunk bounds what a first frame alone makes a receiver set aside.
const firstChunk = 4096

func (c *conn) receive(r can.Received) {
	if r.Own || r.Flags&(can.Remote|can.Error) != 0 {
		return
	}
	if c.cfg.Functional != 0 && r.ID == c.cfg.Functional {
		if p, ok := c.decode(&r, c.cfg.FunctionalByte); ok && p.kind == SingleFrame {
			c.functional(p, r.Time)
			return
		}
		if c.cfg.Functional != c.cfg.Address.Rx {
			return
		}
	}
	p, ok := c.decode(&r, c.cfg.Address.RxByte)
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

// begin answers a first frame.
func (c *conn) begin(p pdu, size int, t time.Time) {
	if p.length > c.cfg.MaxMessage {
		c.push(result{err: fmt.Errorf("%v: receive: %w: %d bytes, %d are accepted", c, ErrBufferOverflow, p.length, c.cfg.MaxMessage)})
		c.answer(Overflow)
		return
	}
	c.rx = reception{
		active: true, length: p.length, chunk: size - c.cfg.Address.head() - 1, sn: 1, first: t, lost: c.rx.lost,
		data: append(make([]byte, 0, min(p.length, firstChunk)), p.data...),
	}
	c.update(func() { c.busy = true })
	c.admit()
}

// admit lets the sender go on, or makes it wait while the inbox is full.
func (c *conn) admit() {
	switch {
	case c.cfg.MaxWait == 0 || !c.full():
		c.rx.waits = 0
		c.answer(ContinueToSend)
		c.rx.until = time.Now().Add(c.cfg.NCr)
	case c.rx.waits < c.cfg.MaxWait:
		c.rx.waits++
		c.answer(Wait)
		c.rx.until = time.Now().Add(c.cfg.NBr)
	default:
		c.answer(Overflow)
		c.abort(fmt.Errorf("%w: its sender was told to wait %d times", ErrBusy, c.rx.waits))
	}
}

// silence is called when patience has ended.
func (c *conn) silence() {
	if c.rx.waits > 0 {
		c.admit()
		return
	}
	c.abort(fmt.Errorf("%w (%v) after %d of %d bytes", ErrTimeoutCr, c.cfg.NCr, len(c.rx.data), c.rx.length))
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
		c.rx.active, c.rx.data = false, nil
		c.push(result{msg: msg})
		return
	}
	if c.rx.block++; c.rx.block == int(c.cfg.BlockSize) {
		c.rx.block = 0
		c.admit()
	}
}

// answer sends a flow control frame.
func (c *conn) answer(status FlowStatus) {
	w := newWatch(c.ctx, c.cfg.NAs)
	defer w.stop()
	if err := w.send(c.bus, c.cfg.flowControl(status)); err != nil {
		c.abort(fmt.Errorf("send flow control: %w", err))
	}
}

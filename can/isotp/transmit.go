package isotp

import (
	"context"
	"fmt"
	"time"

	"otabench/can"
)

// transmit sends one message to its last frame.
func (c *conn) transmit(ctx context.Context, payload []byte) error {
	w := newWatch(ctx, c.cfg.NAs)
	defer w.stop()
	if f, ok := c.cfg.single(c.cfg.Address.Tx, c.cfg.Address.TxByte, payload); ok {
		return w.send(c.bus, f)
	}
	c.expectFlow()
	defer c.awaiting.Store(false)
	f, n := c.cfg.first(payload)
	if err := w.send(c.bus, f); err != nil {
		return err
	}
	t := transmission{conn: c, watch: w, pacer: pacer{c: c}, queue: consecutiveFrames{cfg: &c.cfg, rest: payload[n:]}}
	defer t.pacer.stop()
	for !t.queue.done() {
		fc, err := c.awaitFlow(ctx)
		if err == nil {
			err = t.block(ctx, fc)
		}
		if err != nil {
			return fmt.Errorf("after %d bytes: %w", n+t.queue.sent, err)
		}
	}
	return nil
}

// transmission is a message behind its first frame.
type transmission struct {
	*conn
	watch *watch
	pacer pacer
	queue consecutiveFrames
}

// block sends the consecutive frames that a flow control permits.
func (t *transmission) block(ctx context.Context, fc pdu) error {
	for sent := 0; !t.queue.done() && (fc.bs == 0 || sent < int(fc.bs)); {
		if sent+1 == int(fc.bs) {
			t.expectFlow()
		}
		if sent > 0 && fc.stmin > 0 {
			if err := t.pacer.wait(ctx, fc.stmin); err != nil {
				return err
			}
		}
		frames := t.queue.next(atOnce(fc, sent))
		if fc.stmin > 0 {
			t.pacer.follow(frames[0])
		}
		n, err := t.watch.sendBurst(t.bus, frames)
		if err != nil {
			return err
		}
		t.queue.took(n)
		sent += n
	}
	return nil
}

// atOnce is how many frames may be handed over together, after some of a block were sent. Flow control counts from the
// last frame of a block on, so that this one goes alone.
func atOnce(fc pdu, sent int) int {
	switch {
	case fc.stmin > 0:
		return 1
	case fc.bs == 0:
		return madeAhead
	}
	return max(1, int(fc.bs)-sent-1)
}

// expectFlow lets flow control through from now on. It is called before the frame that asks for it is sent, because the
// answer may come before Send returns.
func (c *conn) expectFlow() {
	for len(c.flow) > 0 {
		<-c.flow
	}
	c.awaiting.Store(true)
}

// awaitFlow waits for the receiver's permission to go on.
func (c *conn) awaitFlow(ctx context.Context) (pdu, error) {
	defer c.awaiting.Store(false)
	timer := time.NewTimer(c.cfg.NBs)
	defer timer.Stop()
	for waits := 0; ; {
		select {
		case fc := <-c.flow:
			switch fc.status {
			case ContinueToSend:
				return fc, nil
			case Wait:
				if waits++; waits > c.cfg.MaxWait {
					return pdu{}, fmt.Errorf("%w: %d", ErrTooManyWaits, waits)
				}
				timer.Reset(c.cfg.NBs)
			case Overflow:
				return pdu{}, ErrBufferOverflow
			default:
				return pdu{}, fmt.Errorf("%w: %v", ErrInvalidFS, fc.status)
			}
		case <-timer.C:
			return pdu{}, fmt.Errorf("%w (%v)", ErrTimeoutBs, c.cfg.NBs)
		case <-ctx.Done():
			return pdu{}, ctx.Err()
		}
	}
}

// pacer keeps the gap between consecutive frames. It counts from the end of the last one on the wire, which a bus reports
// with the sender's own frame, and not from the return of Send: a kernel may take a frame long before it is sent.
type pacer struct {
	c     *conn
	sub   *can.Subscription // own frames; nil until needed
	last  can.Frame
	timer *time.Timer
}

// follow is called before a frame is sent.
func (p *pacer) follow(f can.Frame) {
	if p.sub == nil {
		p.sub = p.c.bus.Subscribe(0, can.Exactly(p.c.cfg.Address.Tx, p.c.cfg.Address.Extended))
	}
	p.last = f
}

// wait waits until the last frame was sent and the gap is over.
func (p *pacer) wait(ctx context.Context, gap time.Duration) error {
	if p.timer == nil {
		p.timer = time.NewTimer(p.c.cfg.NAs)
	} else {
		p.timer.Reset(p.c.cfg.NAs)
	}
	for {
		select {
		case r, ok := <-p.sub.C():
			switch {
			case !ok:
				return can.ErrClosed
			case !r.Own || r.Frame != p.last:
				continue
			}
			p.timer.Reset(time.Until(r.Time.Add(gap)))
			select {
			case <-p.timer.C:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		case <-p.timer.C:
			return fmt.Errorf("%w (%v): the controller does not report it as sent", ErrTimeoutA, p.c.cfg.NAs)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (p *pacer) stop() {
	if p.timer != nil {
		p.timer.Stop()
	}
	if p.sub != nil {
		p.sub.Cancel()
	}
}

package isotp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"otabench/can"
)

// transmit sends one message to its last frame.
func (c *conn) transmit(ctx context.Context, payload []byte) error {
	if f, ok := c.cfg.single(c.cfg.Address.Tx, payload); ok {
		return sendFrame(ctx, c.bus, f, c.cfg.NAs)
	}
	c.expectFlow()
	defer c.awaiting.Store(false)
	f, n := c.cfg.first(payload)
	if err := sendFrame(ctx, c.bus, f, c.cfg.NAs); err != nil {
		return err
	}
	pacer := time.NewTimer(0)
	defer pacer.Stop()
	<-pacer.C
	sn := byte(1)
	for n < len(payload) {
		fc, err := c.awaitFlow(ctx)
		if err != nil {
			return fmt.Errorf("after %d bytes: %w", n, err)
		}
		for sent := 0; n < len(payload) && (fc.bs == 0 || sent < int(fc.bs)); sent++ {
			if sent > 0 && fc.stmin > 0 {
				pacer.Reset(fc.stmin)
				select {
				case <-pacer.C:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			if sent+1 == int(fc.bs) {
				c.expectFlow()
			}
			f, m := c.cfg.consecutive(sn, payload[n:])
			if err := sendFrame(ctx, c.bus, f, c.cfg.NAs); err != nil {
				return fmt.Errorf("after %d bytes: %w", n, err)
			}
			n += m
			sn++
		}
	}
	return nil
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
			case continueToSend:
				return fc, nil
			case wait:
				if waits++; waits > c.cfg.MaxWait {
					return pdu{}, fmt.Errorf("%w: %d", ErrTooManyWaits, waits)
				}
				timer.Reset(c.cfg.NBs)
			case overflow:
				return pdu{}, ErrBufferOverflow
			default:
				return pdu{}, fmt.Errorf("%w: %d", ErrInvalidFS, fc.status)
			}
		case <-timer.C:
			return pdu{}, fmt.Errorf("%w (%v)", ErrTimeoutBs, c.cfg.NBs)
		case <-ctx.Done():
			return pdu{}, ctx.Err()
		}
	}
}

// sendFrame sends a frame within N_As or N_Ar.
func sendFrame(ctx context.Context, bus can.Bus, f can.Frame, within time.Duration) error {
	bounded, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	err := bus.Send(bounded, f)
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w (%v): nobody acknowledges on the bus, or it is too busy", ErrTimeoutA, within)
	}
	return err
}

// Functional sends single frames to all nodes that listen on a functional identifier.
type Functional struct {
	bus can.Bus
	id  uint32
	cfg Config
}

// OpenFunctional returns a sender on a functional identifier. Of cfg, the length of identifiers, padding, FD and N_As are
// used. The bus stays the caller's.
func OpenFunctional(bus can.Bus, id uint32, cfg Config) (*Functional, error) {
	cfg.Address.Tx, cfg.Address.Rx, cfg.Functional = id, ^id&1, 0
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	return &Functional{bus: bus, id: id, cfg: cfg}, nil
}

func (f *Functional) String() string { return fmt.Sprintf("ISO-TP functional %X on %v", f.id, f.bus) }

// Send sends a message that fits a single frame.
func (f *Functional) Send(ctx context.Context, payload []byte) error {
	frame, ok := f.cfg.single(f.id, payload)
	if !ok || len(payload) == 0 {
		return fmt.Errorf("%v: %d bytes do not fit a single frame, and functional messages have no other", f, len(payload))
	}
	if err := sendFrame(ctx, f.bus, frame, f.cfg.NAs); err != nil {
		return fmt.Errorf("%v: send: %w", f, err)
	}
	return nil
}

package socketcand

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"otabench/can"
)

// Send implements [can.Bus]. It returns once the server has sent the frame or, for a server without confirmations, once
// it has handed the frame on. If ctx ends before, the frame may still go out. If the server has no command for such a
// frame, the error wraps [can.ErrInvalid]; if the connection is lost, [can.ErrClosed].
func (b *Bus) Send(ctx context.Context, f can.Frame) error {
	if err := f.Validate(); err != nil {
		return fmt.Errorf("%s: %w", b.name, err)
	}
	if err := b.forms.carries(f); err != nil {
		return fmt.Errorf("%s: send %v: %w", b.name, f, err)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: send %v: %w", b.name, f, err)
	}
	select {
	case b.window <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("%s: send %v: the server has not answered the frames before: %w", b.name, f, ctx.Err())
	case <-b.done:
		return b.cause
	}
	o := &order{frame: f, result: make(chan error, 1)}
	b.orders <- o
	select {
	case err := <-o.result:
		if err != nil {
			return fmt.Errorf("%s: send %v: %w", b.name, f, err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s: send %v: the server has not answered: %w", b.name, f, ctx.Err())
	case <-b.done:
		return b.cause
	}
}

// write hands frames to the connection, and sees to it that the server is heard from.
func (b *Bus) write() {
	w := bufio.NewWriter(deadlined{b.conn, b.timeout})
	heartbeat := time.NewTicker(b.timeout / 2)
	defer heartbeat.Stop()
	var err error
	for err == nil {
		select {
		case o := <-b.orders:
			b.hand(w, o)
		case <-heartbeat.C:
			err = b.beat(w)
		case <-b.done:
			return
		}
		if len(b.orders) == 0 && err == nil {
			err = w.Flush()
		}
	}
	b.fail(err)
}

// hand writes one frame. Errors stick to w.
func (b *Bus) hand(w *bufio.Writer, o *order) {
	o.at = time.Now()
	b.unanswered <- o
	text := appendSend(w.AvailableBuffer(), o.frame, b.forms)
	if !b.forms.extended {
		text = append(text, "< echo >"...)
	}
	_, _ = w.Write(text)
}

// beat asks for a sign of life, and fails if there was none since the last time.
func (b *Bus) beat(w *bufio.Writer) error {
	if b.beating.Swap(true) {
		return errStalled
	}
	if !b.forms.extended {
		b.unanswered <- nil
	}
	_, _ = w.WriteString("< echo >")
	return nil
}

// deadlined writes within a time.
type deadlined struct {
	conn    net.Conn
	timeout time.Duration
}

func (d deadlined) Write(p []byte) (int, error) {
	if err := d.conn.SetWriteDeadline(time.Now().Add(d.timeout)); err != nil {
		return 0, err
	}
	return d.conn.Write(p)
}

// Reasons in < unsent >, by which the client knows the bus's error.
const (
	reasonBusOff  = "bus-off"
	reasonClosed  = "closed"
	reasonInvalid = "invalid"
)

// reasonOf says why a frame was not sent.
func reasonOf(err error) string {
	switch {
	case errors.Is(err, can.ErrBusOff):
		return reasonBusOff
	case errors.Is(err, can.ErrClosed):
		return reasonClosed
	case errors.Is(err, can.ErrInvalid):
		return reasonInvalid + " " + clean(err.Error())
	}
	return clean(err.Error())
}

// errorOf is the error that a reason stands for.
func errorOf(reason string) error {
	word, _, _ := strings.Cut(reason, " ")
	switch word {
	case reasonBusOff:
		return can.ErrBusOff
	case reasonClosed:
		return fmt.Errorf("the server's bus: %w", can.ErrClosed)
	case reasonInvalid:
		return fmt.Errorf("%w: the server said: %s", can.ErrInvalid, reason)
	}
	return fmt.Errorf("the server said: %s", reason)
}

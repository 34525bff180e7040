package isotp

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"otabench/can"
)

// errLate is the cause with which a watch ends its context.
var errLate = errors.New("the frame was not sent in time")

// watch bounds each frame of a message by N_As, with one context and one timer for all of them.
type watch struct {
	parent, ctx context.Context
	within      time.Duration
	cancel      context.CancelCauseFunc
	timer       *time.Timer
	start       time.Time
	began       atomic.Int64 // since start, when the frame that is being sent was handed over; negative between frames
}

func newWatch(parent context.Context, within time.Duration) *watch {
	w := &watch{parent: parent, within: within, start: time.Now()}
	w.ctx, w.cancel = context.WithCancelCause(parent)
	w.began.Store(-1)
	w.timer = time.AfterFunc(within, w.look)
	return w
}

// look ends the context if the frame is late, and otherwise comes back when it will be. A frame that is handed over
// meanwhile is not late before that.
func (w *watch) look() {
	if w.ctx.Err() != nil {
		return
	}
	left := w.within
	if began := w.began.Load(); began >= 0 {
		left -= time.Since(w.start) - time.Duration(began)
	}
	if left <= 0 {
		w.cancel(errLate)
		return
	}
	w.timer.Reset(left)
}

func (w *watch) stop() {
	w.cancel(nil)
	w.timer.Stop()
}

// send sends a frame in time. After an error the watch is over.
func (w *watch) send(bus can.Bus, f can.Frame) error {
	return w.guard(func() error { return bus.Send(w.ctx, f) })
}

// sendBurst sends the first of the frames in time, and more of them if the bus takes them with it.
func (w *watch) sendBurst(bus can.Bus, frames []can.Frame) (n int, err error) {
	err = w.guard(func() error {
		n, err = can.SendBurst(w.ctx, bus, frames)
		return err
	})
	return n, err
}

func (w *watch) guard(send func() error) error {
	w.began.Store(int64(time.Since(w.start)))
	err := send()
	w.began.Store(-1)
	if err != nil && w.parent.Err() == nil && errors.Is(context.Cause(w.ctx), errLate) {
		return fmt.Errorf("%w (%v): nobody acknowledges on the bus, or it is too busy", ErrTimeoutA, w.within)
	}
	return err
}

package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"otabench/bench/record"
	"otabench/bench/trigger"
	"otabench/can"
)

// errSilent: the tester is silent already.
var errSilent = errors.New("it is silent already")

// Silence makes the ECU's tester silent when its trigger fires, for d, or for 0 until [ECU.Speak] or [Bench.DisarmAll]:
// nothing that it sends comes to the bus any more, tester present and flow control included, and it takes its frames for
// sent. It still hears. The record says how many frames it withheld. Other testers on the bus, and simulated nodes,
// go on.
//
// ISO-TP in the kernel sends past the bench and cannot be silenced: the action then fails and the spec is void.
func (e *ECU) Silence(d time.Duration) trigger.Action {
	text := fmt.Sprintf("silence the tester of %s", e.role)
	if d > 0 {
		text += " for " + d.String()
	}
	return trigger.Func(text, func() error {
		if err := e.silence(d); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		return nil
	})
}

// Speak ends the tester's silence at once, if there is one.
func (e *ECU) Speak() { e.tester.speak() }

func (e *ECU) silence(d time.Duration) error {
	if e.Description().Transport.Kernel {
		return errors.New("its ISO-TP runs in the kernel, which sends past the bench; leave transport.kernel out")
	}
	t := e.tester
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.silent {
		return errSilent
	}
	begun := time.Now()
	silence, err := e.bench.disturbances.begin(func(ctx context.Context) {
		var over <-chan time.Time
		if d > 0 {
			over = time.After(d)
		}
		select {
		case <-over:
		case <-ctx.Done():
		}
		withheld := t.resume()
		e.bench.opts.Record.Add(record.Tester{ECU: e.role})
		e.bench.opts.Record.Add(record.Note{Text: fmt.Sprintf("the tester of %s was silent for %v and withheld %d frames",
			e.role, time.Since(begun).Round(time.Microsecond), withheld)})
	})
	if err != nil {
		return err
	}
	t.silent, t.withheld, t.silence = true, 0, silence
	e.bench.opts.Record.Add(record.Tester{ECU: e.role, Withheld: true})
	return nil
}

// tester is the bus as an ECU's tester sends to it.
type tester struct {
	can.Bus

	mu       sync.Mutex
	silent   bool
	withheld int
	silence  *disturbance // the last one; nil before
	yields   bool         // to another tester
}

// withholds counts frames that are not to be sent.
func (t *tester) withholds(frames int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.silent {
		t.withheld += frames
	}
	return t.silent || t.yields
}

// Send implements [can.Bus].
func (t *tester) Send(ctx context.Context, f can.Frame) error {
	if t.withholds(1) {
		return ctx.Err()
	}
	return t.Bus.Send(ctx, f)
}

// SendBurst implements [can.Burster].
func (t *tester) SendBurst(ctx context.Context, frames []can.Frame) (int, error) {
	if t.withholds(len(frames)) {
		return len(frames), nil
	}
	return can.SendBurst(ctx, t.Bus, frames)
}

// resume lets frames pass again, and returns how many were withheld.
func (t *tester) resume() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.silent = false
	return t.withheld
}

func (t *tester) speak() {
	t.mu.Lock()
	silence := t.silence
	t.mu.Unlock()
	if silence != nil {
		silence.end()
	}
}

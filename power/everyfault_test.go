package power_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
	"otabench/power/powertest"
)

// operation is one thing that is done to a channel.
type operation struct {
	name string
	// before brings the channel to where the operation starts from, without faults.
	before func(t *testing.T, w *wire) *power.Output
	do     func(ctx context.Context, w *wire, out *power.Output) error
	// done reports whether the output is as it has to be after success.
	done func(w *wire) bool
}

func off(w *wire) bool { return !w.supply.Output(1).On }

// limitedAndOff is an output that holds its limits and nothing else.
func limitedAndOff(w *wire) bool {
	return off(w) && w.holds(kl30()) && w.supply.Output(1).Setpoint == 0
}

func at(v physic.ElectricPotential) func(*wire) bool {
	return func(w *wire) bool { o := w.supply.Output(1); return o.On && o.Setpoint == v }
}

// used leaves the channel as an earlier user might have: on, at 30 V, without protections.
func used(t *testing.T, w *wire) *power.Output {
	t.Helper()
	must(t, w.channel.SetVoltage(t.Context(), 30*physic.Volt))
	must(t, w.channel.Enable(t.Context(), true))
	return nil
}

func limitedOutput(t *testing.T, w *wire) *power.Output {
	t.Helper()
	out, err := power.Limit(t.Context(), w.channel, kl30())
	must(t, err)
	return out
}

func energised(t *testing.T, w *wire) *power.Output {
	t.Helper()
	out := limitedOutput(t, w)
	must(t, out.On(t.Context(), 12*physic.Volt))
	time.Sleep(time.Second)
	return out
}

// tripped lets the overvoltage protection act, as when somebody lowers it at the front panel.
func tripped(t *testing.T, w *wire) *power.Output {
	t.Helper()
	out := energised(t, w)
	must(t, w.channel.SetProtection(t.Context(), 5*physic.Volt, kl30().OCP))
	must(t, w.channel.SetProtection(t.Context(), kl30().OVP, kl30().OCP))
	if trip, err := out.Tripped(t.Context()); err != nil || trip != power.TripOVP {
		t.Fatalf("tripped: %v, %v", trip, err)
	}
	return out
}

func operations() []operation {
	limit := func(ctx context.Context, w *wire, _ *power.Output) error {
		_, err := power.Limit(ctx, w.channel, kl30())
		return err
	}
	limitAndOn := func(ctx context.Context, w *wire, _ *power.Output) error {
		out, err := power.Limit(ctx, w.channel, kl30())
		if err != nil {
			return err
		}
		return out.On(ctx, 12*physic.Volt)
	}
	on := func(ctx context.Context, _ *wire, out *power.Output) error {
		return out.On(ctx, 13500*physic.MilliVolt)
	}
	set := func(ctx context.Context, _ *wire, out *power.Output) error { return out.Set(ctx, 9*physic.Volt) }
	switchOff := func(ctx context.Context, _ *wire, out *power.Output) error { return out.Off(ctx) }
	clear := func(ctx context.Context, _ *wire, out *power.Output) error { return out.ClearTrip(ctx) }
	return []operation{
		{"Limit", func(*testing.T, *wire) *power.Output { return nil }, limit, limitedAndOff},
		{"Limit of an output that is on", used, limit, limitedAndOff},
		{"Limit and On", used, limitAndOn, at(12 * physic.Volt)},
		{"On", limitedOutput, on, at(13500 * physic.MilliVolt)},
		{"On of an output that is on", energised, on, at(13500 * physic.MilliVolt)},
		{"Set", limitedOutput, set, off},
		{"Set of an output that is on", energised, set, at(9 * physic.Volt)},
		{"Off", energised, switchOff, off},
		{"Off after a trip", tripped, switchOff, off},
		{"ClearTrip", tripped, clear, off},
		{"ClearTrip of an output that is on", energised, clear, off},
	}
}

// gone is a command or reply that gets lost.
func gone[S any](w S, text string) (string, bool) { return "", text != "" }

func garbage(_ *wire, reply string) (string, bool) { return "\x00%#", reply != "" }

// lie turns a truth around.
func lie(_ *wire, reply string) (string, bool) {
	opposite := map[string]string{"ON": "OFF", "OFF": "ON", "YES": "NO", "NO": "YES"}
	if o, ok := opposite[reply]; ok {
		return o, true
	}
	var v float64
	if n, err := fmt.Sscanf(reply, "%f", &v); err != nil || n != 1 || strings.Contains(reply, ",") {
		return reply, false
	}
	return fmt.Sprintf("%.3f", v/2+1), true
}

func faults() []fault {
	stale := func(w *wire, reply string) (string, bool) {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.last, reply != "" && w.last != reply
	}
	late := func(_ *wire, reply string) (string, bool) {
		if reply != "" {
			time.Sleep(3 * time.Second) // virtual, and longer than the driver waits
		}
		return reply, reply != ""
	}
	refuse := func(*wire, string) (string, bool) { return ":BOGUS", true }
	during := func(what func(w *wire)) func(*wire, string) (string, bool) {
		return func(w *wire, line string) (string, bool) { what(w); return line, true }
	}
	return []fault{
		{name: "link lost before the command", command: during(func(w *wire) { w.unplug() })},
		{name: "link lost after the command", reply: during(func(w *wire) { w.unplug() })},
		{name: "stalled for ever", command: during(func(w *wire) { w.supply.Stall() })},
		{name: "command lost", passing: true, command: gone[*wire]},
		{name: "every command lost", command: gone[*wire], lasting: true},
		{name: "reply lost", passing: true, reply: gone[*wire]},
		{name: "every reply lost", reply: gone[*wire], lasting: true},
		{name: "reply late", passing: true, reply: late},
		{name: "every reply late", reply: late, lasting: true},
		{name: "wrong reply", passing: true, reply: garbage},
		{name: "every reply wrong", reply: garbage, lasting: true},
		{name: "the reply before once more", passing: true, reply: stale},
		{name: "lying reply", passing: true, reply: lie},
		{name: "every reply a lie", reply: lie, lasting: true},
		{name: "instrument error", passing: true, command: refuse},
		{name: "nothing but instrument errors", command: refuse, lasting: true},
		{name: "context cancelled", passing: true, command: during(func(w *wire) { w.cancel() })},
		{name: "context cancelled after the command", passing: true, reply: during(func(w *wire) { w.cancel() })},
	}
}

// TestEveryFaultInEveryExchange lets every exchange of every operation with a simulated supply go wrong in every way.
// What counts is what the output truly does: after an error it is off, or the error says that this is not confirmed,
// and the rail is dead once its switch is open; after success it is as it was asked for. It never goes on without its
// limits.
func TestEveryFaultInEveryExchange(t *testing.T) {
	for _, op := range operations() {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			injected, unconfirmed := 0, 0
			for _, f := range faults() {
				i, u := injectEverywhere(t, op, f)
				if i == 0 {
					t.Errorf("%s: never injected", f.name)
				}
				injected, unconfirmed = injected+i, unconfirmed+u
			}
			t.Logf("%d faults; after %d the output was not confirmed off, and its switch was opened", injected, unconfirmed)
		})
	}
}

// injectEverywhere lets a fault hit each exchange of an operation in turn, until the operation has no exchange left.
func injectEverywhere(t *testing.T, op operation, f fault) (injected, unconfirmed int) {
	for k := 1; ; k++ {
		var r result
		synctest.Test(t, func(t *testing.T) { r = inject(t, op, f, k) })
		if r.exchanges < k {
			return injected, unconfirmed
		}
		if r.injected > 0 {
			injected++
		}
		if r.unconfirmed {
			unconfirmed++
		}
		if len(r.problems) > 0 {
			t.Errorf("%s in exchange %d: %q; it returned: %v", f.name, k, r.problems, r.err)
		}
	}
}

// result is how an operation ended.
type result struct {
	exchanges, injected int
	unconfirmed         bool
	err                 error
	problems            []string
}

// inject carries out an operation with a fault in its k-th exchange.
func inject(t *testing.T, op operation, f fault, k int) (r result) {
	w := newWire(t)
	out := op.before(t, w)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.cancel = cancel
	w.arm(f, k)
	begin := time.Now()
	r.err = op.do(ctx, w, out)
	if took := time.Since(begin); took > longest {
		r.problems = append(r.problems, fmt.Sprintf("it took %v", took))
	}
	r.exchanges, r.injected = w.count()
	r.unconfirmed = errors.Is(r.err, power.ErrUnconfirmed)
	r.problems = append(r.problems, w.bad...)
	switch {
	case r.err == nil && !op.done(w):
		r.problems = append(r.problems, fmt.Sprintf("success, but %+v", w.supply.Output(1)))
	case r.unconfirmed && f.passing:
		r.problems = append(r.problems, "off is not confirmed, although the instrument answers again")
	case r.unconfirmed:
		must(t, w.contact.Break()) // as whoever is told that off is not confirmed has to
		if !w.dead() {
			r.problems = append(r.problems, "the rail is not dead behind its open switch")
		}
	case r.err != nil && !off(w):
		r.problems = append(r.problems, "the output is on, and the error does not say that off is not confirmed")
	}
	return r
}

// longest is what an operation may take when everything goes wrong: a wait for its own answer, and switching off.
const longest = 15 * time.Second

// TestStuckOutputIsBeyondTheLink is the one fault that the instrument's own link cannot show: an output that stays on
// and says it is off. That takes an independent sensor; see the bench's failure matrix.
func TestStuckOutputIsBeyondTheLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		out := energised(t, w)
		ch, err := w.supply.Channel(1)
		must(t, err)
		ch.Stick(true)
		if err := out.Off(t.Context()); err != nil || off(w) {
			t.Errorf("%v, %+v", err, w.supply.Output(1))
		}
		if w.dead() {
			t.Error("the rail is dead in spite of an output that is stuck")
		}
		must(t, w.contact.Break())
		if !w.dead() {
			t.Error("the rail is not dead behind its open switch")
		}
	})
}

// TestUnwinding lets the caller's goroutine end in the middle of each call of an operation, by a panic or by
// runtime.Goexit, as a failed assertion does.
func TestUnwinding(t *testing.T) {
	for name, unwind := range map[string]func(){"panic": func() { panic("injected") }, "Goexit": runtime.Goexit} {
		for operation, do := range map[string]func(context.Context, *powertest.Channel) error{
			"Limit": func(ctx context.Context, ch *powertest.Channel) error {
				_, err := power.Limit(ctx, ch, kl30())
				return err
			},
			"On":  func(ctx context.Context, ch *powertest.Channel) error { return sound(ch).On(ctx, 13*physic.Volt) },
			"Set": func(ctx context.Context, ch *powertest.Channel) error { return sound(ch).Set(ctx, 9*physic.Volt) },
			"Off": func(ctx context.Context, ch *powertest.Channel) error { return sound(ch).Off(ctx) },
			"ClearTrip": func(ctx context.Context, ch *powertest.Channel) error {
				return sound(ch).ClearTrip(ctx)
			},
		} {
			for k := 1; ; k++ {
				ch, struck := unwound(t.Context(), do, unwind, k)
				if !struck {
					break
				}
				if ch.On() {
					t.Errorf("%s in call %d of %s leaves the output on: %v", name, k, operation, ch.Calls())
				}
			}
		}
	}
}

// sound returns an output that is on. It may be called while ch does not unwind.
func sound(ch *powertest.Channel) *power.Output {
	before := ch.Before
	ch.Before = nil
	out, err := power.Limit(context.Background(), ch, kl30())
	if err != nil {
		panic(err)
	}
	if err := out.On(context.Background(), 12*physic.Volt); err != nil {
		panic(err)
	}
	ch.Before = before
	return out
}

// unwound lets the k-th call end its goroutine and reports whether it did.
func unwound(ctx context.Context, do func(context.Context, *powertest.Channel) error, unwind func(), k int,
) (ch *powertest.Channel, struck bool) {
	ch = &powertest.Channel{}
	n := 0
	ch.Before = func(context.Context, string) {
		if n++; n == k {
			struck = true
			unwind()
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }()
		_ = do(ctx, ch)
	}()
	<-done
	return ch, struck
}

package bench

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/bench/equipment"
	"otabench/bench/record"
	"otabench/power"
	"otabench/power/powertest"
	"otabench/power/sim"
)

// bareRail is a rail on a channel that can be made to fail, and the order of what was done to channel and switch.
func bareRail(t *testing.T) (r *Rail, ch *powertest.Channel, sw *sim.Contact) {
	t.Helper()
	w, err := record.NewWriter(io.Discard, record.Header{})
	if err != nil {
		t.Fatal(err)
	}
	ch, sw = &powertest.Channel{}, sim.NewContact("main")
	b := &Bench{opts: Options{Record: w}, power: &equipment.Power{
		Switches: map[string]power.Switch{"main": sw}, Channels: map[string]power.Channel{"kl30": ch},
	}}
	r = newRail(b, "kl30", config.Rail{Switch: "main", Nominal: 13500 * physic.MilliVolt, Limits: config.Limits{
		Voltage: 16 * physic.Volt, Current: 3 * physic.Ampere, OVP: 17 * physic.Volt, OCP: 3200 * physic.MilliAmpere,
	}})
	b.rails = map[string]*Rail{"kl30": r}
	return r, ch, sw
}

func energise(t *testing.T, r *Rail) {
	t.Helper()
	if err := r.On(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// A supply that fails may take seconds to be switched off, or may never be: the switch opens before that is tried.
func TestSwitchOpensBeforeAFailingSupplyIsSwitchedOff(t *testing.T) {
	r, ch, sw := bareRail(t)
	energise(t, r)
	var made []bool
	ch.Before = func(_ context.Context, call string) {
		if call == "Enable(false)" {
			made = append(made, sw.Made())
		}
	}
	ch.FailFrom = len(ch.Calls()) + 1
	if err := r.Set(t.Context(), 12*physic.Volt); !errors.Is(err, power.ErrUnconfirmed) {
		t.Errorf("Set: %v", err)
	}
	if len(made) == 0 || slices.Contains(made, true) {
		t.Errorf("the switch while the supply is switched off: %v", made)
	}
}

// A cut that would end later does not close the switch of an output that failed meanwhile.
func TestAFailureEndsACutForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, ch, sw := bareRail(t)
		energise(t, r)
		if err := r.CutNow(time.Second); err != nil {
			t.Fatal(err)
		}
		ch.FailAt = len(ch.Calls()) + 1
		if err := r.Set(t.Context(), 12*physic.Volt); err == nil {
			t.Error("no error")
		}
		time.Sleep(time.Minute)
		if sw.Made() {
			t.Error("the switch was closed again")
		}
	})
}

// Whatever call of On the bench is closed in, On fails and nothing is energised behind it.
func TestCloseDuringOn(t *testing.T) {
	sound, ch, _ := bareRail(t)
	energise(t, sound)
	for n := 1; n <= len(ch.Calls()); n++ {
		synctest.Test(t, func(t *testing.T) {
			r, ch, sw := bareRail(t)
			reached, left := make(chan struct{}), n
			ch.Before = func(ctx context.Context, _ string) {
				if left--; left == 0 {
					close(reached)
					select {
					case <-ctx.Done():
					case <-time.After(time.Second):
					}
				}
			}
			failed := make(chan error, 1)
			go func() { failed <- r.On(context.Background()) }()
			<-reached
			r.bench.retire()
			// This is MakeSafe.
			_, _ = sw.Break(), ch.Enable(t.Context(), false)
			if err := <-failed; err == nil || ch.On() || sw.Made() {
				t.Errorf("closed in call %d: %v; on %v, switch closed %v: %v", n, err, ch.On(), sw.Made(), ch.Calls())
			}
		})
	}
}

func TestClosedRail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, ch, sw := bareRail(t)
		energise(t, r)
		r.bench.retire()
		if sw.Made() {
			t.Error("the switch is closed")
		}
		if err := r.Off(t.Context()); err != nil || ch.On() {
			t.Errorf("Off: %v", err)
		}
		if err := r.On(t.Context()); err == nil || ch.On() || sw.Made() {
			t.Errorf("On: %v", err)
		}
		if err := r.CutNow(time.Second); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		if sw.Made() {
			t.Error("the end of a cut closed the switch")
		}
	})
}

func TestOffWithDoneContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 50 { // select chooses at random
		r, ch, sw := bareRail(t)
		energise(t, r)
		if err := r.Off(ctx); err != nil || ch.On() || sw.Made() {
			t.Fatalf("%v; on %v, switch closed %v", err, ch.On(), sw.Made())
		}
	}
}

// Whatever call of On an Off comes in, Off does not wait for it, and the rail is off and its switch open afterwards.
func TestOffDuringOn(t *testing.T) {
	sound, ch, _ := bareRail(t)
	energise(t, sound)
	energise(t, sound)
	for n := 7; n <= len(ch.Calls()); n++ { // those before set the limits
		synctest.Test(t, func(t *testing.T) {
			r, ch, sw := bareRail(t)
			reached, left := make(chan struct{}), n
			ch.Before = func(ctx context.Context, _ string) {
				if left--; left == 0 {
					close(reached)
					<-ctx.Done()
				}
			}
			failed := make(chan error, 1)
			go func() {
				if err := r.On(context.Background()); err != nil {
					failed <- err
					return
				}
				failed <- r.On(context.Background())
			}()
			<-reached
			if err := r.Off(t.Context()); err != nil {
				t.Errorf("Off in call %d: %v", n, err)
			}
			if err := <-failed; err == nil || ch.On() || sw.Made() {
				t.Errorf("Off in call %d: %v; on %v, switch closed %v", n, err, ch.On(), sw.Made())
			}
		})
	}
}

// stubborn is a switch whose driver refuses to close it.
type stubborn struct{ *sim.Contact }

func (stubborn) Make() error { return errors.New("no such line") }

func TestSwitchThatDoesNotClose(t *testing.T) {
	r, ch, sw := bareRail(t)
	r.contact.sw = stubborn{sw}
	if err := r.On(t.Context()); err == nil || ch.On() {
		t.Errorf("%v; on %v", err, ch.On())
	}
}

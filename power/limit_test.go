package power_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/physic"

	"otabench/power"
	"otabench/power/powertest"
)

func kl30() power.Limits {
	return power.Limits{
		Voltage: 16 * physic.Volt, Current: 3 * physic.Ampere,
		OVP: 17 * physic.Volt, OCP: 3200 * physic.MilliAmpere,
	}
}

func TestLimitOrder(t *testing.T) {
	ch := &powertest.Channel{}
	ch.SetState(power.Settings{Voltage: 30 * physic.Volt, On: true})
	out, err := power.Limit(t.Context(), ch, kl30())
	if err != nil {
		t.Fatal(err)
	}
	if err := out.On(t.Context(), 13500*physic.MilliVolt); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"Enable(false)", "Settings",
		"SetVoltage(0V)", "SetCurrent(3A)", "SetProtection(17V, 3.200A)", "Settings",
		"SetVoltage(13.500V)", "Settings", "Enable(true)", "Settings",
	}
	if diff := cmp.Diff(want, ch.Calls()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if out.Limits() != kl30() {
		t.Errorf("Limits() = %v", out.Limits())
	}
	if got, want := out.String(), "test channel (limits 16V 3A, OVP 17V, OCP 3.200A)"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

func TestLimitRefusesBeforeTalking(t *testing.T) {
	for name, spoil := range map[string]func(*power.Limits){
		"no voltage":            func(l *power.Limits) { l.Voltage = 0 },
		"no current":            func(l *power.Limits) { l.Current = 0 },
		"no OVP":                func(l *power.Limits) { l.OVP = 0 },
		"no OCP":                func(l *power.Limits) { l.OCP = 0 },
		"negative voltage":      func(l *power.Limits) { l.Voltage = -1 },
		"voltage beyond rating": func(l *power.Limits) { l.Voltage, l.OVP = 33*physic.Volt, 34*physic.Volt },
		"current beyond rating": func(l *power.Limits) { l.Current, l.OCP = 4*physic.Ampere, 5*physic.Ampere },
		"OVP below voltage":     func(l *power.Limits) { l.OVP = 15 * physic.Volt },
		"OCP below current":     func(l *power.Limits) { l.OCP = 1 * physic.Ampere },
	} {
		t.Run(name, func(t *testing.T) {
			ch, limits := &powertest.Channel{}, kl30()
			spoil(&limits)
			out, err := power.Limit(t.Context(), ch, limits)
			if out != nil || !errors.Is(err, power.ErrLimit) {
				t.Errorf("Limit = %v, %v, want ErrLimit", out, err)
			}
			if calls := ch.Calls(); len(calls) > 0 {
				t.Errorf("it talked to the instrument: %v", calls)
			}
		})
	}
}

// procedure is everything that can energise a channel, in one go.
func procedure(ctx context.Context, ch power.Channel) error {
	out, err := power.Limit(ctx, ch, kl30())
	if err != nil {
		return err
	}
	if err := out.On(ctx, 12*physic.Volt); err != nil {
		return err
	}
	if err := out.Set(ctx, 9*physic.Volt); err != nil {
		return err
	}
	return out.Off(ctx)
}

// TestEveryCallFailing lets each call of the procedure go wrong in each way, once and for good.
func TestEveryCallFailing(t *testing.T) {
	sound := &powertest.Channel{}
	if err := procedure(t.Context(), sound); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= len(sound.Calls()); n++ {
		for _, fault := range []powertest.Fault{powertest.Refuse, powertest.Lost, powertest.Ignore} {
			before := power.Settings{Voltage: 30 * physic.Volt, On: true} // as an earlier user left it
			once := &powertest.Channel{FailAt: n, Fault: fault}
			once.SetState(before)
			err := procedure(t.Context(), once)
			if once.On() {
				t.Errorf("call %d, fault %d: the channel is left on: %v", n, fault, once.Calls())
			}
			verify(t, once, err)

			lost := &powertest.Channel{FailFrom: n, Fault: fault}
			lost.SetState(before)
			if err := procedure(t.Context(), lost); err == nil && lost.On() {
				t.Errorf("call %d and later, fault %d: no error and left on", n, fault)
			}
			verify(t, lost, err)
		}
	}
}

// verify checks what must hold whatever goes wrong.
func verify(t *testing.T, ch *powertest.Channel, err error) {
	t.Helper()
	calls := ch.Calls()
	on := slices.Index(calls, "Enable(true)")
	protected := slices.IndexFunc(calls, func(c string) bool { return strings.HasPrefix(c, "SetProtection") })
	if on >= 0 && (protected < 0 || !slices.Contains(calls[protected:on], "Settings")) {
		t.Errorf("energised before the limits were read back: %v", calls)
	}
	voltage := slices.Index(calls, "SetVoltage(12V)")
	if on >= 0 && (voltage < 0 || voltage > on || !slices.Contains(calls[voltage:on], "Settings")) {
		t.Errorf("energised before the voltage was read back: %v", calls)
	}
	off := lastIndex(calls, "Enable(false)")
	if off < 0 || off < on {
		t.Errorf("not told to switch off: %v", calls)
	}
	if off >= 0 && err != nil && !slices.Contains(calls[off:], "Settings") {
		t.Errorf("off was not confirmed: %v", calls)
	}
}

func lastIndex(of []string, what string) int {
	for i := len(of) - 1; i >= 0; i-- {
		if of[i] == what {
			return i
		}
	}
	return -1
}

func TestReadBackDiffers(t *testing.T) {
	for name, at := range map[string]int{"zero volts": 3, "current": 4, "protection": 5} {
		t.Run(name, func(t *testing.T) {
			ch := &powertest.Channel{FailAt: at, Fault: powertest.Ignore}
			ch.SetState(power.Settings{Voltage: 5 * physic.Volt})
			_, err := power.Limit(t.Context(), ch, kl30())
			if !errors.Is(err, power.ErrReadBack) {
				t.Errorf("Limit: %v, want ErrReadBack", err)
			}
		})
	}
}

func TestReadBackTolerance(t *testing.T) {
	for _, tc := range []struct {
		off  physic.ElectricPotential
		fine bool
	}{
		{0, true},
		{power.VoltageTolerance, true},
		{-power.VoltageTolerance, true},
		{power.VoltageTolerance + 1, false},
		{-power.VoltageTolerance - 1, false},
	} {
		ch := &powertest.Channel{}
		ch.Before = func(_ context.Context, call string) {
			if s := ch.State(); call == "Settings" && s.OVP == kl30().OVP {
				s.OVP += tc.off
				ch.SetState(s)
			}
		}
		_, err := power.Limit(t.Context(), ch, kl30())
		if tc.fine != (err == nil) {
			t.Errorf("OVP off by %v: %v", tc.off, err)
		}
	}
}

func TestLimitOffWhenContextIsDone(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ch := &powertest.Channel{Before: func(_ context.Context, call string) {
		if strings.HasPrefix(call, "SetCurrent") {
			cancel()
		}
	}}
	ch.SetState(power.Settings{On: true})
	_, err := power.Limit(ctx, ch, kl30())
	if !errors.Is(err, context.Canceled) || ch.On() {
		t.Errorf("Limit: %v, on %v", err, ch.On())
	}
	if last := ch.Calls()[len(ch.Calls())-1]; last != "Settings" {
		t.Errorf("the last call is %s, not a confirmation", last)
	}
}

package power_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/physic"

	"otabench/power"
	"otabench/power/powertest"
)

// adoptable is a channel as kl30's limits leave it, on at 12 V.
func adoptable() power.Settings {
	l := kl30()
	return power.Settings{Voltage: 12 * physic.Volt, Current: l.Current, OVP: l.OVP, OCP: l.OCP, On: true}
}

func TestAdoptLeavesTheOutputOn(t *testing.T) {
	ch := &powertest.Channel{}
	ch.SetState(adoptable())
	out, err := power.Adopt(t.Context(), ch, kl30())
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Set(t.Context(), 9*physic.Volt); err != nil {
		t.Fatal(err)
	}
	if err := out.Set(t.Context(), 17*physic.Volt); !errors.Is(err, power.ErrLimit) {
		t.Errorf("beyond the limits: %v", err)
	}
	want := []string{"Settings", "SetVoltage(9V)", "Settings"}
	if diff := cmp.Diff(want, ch.Calls()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// What was not limited as it should be is neither adopted nor touched.
func TestAdoptRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*power.Settings){
		"voltage beyond the limit": func(s *power.Settings) { s.Voltage = 16100 * physic.MilliVolt },
		"another current limit":    func(s *power.Settings) { s.Current = 3100 * physic.MilliAmpere },
		"OVP not armed":            func(s *power.Settings) { s.OVP = 0 },
		"another OCP":              func(s *power.Settings) { s.OCP = physic.Ampere },
	} {
		ch, state := &powertest.Channel{}, adoptable()
		spoil(&state)
		ch.SetState(state)
		if _, err := power.Adopt(t.Context(), ch, kl30()); !errors.Is(err, power.ErrReadBack) {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff([]string{"Settings"}, ch.Calls()); diff != "" {
			t.Errorf("%s: calls (-want +got):\n%s", name, diff)
		}
	}
	ch := &powertest.Channel{FailAt: 1}
	if _, err := power.Adopt(t.Context(), ch, kl30()); !errors.Is(err, powertest.ErrInjected) {
		t.Errorf("no answer: %v", err)
	}
	if _, err := power.Adopt(t.Context(), ch, power.Limits{}); !errors.Is(err, power.ErrLimit) {
		t.Errorf("no limits: %v", err)
	}
}

// An adopted output is one like every other: it can be retired, and is off after a change that failed.
func TestAdoptedOutputEndsLikeOthers(t *testing.T) {
	ch := &powertest.Channel{}
	ch.SetState(adoptable())
	out, err := power.Adopt(t.Context(), ch, kl30())
	if err != nil {
		t.Fatal(err)
	}
	ch.FailAt = len(ch.Calls()) + 1
	if err := out.Set(t.Context(), 9*physic.Volt); !errors.Is(err, powertest.ErrInjected) || ch.On() {
		t.Errorf("a change that fails: %v, on %v", err, ch.On())
	}
	out.Retire()
	if err := out.On(t.Context(), 9*physic.Volt); err == nil || ch.On() {
		t.Errorf("On of a retired output: %v, on %v", err, ch.On())
	}
}

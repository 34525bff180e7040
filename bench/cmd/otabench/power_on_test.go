package main

import (
	"errors"
	"io"
	"slices"
	"testing"
	"testing/synctest"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/bench/equipment"
	"otabench/power"
	"otabench/power/powertest"
)

// lineSwitch is a switch in memory.
type lineSwitch struct{ made, sticks bool }

func (s *lineSwitch) String() string { return "main" }
func (s *lineSwitch) Break() error   { s.made = false; return nil }
func (s *lineSwitch) Made() bool     { return s.made }

func (s *lineSwitch) Make() error {
	s.made = true
	if s.sticks {
		return powertest.ErrInjected
	}
	return nil
}

// switchOn switches on a rail of which only the channel and the switch are there.
func switchOn(t *testing.T, ch *powertest.Channel, s *lineSwitch) error {
	t.Helper()
	f := &config.File{Rails: map[string]config.Rail{"kl30": {
		Supply: "psu", Switch: "main", Nominal: 12 * physic.Volt,
		Limits: config.Limits{Voltage: 16 * physic.Volt, Current: physic.Ampere, OVP: 17 * physic.Volt, OCP: 2 * physic.Ampere},
	}}}
	p := &equipment.Power{
		Channels: map[string]power.Channel{"kl30": ch},
		Switches: map[string]power.Switch{"main": s},
	}
	ch.SetReading(power.Reading{Voltage: 12 * physic.Volt})
	return (&app{out: io.Discard}).powerOn(t.Context(), f, p, "kl30", "")
}

// Whichever call to the supply fails, before the switch is closed or after it, nothing stays energised.
func TestPowerOnThatFailsLeavesNothingOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for n := 1; ; n++ {
			ch, s := &powertest.Channel{FailAt: n}, &lineSwitch{}
			err := switchOn(t, ch, s)
			if n > len(ch.Calls()) {
				if err != nil || !ch.On() || !s.made {
					t.Errorf("nothing failed: %v, output on %t, switch closed %t", err, ch.On(), s.made)
				}
				if !slices.Contains(ch.Calls(), "Measure") {
					t.Error("nothing was measured with the switch closed")
				}
				return
			}
			if s.made != ch.On() || ch.On() != (err == nil) {
				t.Errorf("call %d, %s: %v, output on %t, switch closed %t", n, ch.Calls()[n-1], err, ch.On(), s.made)
			}
		}
	})
}

func TestPowerOnWithASwitchThatFails(t *testing.T) {
	ch, s := &powertest.Channel{}, &lineSwitch{sticks: true}
	if err := switchOn(t, ch, s); !errors.Is(err, powertest.ErrInjected) || ch.On() || s.made {
		t.Errorf("%v, output on %t, switch closed %t", err, ch.On(), s.made)
	}
}

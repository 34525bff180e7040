package power_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
	"otabench/power/powertest"
)

// guarded is a channel with other protections.
type guarded struct {
	*powertest.Channel
	ovp, ocp power.Protection
}

func (g guarded) Protections() (ovp, ocp power.Protection) { return g.ovp, g.ocp }

func TestMissingProtectionsAreNotPretended(t *testing.T) {
	bare := power.Limits{Voltage: 16 * physic.Volt, Current: 3 * physic.Ampere}
	noOVP := kl30()
	noOVP.OVP = 0
	atLimit := kl30()
	atLimit.OCP = atLimit.Current
	for name, tc := range map[string]struct {
		ovp, ocp power.Protection
		limits   power.Limits
		want     string
	}{
		"none at all":            {power.Missing, power.Missing, bare, ""},
		"none, OVP claimed":      {power.Missing, power.Missing, kl30(), "no overvoltage protection that can be set; leave it out"},
		"none, OCP claimed":      {power.Missing, power.Missing, noOVP, "no overcurrent protection that can be set; leave it out"},
		"both, OVP left out":     {power.Adjustable, power.Adjustable, noOVP, "set OVP above zero"},
		"both, both left out":    {power.Adjustable, power.Adjustable, bare, "set OVP above zero"},
		"fuse at the limit":      {power.Adjustable, power.AtLimit, atLimit, ""},
		"fuse of another level":  {power.Adjustable, power.AtLimit, kl30(), "set OCP to the current limit 3A"},
		"fuse, OCP left out":     {power.Missing, power.AtLimit, bare, "set OCP above zero"},
		"only OCP, nothing else": {power.Missing, power.Adjustable, noOVP, ""},
	} {
		t.Run(name, func(t *testing.T) {
			ch := guarded{&powertest.Channel{}, tc.ovp, tc.ocp}
			_, err := power.Limit(t.Context(), ch, tc.limits)
			if tc.want == "" && err != nil || tc.want != "" && (!errors.Is(err, power.ErrLimit) || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("Limit: %v, want %q", err, tc.want)
			}
			if tc.want != "" && len(ch.Calls()) > 0 {
				t.Errorf("it talked to the instrument: %v", ch.Calls())
			}
		})
	}
	if got, want := bare.String(), "16V 3A, OVP none, OCP none"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
	if got := power.AtLimit.String() + ", " + power.Protection(9).String(); got != "at the current limit, Protection(9)" {
		t.Errorf("String() = %q", got)
	}
}

// sequencer is a channel that can step through voltages.
type sequencer struct {
	*powertest.Channel
	points []power.Point
	starts int
	stops  int
	err    error
}

func (s *sequencer) SequenceRange() power.SequenceRange {
	return power.SequenceRange{
		Points: 3, Repeats: 10,
		MinDwell: time.Millisecond, MaxDwell: time.Second, Resolution: time.Millisecond,
	}
}

func (s *sequencer) LoadSequence(_ context.Context, points []power.Point, _ int) error {
	s.points = points
	return s.err
}

func (s *sequencer) StartSequence(context.Context) error { s.starts++; return nil }

func (s *sequencer) StopSequence(context.Context) error { s.stops++; return nil }

func TestSequence(t *testing.T) {
	ch := &sequencer{Channel: &powertest.Channel{}}
	out, err := power.Limit(t.Context(), ch, kl30())
	if err != nil {
		t.Fatal(err)
	}
	if r, ok := out.SequenceRange(); !ok || r.Points != 3 || ch.stops != 1 {
		t.Errorf("SequenceRange = %+v, %v; stopped %d times, want what an earlier user started to be stopped", r, ok, ch.stops)
	}
	good := power.Point{Voltage: 9 * physic.Volt, Dwell: 10 * time.Millisecond}
	for name, tc := range map[string]struct {
		points []power.Point
		repeat int
		want   string
	}{
		"empty":         {nil, 1, "takes 1 to 3"},
		"too long":      {[]power.Point{good, good, good, good}, 1, "takes 1 to 3"},
		"not repeated":  {[]power.Point{good}, 0, "takes 1 to 10"},
		"too often":     {[]power.Point{good}, 11, "takes 1 to 10"},
		"too short":     {[]power.Point{good, {Voltage: 0, Dwell: 0}}, 1, "point 2 of the sequence, 0s"},
		"too fine":      {[]power.Point{{Voltage: 0, Dwell: 1500 * time.Microsecond}}, 1, "steps of 1ms"},
		"beyond limits": {[]power.Point{good, {Voltage: 17 * physic.Volt, Dwell: time.Second}}, 1, "point 2, 17V"},
		"negative":      {[]power.Point{{Voltage: -1, Dwell: time.Second}}, 1, "limited to 0V to 16V"},
	} {
		err := out.LoadSequence(t.Context(), tc.points, tc.repeat)
		if !errors.Is(err, power.ErrLimit) || !strings.Contains(err.Error(), tc.want) || ch.points != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := out.LoadSequence(t.Context(), []power.Point{good, good}, 2); err != nil || len(ch.points) != 2 {
		t.Errorf("Sequence: %v", err)
	}
	// What is loaded and not started is left as it is.
	if err := out.Set(t.Context(), 5*physic.Volt); err != nil || ch.stops != 1 {
		t.Errorf("Set: %v, stopped %d times", err, ch.stops)
	}
	if err := out.StartSequence(t.Context()); err != nil || ch.starts != 1 {
		t.Errorf("StartSequence: %v, started %d times", err, ch.starts)
	}
	for range 2 { // the second has nothing to stop
		if err := out.Set(t.Context(), 5*physic.Volt); err != nil || ch.stops != 2 {
			t.Errorf("Set: %v, stopped %d times", err, ch.stops)
		}
	}
	if err := out.StartSequence(t.Context()); !errors.Is(err, power.ErrNoSequence) || ch.starts != 1 || ch.On() {
		t.Errorf("StartSequence of nothing: %v, started %d times", err, ch.starts)
	}
	if err := out.LoadSequence(t.Context(), []power.Point{good}, 1); err != nil {
		t.Error(err)
	}
	if err := out.On(t.Context(), 5*physic.Volt); err != nil || ch.stops != 3 {
		t.Errorf("On: %v, stopped %d times", err, ch.stops)
	}
	if err := out.Off(t.Context()); err != nil || ch.stops != 4 {
		t.Errorf("Off: %v, stopped %d times", err, ch.stops)
	}

	ch.err = powertest.ErrInjected
	if err := out.On(t.Context(), 12*physic.Volt); err != nil {
		t.Fatal(err)
	}
	if err := out.LoadSequence(t.Context(), []power.Point{good}, 1); !errors.Is(err, powertest.ErrInjected) || ch.On() {
		t.Errorf("a sequence that fails leaves the output on: %v", err)
	}
	plain := limited(t, &powertest.Channel{})
	if _, ok := plain.SequenceRange(); ok {
		t.Error("a channel without a sequencer has a range")
	}
	if err := plain.LoadSequence(t.Context(), []power.Point{good}, 1); !errors.Is(err, power.ErrLimit) {
		t.Errorf("without a sequencer: %v", err)
	}
}

// floored is a channel that takes no voltage below 20 mV.
type floored struct{ *powertest.Channel }

func (floored) Floor() physic.ElectricPotential { return 20 * physic.MilliVolt }

func TestFloor(t *testing.T) {
	ch := floored{&powertest.Channel{}}
	out, err := power.Limit(t.Context(), ch, kl30())
	if err != nil || ch.State().Voltage != 20*physic.MilliVolt {
		t.Fatalf("Limit: %v, set to %v", err, ch.State().Voltage)
	}
	if err := out.On(t.Context(), 0); !errors.Is(err, power.ErrLimit) || !strings.Contains(err.Error(), "limited to 20mV to 16V") {
		t.Errorf("On(0): %v", err)
	}
	if err := out.On(t.Context(), 20*physic.MilliVolt); err != nil {
		t.Error(err)
	}
}

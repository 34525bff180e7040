package profile_test

import (
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power/profile"
)

// play feeds a comparison with a waveform, read at a period.
func play(c *profile.Curve, s profile.Sensor, period time.Duration, wave func(time.Duration) physic.ElectricPotential,
) profile.Judgement {
	x := profile.NewComparison(c, s)
	x.Add(-period, wave(-period))
	for _, segment := range c.Segments {
		// Closely around the ends, where something happens.
		for t := segment.Start; t < segment.End(); {
			x.Add(t, wave(t))
			if t > segment.Start+closeUp && t < segment.End()-closeUp {
				t += min(40*period, segment.End()-closeUp-t)
			} else {
				t += period
			}
		}
	}
	x.Add(c.Duration()+period, wave(c.Duration()+period))
	for i, segment := range c.Segments {
		if segment.Open {
			x.Opened(i, segment.Length)
		}
	}
	return x.Result()
}

// closeUp is how long around the ends of a part readings are close.
const closeUp = 30 * time.Millisecond

// ideal is the curve itself in the middle of its tolerance; an open line falls to 0 V.
func ideal(c *profile.Curve) func(time.Duration) physic.ElectricPotential {
	aim := (c.Tolerance.Above - c.Tolerance.Below) / 2
	return func(t time.Duration) physic.ElectricPotential {
		v, driven := c.At(t)
		if !driven {
			return 0
		}
		return max(v+aim, 0)
	}
}

func ina226() profile.Sensor {
	return profile.Sensor{Age: 2420 * time.Microsecond, Volts: 9 * physic.MilliVolt, Percent: 0.1}
}

func compile(t *testing.T, name string) *profile.Curve {
	t.Helper()
	p, err := profile.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.Compile(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func report(j profile.Judgement) string {
	var b strings.Builder
	for _, l := range j.Rows() {
		b.WriteString(l.Segment.Name + ": " + l.String() + "\n")
	}
	return b.String()
}

// A curve that is followed exactly and read often enough is met, in every part.
func TestIdealIsMet(t *testing.T) {
	for name, c := range curves(t) {
		const period = 250 * time.Microsecond
		j := play(c, profile.Sensor{}, period, ideal(c))
		for _, l := range j.Rows() {
			// Of what is shorter than the period nothing can be known, and little of an edge that uses its whole time.
			least := 4 * period
			if l.Segment.AtMost {
				least = 40 * period
			}
			if l.Verdict != profile.Met && l.Segment.Length > least {
				t.Errorf("%s, %s (%v): %v", name, l.Segment.Name, l.Segment, l.Finding)
			}
		}
	}
}

func TestSlowSensorTellsNoFastEdges(t *testing.T) {
	c := compile(t, "iso16750-2-starting-4")
	j := play(c, ina226(), time.Millisecond, ideal(c))
	for _, l := range j.Rows() {
		want := profile.Met
		switch l.Segment.Name {
		case "fall tf", "lowest t6":
			want = profile.NotMeasured
		}
		if l.Verdict != want {
			t.Errorf("%s: %v", l.Segment.Name, l.Finding)
		}
	}
	if v := j.Verdict(); v != profile.NotMeasured || !v.Void() {
		t.Errorf("%v", v)
	}
}

func TestDeviations(t *testing.T) {
	const name = "iso16750-2-starting-4"
	c := compile(t, name)
	exact := ideal(c)
	for what, x := range map[string]struct {
		wave func(time.Duration) physic.ElectricPotential
		part string
		want profile.Verdict
		text string
	}{
		"late within the tolerance": {func(t time.Duration) physic.ElectricPotential {
			return exact(t - 50*time.Millisecond)
		}, "lowest t6", profile.Met, ""},
		"too early": {func(t time.Duration) physic.ElectricPotential {
			if t > 500*time.Millisecond {
				t += 200 * time.Millisecond
			}
			return exact(t)
		}, "before", profile.Approximated, "lasts 1.8"},
		"too high": {func(t time.Duration) physic.ElectricPotential {
			return exact(t) + 300*physic.MilliVolt
		}, "before", profile.Approximated, "off by up to 200mV"},
		"never there": {func(time.Duration) physic.ElectricPotential {
			return 11900 * physic.MilliVolt
		}, "fall tf", profile.NotMet, "no change from 11.900V to 5.900V"},
		"slow edge":   {slow(exact, 22*time.Millisecond), "fall tf", profile.NotMet, "takes "},
		"not reached": {slow(exact, 22*time.Millisecond), "lowest t6", profile.NotMet, "off by up to"},
	} {
		j := play(c, profile.Sensor{}, 100*time.Microsecond, x.wave)
		found := false
		for _, l := range j.Rows() {
			if l.Segment.Name == x.part {
				found = true
				if l.Verdict != x.want || !strings.Contains(l.Reason, x.text) {
					t.Errorf("%s, %s: %v; want %v, %q\n%s", what, x.part, l.Finding, x.want, x.text, report(j))
				}
			}
		}
		if !found {
			t.Errorf("no part %s", x.part)
		}
	}
}

// slow limits how fast a waveform falls to a constant rate that takes the given time from 12 V to 6 V.
func slow(wave func(time.Duration) physic.ElectricPotential, fall time.Duration,
) func(time.Duration) physic.ElectricPotential {
	var at time.Duration
	v := wave(0)
	return func(t time.Duration) physic.ElectricPotential {
		least := v - physic.ElectricPotential(float64(6*physic.Volt)*float64(t-at)/float64(fall))
		v, at = max(wave(t), least), t
		return v
	}
}

func TestNothingMeasured(t *testing.T) {
	c := compile(t, "iso16750-2-momentary-drop")
	j := profile.NewComparison(c, ina226()).Result()
	if j.Verdict() != profile.NotMeasured {
		t.Errorf("%v\n%s", j.Verdict(), report(j))
	}
}

func TestCoarseSensor(t *testing.T) {
	c := compile(t, "iso16750-2-reset")
	j := play(c, profile.Sensor{Volts: 150 * physic.MilliVolt}, 10*time.Millisecond, ideal(c))
	if j.Verdict() != profile.NotMeasured {
		t.Errorf("%v\n%s", j.Verdict(), report(j))
	}
}

func TestInterruptions(t *testing.T) {
	const text = `
name: cut
tolerance: {below: 200mV, time: 5%}
start: 11V
steps:
  - {name: before, hold: 1s}
  - {name: cut, cut: 500ms}
  - {name: after, hold: 1s}
`
	c, err := parse(t, text).Compile(nil)
	if err != nil {
		t.Fatal(err)
	}
	welded := func(time.Duration) physic.ElectricPotential { return 10900 * physic.MilliVolt }
	for what, x := range map[string]struct {
		wave   func(time.Duration) physic.ElectricPotential
		opened time.Duration
		want   profile.Verdict
		text   string
	}{
		"exact":   {ideal(c), 500 * time.Millisecond, profile.Met, ""},
		"longer":  {ideal(c), 600 * time.Millisecond, profile.Approximated, "open for 600ms instead of 500ms"},
		"unknown": {ideal(c), 0, profile.NotMeasured, "not known"},
		"welded":  {welded, 500 * time.Millisecond, profile.NotMet, "welded"},
	} {
		y := profile.NewComparison(c, ina226())
		for at := time.Duration(0); at < c.Duration(); at += time.Millisecond {
			y.Add(at, x.wave(at))
		}
		y.Opened(1, x.opened)
		if f := y.Result().Findings[1]; f.Verdict != x.want || !strings.Contains(f.Reason, x.text) {
			t.Errorf("%s: %v", what, f)
		}
	}
}

func TestSteps(t *testing.T) {
	c := compile(t, "lv124-e07-slow-decrease-increase")
	exact := ideal(c)
	for step, want := range map[physic.ElectricPotential]profile.Verdict{
		20 * physic.MilliVolt: profile.Met, 25 * physic.MilliVolt: profile.Met, 40 * physic.MilliVolt: profile.Approximated,
	} {
		j := play(c, profile.Sensor{}, 10*time.Millisecond, func(t time.Duration) physic.ElectricPotential {
			return exact(t) / step * step
		})
		if j.Verdict() != want {
			t.Errorf("steps of %v: %v\n%s", step, j.Verdict(), report(j))
		}
	}
}

// An edge that begins below the level before it is measured by what is left of it.
func TestEdgeFromAnUnreachedLevel(t *testing.T) {
	const text = `
name: edge
tolerance: {below: 200mV, time: 5%}
start: 12V
steps:
  - {name: before, hold: 1s}
  - {name: fall, to: 6V, within: 100ms, hold: 1s}
`
	c, err := parse(t, text).Compile(nil)
	if err != nil {
		t.Fatal(err)
	}
	// From 10.5 V on, which is beyond the first tenth, at a rate that takes 200 ms for all of the way.
	late := func(t time.Duration) physic.ElectricPotential {
		fallen := physic.ElectricPotential(max(t-time.Second, 0)/time.Microsecond) * 30 * physic.MicroVolt
		return max(10500*physic.MilliVolt-fallen, 5900*physic.MilliVolt)
	}
	j := play(c, profile.Sensor{}, 100*time.Microsecond, late)
	if f := j.Findings[1]; f.Verdict != profile.Approximated || !strings.HasPrefix(f.Reason, "takes ") {
		t.Errorf("%v\n%s", f, report(j))
	}
}

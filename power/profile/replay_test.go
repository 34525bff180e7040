package profile_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power/profile"
)

func TestReadCSV(t *testing.T) {
	for name, text := range map[string]string{
		"plain":      "0,12\n0.005,6.0\n1.5,6.5\n",
		"heading":    "\ufefftime,voltage\r\n100,12\r\n100.005,6,0.7\r\n\r\n101.5,6.5\r\n",
		"semicolons": "# scope\nTime (s);U (V)\n-1;12\n-0.995;6\n0.5;6.5\n",
	} {
		c, err := profile.ReadCSV("crank.csv", strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.Duration() != 1500*time.Millisecond || c.Before != 12*physic.Volt || c.Final() != 6500*physic.MilliVolt {
			t.Errorf("%s: %v, from %v to %v", name, c.Duration(), c.Before, c.Final())
		}
		if v, _ := c.At(2500 * time.Microsecond); v != 9*physic.Volt {
			t.Errorf("%s: %v half way down", name, v)
		}
	}
}

func TestReadCSVErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "at least two points",
		"t,v\n":                                "at least two points",
		"0,12\n0,6\n":                          "crank.csv:2:1: the time does not rise",
		"0,12\n1\n":                            "crank.csv:2:1: want time and voltage",
		"0,12\n1,NaN\n":                        "out of range",
		"0,12\n1,5000\n":                       "out of range",
		"0,12\nx,6\n":                          "time in seconds",
		"0,12V\n1,6\n":                         "crank.csv:1:1: voltage in volts",
		"0,12\n" + strings.Repeat("9", 1<<13):  "read the recording crank.csv",
		"0,12\n99999999999,12\n":               "out of range",
		"0,12\n1e300,12\n":                     "out of range",
		"0,12\n0.0000000001,12\n0.000001,12\n": "the time does not rise",
	} {
		if _, err := profile.ReadCSV("crank.csv", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v; want %s", text, err, want)
		}
	}
	broken := errors.New("unplugged")
	if _, err := profile.ReadCSV("crank.csv", failing{broken}); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// crank is a recording at 1 kHz: 12 V, down to 8 V in 200 ms and back in 600 ms.
func crank(t *testing.T) *profile.Curve {
	t.Helper()
	var points []profile.Point
	for at := time.Duration(0); at <= 2*time.Second; at += time.Millisecond {
		v := 12 * physic.Volt
		switch {
		case at > 1200*time.Millisecond:
			v = min(8*physic.Volt+physic.ElectricPotential((at-1200*time.Millisecond)/time.Millisecond)*4*physic.Volt/600, v)
		case at > time.Second:
			v -= physic.ElectricPotential((at-time.Second)/time.Millisecond) * 4 * physic.Volt / 200
		}
		points = append(points, profile.Point{At: at, Volts: v})
	}
	c, err := profile.Replay("crank", points)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A recording is judged by its voltage, piece by piece, also where a piece is shorter than the time between readings.
func TestReplayIsJudged(t *testing.T) {
	c := crank(t)
	at := func(t time.Duration) physic.ElectricPotential { v, _ := c.At(t); return v }
	for name, x := range map[string]struct {
		wave   func(time.Duration) physic.ElectricPotential
		period time.Duration
		want   profile.Verdict
	}{
		"exact":      {at, 700 * time.Microsecond, profile.Met},
		"late":       {func(t time.Duration) physic.ElectricPotential { return at(t - 3*ms) }, ms, profile.Met},
		"too high":   {func(t time.Duration) physic.ElectricPotential { return at(t) + 300*physic.MilliVolt }, ms, profile.Approximated},
		"nothing":    {func(time.Duration) physic.ElectricPotential { return 12 * physic.Volt }, ms, profile.NotMet},
		"read twice": {at, time.Second, profile.NotMeasured},
	} {
		y := profile.NewComparison(c, profile.Sensor{})
		for t := time.Duration(0); t <= c.Duration(); t += x.period {
			y.Add(t, x.wave(t))
		}
		if j := y.Result(); j.Verdict() != x.want {
			t.Errorf("%s: %v\n%s", name, j.Verdict(), report(j))
		}
	}
}

// A host makes as much of a recording as it can, and no command waits for another.
func TestReplayIsPlanned(t *testing.T) {
	for name, x := range map[string]struct {
		can  profile.Capability
		want profile.Verdict
	}{
		"fast": {profile.Capability{
			Highest: 16 * physic.Volt, Interval: 4 * ms, Rise: physic.Volt, Fall: physic.Volt,
		}, profile.Met},
		"slow": {dp832(), profile.NotMet},
	} {
		p := profile.NewPlan(crank(t), x.can)
		last := -time.Hour
		for i, a := range p.Actions {
			if a.At < last+x.can.Interval && i+1 < len(p.Actions) {
				t.Errorf("%s: %v after %v", name, a.At, last)
			}
			last = a.At
		}
		if p.Verdict() != x.want {
			t.Errorf("%s: %v\n%s", name, p.Verdict().Before(), report(p.Judgement))
		}
	}
}

package profile_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power/profile"
)

const drop = `name: drop
tolerance: {below: 200mV, time: 5%, step: 25mV}
parameters:
  Usmin: {default: 9V, about: lowest supply voltage}
start: Usmin
steps:
  - {name: before, hold: 1s}
  - {name: down, to: 50% Usmin - 0.5V, in: 10ms, hold: 100ms}
  - {name: up, to: Usmin, rate: 0.5V/s}
  - await: crank
  - repeat: 2
    steps:
      - {cut: 10us}
      - {hold: 1min, ripple: {peak_to_peak: 2V, frequency: 2Hz, begin: low}}
`

func parse(t *testing.T, text string) *profile.Profile {
	t.Helper()
	p, err := profile.Parse("drop.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestParse(t *testing.T) {
	p := parse(t, drop)
	c, err := p.Compile(map[string]physic.ElectricPotential{"Usmin": 8 * physic.Volt})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range c.Segments {
		got = append(got, s.String())
	}
	want := []string{
		"8V for 1s", "8V to 3.500V in 10ms", "3.500V for 100ms", "3.500V to 8V in 9s", "line open for 10µs",
		"8V with 2V peak to peak at 2Hz for 1m0s", "line open for 10µs", "7V with 2V peak to peak at 2Hz for 1m0s",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	if len(c.Waits) != 1 || c.Waits[0] != (profile.Wait{At: 10110 * time.Millisecond, Event: "crank"}) {
		t.Errorf("waits %v", c.Waits)
	}
	if v, driven := c.At(10110*time.Millisecond + 5*time.Microsecond); v != 8*physic.Volt || driven {
		t.Errorf("%v, driven %v within the interruption", v, driven)
	}
}

// Each mistake is told with the line and column where it stands.
func TestParseErrors(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"unknown key":        {"in: 10ms", "inn: 10ms", `drop.yaml:8:40: unknown key "inn"; accepted here: `},
		"key twice":          {"hold: 1s}", "hold: 1s, hold: 2s}", "drop.yaml:7:"},
		"no unit":            {"hold: 1s", "hold: 1", `drop.yaml:7:26: "1": 1 has no unit`},
		"unknown unit":       {"hold: 1s", "hold: 1sec", `"sec" is no unit`},
		"wrong dimension":    {"hold: 1s", "hold: 1V", `drop.yaml:7:5: hold: "1V" is not a time`},
		"mixed dimensions":   {"- 0.5V", "- 5ms", "do not add up"},
		"negative time":      {"hold: 1s", "hold: 1s - 2s", "is no time above 0"},
		"no such parameter":  {"to: Usmin", "to: Umin", `drop.yaml:9:5: "Umin": there is no parameter "Umin"; defined: Usmin`},
		"two ways":           {"in: 10ms", "in: 10ms, within: 1s", "want one of in, within and rate"},
		"rate of time":       {"0.5V/s", "0.5s/V", "is no rate"},
		"rate of zero":       {"0.5V/s", "0V/s", "want more than 0 V/s"},
		"slower than a week": {"0.5V/s", "0.001V/h", "takes more than"},
		"repeat":             {"repeat: 2", "repeat: 0", `"0" is not a number from 1`},
		"begin":              {"begin: low", "begin: down", "want low, middle or high"},
		"no frequency":       {", frequency: 2Hz", "", "want peak_to_peak and frequency"},
		"event":              {"await: crank", "await: [crank]", "the name of an event"},
		"tolerance":          {"time: 5%", "time: 5", `"5" is not a percentage`},
		"no name":            {"name: drop\n", "", "name is missing"},
		"no steps":           {"steps:\n  - {name: before", "stepps:\n  - {name: before", "want start, the voltage before"},
		"empty step":         {"- await: crank", "- {}", "want one of to, hold, cut, await, repeat, for"},
		"no YAML":            {"steps:\n  - {name: before", "steps:\n  - {name: [before", "drop.yaml:"},
		"beyond all volts":   {"start: Usmin", "start: 2000V", "more than 1kV"},
		"digits":             {"hold: 1s", "hold: 0.0000000000000000001s", "at most 18 digits"},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.Count(drop, c.old) != 1 {
				t.Fatalf("%q stands %d times in the text", c.old, strings.Count(drop, c.old))
			}
			_, err := profile.Parse("drop.yaml", []byte(strings.Replace(drop, c.old, c.new, 1)))
			var e *profile.Error
			if !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v; want %s", err, c.want)
			}
			for _, p := range e.Problems {
				if p.Line < 1 || p.Column < 1 {
					t.Errorf("no place: %+v", p)
				}
			}
		})
	}
}

func TestExpansionIsBounded(t *testing.T) {
	text := "name: bomb\nstart: 0V\nsteps:\n"
	indent := "  "
	for range 4 {
		text += indent + "- repeat: 100000\n" + indent + "  steps:\n"
		indent += "    "
	}
	text += indent + "- {hold: 1us}\n" + indent + "- {cut: 1us}\n"
	if _, err := profile.Parse("bomb.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("%v", err)
	}
}

func TestRefused(t *testing.T) {
	p, err := profile.Named("iso16750-2-load-dump")
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Compile(nil)
	if !errors.Is(err, profile.ErrRefused) || !strings.Contains(err.Error(), "load dump generator") {
		t.Errorf("%v", err)
	}
	if _, err := profile.Named("iso16750-2-starting-5"); !errors.Is(err, profile.ErrUnknown) {
		t.Errorf("%v", err)
	}
	if _, err := profile.Named("../library/iso16750-2-reset"); !errors.Is(err, profile.ErrUnknown) {
		t.Errorf("a path left the library: %v", err)
	}
}

func TestParameters(t *testing.T) {
	_, err := parse(t, drop).Compile(map[string]physic.ElectricPotential{"UB": physic.Volt})
	if !errors.Is(err, profile.ErrParameter) || !strings.Contains(err.Error(), "Usmin") {
		t.Errorf("%v", err)
	}
}

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

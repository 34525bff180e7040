package link_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"otabench/bench/link"
)

func TestReadyProfilesAreValid(t *testing.T) {
	for _, p := range []link.Profile{
		{}, link.WiFiGood, link.WiFiPoor, link.LTE, link.Edge, link.Satellite, link.NoNetwork, link.Captive, link.Stalled,
	} {
		if err := p.Check(); err != nil {
			t.Error(err)
		}
	}
}

func TestProfilesOutOfRange(t *testing.T) {
	l := link.New(link.Options{})
	defer l.Close()
	for name, p := range map[string]link.Profile{
		"rate below a step":    {Down: 7999},
		"negative rate":        {Up: -1},
		"negative latency":     {Latency: -1},
		"long latency":         {Latency: 3 * time.Minute},
		"jitter above latency": {Latency: time.Millisecond, Jitter: time.Second},
		"loss of all":          {Loss: 1},
		"negative loss":        {Loss: -0.1},
		"no loss":              {Loss: math.NaN()},
	} {
		if err := l.Shape(p); !errors.Is(err, link.ErrProfile) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := l.Profile(); got != (link.Profile{}) {
		t.Errorf("a refused profile is in place: %+v", got)
	}
}

func TestDetail(t *testing.T) {
	for want, p := range map[string]link.Profile{
		"unlimited down, unlimited up":                                    {},
		"200 kbit/s down, 80 kbit/s up, 300ms ± 100ms, loss 1 %, metered": link.Edge,
		"no network":                                        link.NoNetwork,
		"unlimited down, unlimited up, stalled":             link.Stalled,
		"20 Mbit/s down, 20 Mbit/s up, 5ms, captive portal": link.Captive,
	} {
		if got := p.Detail(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := link.LTE.String() + ", " + (link.Profile{Down: 8 * link.Kbit}).String(); got != "LTE, 8 kbit/s down, unlimited up" {
		t.Errorf("named %q", got)
	}
}

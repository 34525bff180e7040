package pdf

import (
	"math"
	"slices"
	"testing"
	"time"

	"otabench/bench/record"
	"otabench/reports"
)

// sampled is a spec in which a rail had voltages, one each millisecond.
func sampled(volts ...float64) *reports.Spec {
	s := &reports.Spec{}
	for i, v := range volts {
		s.Samples = append(s.Samples, reports.At[record.Sample]{T: time.Duration(i) * time.Millisecond, Body: record.Sample{Rail: "kl30", Volts: v}})
	}
	return s
}

func TestACurveIsDrawnWhereAVoltageChanges(t *testing.T) {
	for name, tt := range map[string]struct {
		volts []float64
		want  bool
	}{
		"none":               {nil, false},
		"one":                {[]float64{13.5}, false},
		"steady":             {[]float64{13.5, 13.4, 13.6}, false},
		"a dip":              {[]float64{13.5, 12, 13.5}, true},
		"no number":          {[]float64{math.NaN(), math.NaN()}, false},
		"what no rail gives": {[]float64{13.5, 1e9, math.Inf(1), math.Inf(-1)}, false},
		"reversed":           {[]float64{13.5, -14}, true},
	} {
		if got := newPlot(sampled(tt.volts...)) != nil; got != tt.want {
			t.Errorf("%s: drawn %v", name, got)
		}
	}
}

func TestThePlotHoldsAllVoltages(t *testing.T) {
	p := newPlot(sampled(13.5, -14, 27))
	if p.top != 32 || p.low != -16 {
		t.Errorf("from %g to %g V", p.low, p.top)
	}
	a := axes{p, 100}
	if a.y(p.top) != 100 || a.y(p.low) != 100+plotHeight || a.x(p.from) != plotLeft || a.x(p.to) != plotLeft+plotWidth {
		t.Error("the corners are not where the voltages end")
	}
}

func TestThinKeepsADip(t *testing.T) {
	all := make([]reading, 100_000)
	for i := range all {
		all[i] = reading{time.Duration(i), 13}
	}
	all[54_321].v = 2
	got := thin(all)
	if len(got) > maxPoints {
		t.Errorf("%d points", len(got))
	}
	if !slices.Contains(got, all[54_321]) {
		t.Error("the dip is gone")
	}
	if !slices.IsSortedFunc(got, func(a, b reading) int { return int(a.t - b.t) }) {
		t.Error("the curve goes back in time")
	}
}

func TestTheWindowIsAroundWhatWasDone(t *testing.T) {
	volts := make([]float64, 10_000)
	volts[7000] = 12
	s := sampled(volts...)
	s.Settings = []reports.At[record.Setting]{
		{T: 6990 * time.Millisecond, Body: record.Setting{Device: "kl30", Action: "off"}},
		{T: 6990500 * time.Microsecond, Body: record.Setting{Device: "main", Action: "break"}},
	}
	s.Steps = []reports.At[record.Step]{{T: time.Second, Body: record.Step{Text: "long before"}}, {T: 7 * time.Second, Body: record.Step{Text: "cut"}}}
	p := newPlot(s)
	if p.from != 6490*time.Millisecond || p.to != 7490500*time.Microsecond {
		t.Errorf("from %v to %v", p.from, p.to)
	}
	want := []event{{6990 * time.Millisecond, "set: kl30 off; set: main break"}, {7 * time.Second, "step: cut"}}
	if !slices.Equal(p.events, want) {
		t.Errorf("events %+v", p.events)
	}
}

func TestTicks(t *testing.T) {
	for _, tt := range []struct {
		from, to time.Duration
		first    time.Duration
		n        int
		decimals int
	}{
		{0, time.Second, 0, 6, 1},
		{1500 * time.Millisecond, 10 * time.Second, 2 * time.Second, 9, 0},
		{0, time.Microsecond, 0, 6, 7},
	} {
		p := plot{from: tt.from, to: tt.to}
		at, decimals := p.ticks(0)
		if len(at) != tt.n || at[0] != tt.first || decimals != tt.decimals {
			t.Errorf("from %v to %v: %v with %d decimals", tt.from, tt.to, at, decimals)
		}
	}
}

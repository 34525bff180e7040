package history_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"otabench/bench/record"
	"otabench/reports/history"
)

func TestFlakyOnlyUnderTheSameConditions(t *testing.T) {
	for name, tt := range map[string]struct {
		runs           []made
		passed, failed int // of the flake; 0 if there is none
		regressed      bool
	}{
		"passed and failed":       {[]made{{specs: passed("a")}, {specs: failed("a")}, {specs: passed("a")}}, 2, 1, false},
		"failed at last":          {[]made{{specs: passed("a")}, {specs: failed("a")}}, 1, 1, false},
		"always passed":           {[]made{{specs: passed("a")}, {specs: passed("a")}}, 0, 0, false},
		"always failed":           {[]made{{specs: failed("a")}, {specs: failed("a")}}, 0, 0, false},
		"other firmware":          {[]made{{specs: passed("a")}, {specs: failed("a"), firmware: "1.5.0"}}, 0, 0, true},
		"other bench":             {[]made{{specs: passed("a")}, {specs: failed("a"), bench: "cd34"}}, 0, 0, true},
		"other suite":             {[]made{{specs: passed("a")}, {specs: failed("a"), suite: "beef"}}, 0, 0, true},
		"other clock":             {[]made{{specs: passed("a")}, {specs: failed("a"), real: true}}, 0, 0, true},
		"mended by a firmware":    {[]made{{specs: failed("a")}, {specs: passed("a"), firmware: "1.5.0"}}, 0, 0, false},
		"failed in a void run":    {[]made{{specs: passed("a")}, {specs: []ran{{id: "a", outcome: record.Void}}, fault: true}}, 0, 0, false},
		"passed in a void run":    {[]made{{specs: passed("a"), fault: true}, {specs: failed("a")}}, 0, 0, false},
		"aborted and not run":     {[]made{{specs: passed("a")}, {specs: []ran{{id: "a", outcome: record.Aborted}}}, {specs: []ran{{id: "a"}}}}, 0, 0, false},
		"flaky, not regressed":    {[]made{{specs: passed("a")}, {specs: failed("a"), firmware: "1.5.0"}, {specs: passed("a"), firmware: "1.5.0"}, {specs: failed("a"), firmware: "1.5.0"}}, 1, 2, false},
		"mended by going back":    {[]made{{specs: passed("a")}, {specs: failed("a"), firmware: "1.5.0"}, {specs: passed("a")}}, 0, 0, false},
		"regressed, then not run": {[]made{{specs: passed("a")}, {specs: failed("a"), firmware: "1.5.0"}, {specs: []ran{{id: "a"}}, firmware: "1.5.0"}}, 0, 0, true},
	} {
		o := overview(t, with(t, tt.runs...))
		switch {
		case tt.failed == 0 && len(o.Flaky) > 0:
			t.Errorf("%s: flaky %+v", name, o.Flaky)
		case tt.failed > 0 && (len(o.Flaky) != 1 || o.Flaky[0].Passed != tt.passed || o.Flaky[0].Failed != tt.failed || o.Flaky[0].Reason != "expected 1.4.0, got nothing"):
			t.Errorf("%s: flaky %+v, want %d passed, %d failed", name, o.Flaky, tt.passed, tt.failed)
		}
		if (len(o.Regressions) == 1) != tt.regressed {
			t.Errorf("%s: regressions %+v", name, o.Regressions)
		}
	}
}

// What is unknown is never the same: a suite that no record names is none, twice.
func TestUnknownConditionsAreNotFlaky(t *testing.T) {
	db := open(t)
	for i, m := range []made{{specs: passed("a")}, {specs: failed("a")}} {
		run := m.run(t, i)
		run.Header.Suite = ""
		if err := db.Add(run); err != nil {
			t.Fatal(err)
		}
	}
	o := overview(t, db)
	if len(o.Flaky) != 0 {
		t.Errorf("flaky %+v", o.Flaky)
	}
	if len(o.Regressions) != 1 || o.Regressions[0].Changes[0].String() != "suite: unknown → unknown" {
		t.Errorf("regressions %+v", o.Regressions)
	}
}

func TestARegressionNamesWhatChanged(t *testing.T) {
	o := overview(t, with(t,
		made{specs: passed("a", "b")}, made{specs: passed("a", "b")},
		made{specs: append(failed("a"), passed("b")...), firmware: "1.5.0"},
		made{specs: append(failed("a"), passed("b")...), firmware: "1.6.0"},
	))
	if len(o.Regressions) != 1 {
		t.Fatalf("%+v", o.Regressions)
	}
	r := o.Regressions[0]
	if r.ID != "a" || r.PassedIn != 1 || r.FailedIn != 2 || r.Failed != 2 || fmt.Sprint(r.Changes) != "[firmware of bcm: 1.4.0 → 1.5.0]" {
		t.Errorf("%+v", r)
	}
}

// measuring is a run in which spec a takes a time and measures a voltage with limits of 9 V and 12 V.
func measuring(volts float64, took time.Duration) made {
	lo, hi, u := 9.0, 12.0, 0.02
	return made{specs: []ran{{id: "a", outcome: record.Passed, took: took, bodies: []record.Body{
		record.Measurement{Name: "U", Value: volts, Unit: "V", Source: "adc", Min: &lo, Max: &hi, Uncertainty: &u},
	}}}}
}

func TestDrift(t *testing.T) {
	scatter := []float64{0, 0.01, -0.01, 0.02, 0, -0.02, 0.01, 0, 0.01, -0.01, 0, 0.02}
	for name, tt := range map[string]struct {
		volts         func(i int) float64
		took          func(i int) time.Duration
		runs          int
		moved, creeps bool
		what          string
		left          int // -1: nobody can say
	}{
		"still":                 {func(i int) float64 { return 10 + scatter[i] }, nil, 12, false, false, "", -1},
		"a step":                {func(i int) float64 { return 10 + scatter[i] + 1.5*math.Floor(float64(i)/11) }, nil, 12, true, false, "U", -1},
		"a step, too early":     {func(i int) float64 { return 10 + scatter[i] + 1.5*math.Floor(float64(i)/7) }, nil, 8, false, false, "", -1},
		"within uncertainty":    {func(i int) float64 { return 10 + 0.03*math.Floor(float64(i)/11) }, nil, 12, false, false, "", -1},
		"creeps to a limit":     {func(i int) float64 { return 11 + 0.05*float64(i) }, nil, 12, false, true, "U", 9},
		"creeps from afar":      {func(i int) float64 { return 9.5 + 0.05*float64(i) }, nil, 12, false, true, "U", -1},
		"creeps down":           {func(i int) float64 { return 10 - 0.05*float64(i) }, nil, 12, false, true, "U", 9},
		"a spec becomes slow":   {func(int) float64 { return 10 }, func(i int) time.Duration { return time.Second * time.Duration(1+i/11) }, 12, true, false, "duration", -1},
		"a spec that hardly is": {func(int) float64 { return 10 }, func(i int) time.Duration { return time.Second + 20*time.Millisecond*time.Duration(i/11) }, 12, false, false, "", -1},
	} {
		var runs []made
		for i := range tt.runs {
			took := time.Second
			if tt.took != nil {
				took = tt.took(i)
			}
			runs = append(runs, measuring(tt.volts(i), took))
		}
		drifts := overview(t, with(t, runs...)).Drifts
		if tt.what == "" {
			if len(drifts) > 0 {
				t.Errorf("%s: %+v", name, drifts)
			}
			continue
		}
		if len(drifts) != 1 {
			t.Errorf("%s: %+v", name, drifts)
			continue
		}
		d := drifts[0]
		left := -1
		if d.Left != nil {
			left = *d.Left
		}
		if d.What != tt.what || d.Moved != tt.moved || d.Creeps != tt.creeps || left != tt.left {
			t.Errorf("%s: %+v, %d runs left", name, d, left)
		}
	}
}

// Values of another bench file or clock, and those of void runs, are no yardstick.
func TestDriftComparesLikeWithLike(t *testing.T) {
	for name, odd := range map[string]func(*made){
		"bench": func(m *made) { m.bench = "cd34" },
		"clock": func(m *made) { m.real = true },
		"void":  func(m *made) { m.fault = true },
	} {
		var runs []made
		for i := range 24 {
			m := measuring(11, time.Second)
			if i%2 == 0 {
				m = measuring(9.5, time.Second)
				odd(&m)
			}
			runs = append(runs, m)
		}
		if d := overview(t, with(t, runs...)).Drifts; len(d) > 0 {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

func TestSelection(t *testing.T) {
	db := open(t)
	for i := range 6 {
		run := made{specs: passed("a")}.run(t, i)
		if i%2 == 1 {
			run.Header.Bench = "other"
		}
		if err := db.Add(run); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		s    history.Selection
		want string
	}{
		{history.Selection{}, "[run-000 run-001 run-002 run-003 run-004 run-005]"},
		{history.Selection{Last: 2}, "[run-004 run-005]"},
		{history.Selection{Bench: "other"}, "[run-001 run-003 run-005]"},
		{history.Selection{Bench: "other", Last: 1}, "[run-005]"},
		{history.Selection{Bench: "nowhere"}, "[]"},
	} {
		o, err := db.Overview(tt.s)
		if err != nil {
			t.Fatal(err)
		}
		ids := []string{}
		for _, r := range o.Runs {
			ids = append(ids, r.ID)
		}
		if fmt.Sprint(ids) != tt.want || len(o.Runs) > 0 && len(o.Specs[0].Results) != len(o.Runs) {
			t.Errorf("%+v: %v", tt.s, ids)
		}
	}
}

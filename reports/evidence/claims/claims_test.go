package claims_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/evidence/claims"
	"otabench/reports/reportstest"
)

// run is a run with everything that claims tell of.
func run(t testing.TB) *reports.Run {
	t.Helper()
	l := &reportstest.Log{}
	least, most, uncertainty := 1.0, 2.0, 0.25
	spec := reportstest.Start("aa01", "boots", "UN-R156/7.2.2.1.1", "OTA-POST-4")
	l.Add(
		record.Device{
			Role: "psu", Class: "supply", Address: "tcp://10.0.0.2", Model: "DP832", Serial: "DP8A1", Firmware: "00.01", Simulated: true,
			Details: map[string]string{"calibration": "calibrated 2026-01-01, due 2027-01-01"},
		},
		record.Catalogue{ID: "OTA", Version: "1", Digest: "ab", File: "ota.yaml"},
		record.Proof{Proof: record.KnownBad, Subject: "no-revert", Spec: "aa01", Expected: record.Failed, Got: record.Failed},
		record.Planned{
			Specs: []record.SpecStart{spec}, Unselected: 1, LeftOut: []record.SpecStart{reportstest.Start("bb01", "reverts", "OTA-POST-4")},
			Filter: "OTA", Rationale: "release 1.4", Proven: true,
		},
		record.Deviation{Device: "psu", Text: "overdue"},
		record.Lost{Device: "body", Frames: 3},
		record.Fault{Device: "psu", Text: "link lost"},
	)
	l.Spec(spec, record.Passed, "", record.Measurement{
		Name: "cut latency", Value: 1.5, Unit: "s", Min: &least, Max: &most, Uncertainty: &uncertainty, Source: "adc",
		Basis: &record.Basis{Function: "crossing", Subject: "kl30", From: time.Second, To: 2 * time.Second},
	})
	l.Add(
		record.SweepPlan{Points: 1}, record.SweepResult{Point: "update/1#1/cut", Outcome: "mixed", Recovered: true, Wrong: "neither runs"},
		record.End{Status: "passed"},
	)
	h := reportstest.Header
	h.Suite = "cd34"
	r, err := reports.Derive(h, l.Events, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestNoDifferenceFromItself(t *testing.T) {
	c := claims.Of(run(t))
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var again claims.Claims
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	if found := claims.Compare(again, c); len(found) > 0 {
		t.Errorf("%q", found)
	}
}

// Nothing that a statement says can be altered without being named: each value in it is, one after another.
func TestEveryValueIsCompared(t *testing.T) {
	c := claims.Of(run(t))
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	altered := 0
	alter(tree, func(path string) {
		altered++
		text, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		var stated claims.Claims
		if err := json.Unmarshal(text, &stated); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		found := claims.Compare(stated, c)
		if len(found) == 0 || strings.Contains(found[0], "another order") {
			t.Errorf("%s was altered, and found is %q", path, found)
		}
	})
	if altered < 60 {
		t.Errorf("only %d values were altered", altered)
	}
}

// alter gives each leaf of a tree another value, calls f and puts it back.
func alter(node any, f func(path string)) { alterBelow("", node, func(any) {}, f) }

func alterBelow(path string, node any, set func(any), f func(string)) {
	switch v := node.(type) {
	case map[string]any:
		for k := range v {
			alterBelow(path+"/"+k, v[k], func(x any) { v[k] = x }, f)
		}
		return
	case []any:
		for i := range v {
			alterBelow(fmt.Sprint(path, "/", i), v[i], func(x any) { v[i] = x }, f)
		}
		return
	case string:
		set(v + "x")
		if _, err := time.Parse(time.RFC3339Nano, v); err == nil {
			set("1999-12-31T23:59:59Z")
		}
	case float64:
		set(v + 1)
	case bool:
		set(!v)
	}
	f(path)
	set(node)
}

func TestDifferencesAreInAnEngineersWords(t *testing.T) {
	for want, change := range map[string]func(*claims.Claims){
		`spec aa01: the upper limit of "cut latency" is 2 s in the record and 1 s in the statement`:      func(c *claims.Claims) { *c.Specs[0].Measurements[0].Max = 1 },
		`spec aa01: the lower limit of "cut latency" is 1 s in the record and none in the statement`:     func(c *claims.Claims) { c.Specs[0].Measurements[0].Min = nil },
		`spec aa01: the value of "cut latency" is 1.5 s in the record and 1.25 s in the statement`:       func(c *claims.Claims) { c.Specs[0].Measurements[0].Value = 1.25 },
		`spec aa01: measurement 1, "cut latency", is in the record and not in the statement`:             func(c *claims.Claims) { c.Specs[0].Measurements = nil },
		`spec aa01: the verdict is passed in the record and failed in the statement`:                     func(c *claims.Claims) { c.Specs[0].Verdict = "failed" },
		`spec aa01 is in the record and not in the statement`:                                            func(c *claims.Claims) { c.Specs = nil },
		`spec zz01 is in the statement and not in the record`:                                            func(c *claims.Claims) { c.Specs = append(c.Specs, claims.Spec{ID: "zz01"}) },
		`device supply psu: the serial number is "DP8A1" in the record and "DP8A2" in the statement`:     func(c *claims.Claims) { c.Devices[0].Serial = "DP8A2" },
		`device supply psu: calibration is "calibrated 2026-01-01, due 2027-01-01" in the record and em`: func(c *claims.Claims) { c.Devices[0].Details = nil },
		`run: the verdict is void in the record and passed in the statement`:                             func(c *claims.Claims) { c.Run.Status = "passed" },
		`the record says the same things in another order, or some of them twice`: func(c *claims.Claims) {
			c.Requirements[0], c.Requirements[1] = c.Requirements[1], c.Requirements[0]
		},
		`proof known-bad no-revert aa01: what came of it is "failed" in the record and "passed" in the statement`: func(c *claims.Claims) { c.Proofs[0].Got = "passed" },
		`point update/1#1/cut: the outcome is "mixed" in the record and "old" in the statement`:                   func(c *claims.Claims) { c.Points[0].Outcome = "old" },
	} {
		stated, derived := claims.Of(run(t)), claims.Of(run(t))
		change(&stated)
		found := claims.Compare(stated, derived)
		if len(found) != 1 || !strings.HasPrefix(found[0], want) {
			t.Errorf("found %q, want %q", found, want)
		}
	}
}

// A record may hold anything; what a statement repeats of it is bounded, visible and kept by JSON.
func TestHostileRecords(t *testing.T) {
	l := &reportstest.Log{}
	hostile := "\x1b[2J\u202e\x00" + strings.Repeat("A", 1<<20)
	l.Add(record.Device{Role: hostile, Details: map[string]string{hostile: hostile}}, record.Lost{Device: "x", Frames: math.MaxUint64}, record.Lost{Device: "x", Frames: math.MaxUint64})
	l.Spec(record.SpecStart{ID: hostile, Text: hostile}, record.Failed, hostile, record.Measurement{
		Name: hostile, Unit: hostile, Source: hostile, Basis: &record.Basis{Function: hostile, From: math.MinInt64, To: math.MaxInt64},
	})
	r, err := reports.Derive(reportstest.Header, l.Events, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(claims.Of(r))
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > 40<<10 || strings.ContainsAny(string(text), "\x1b\u202e") {
		t.Errorf("%d bytes", len(text))
	}
	for _, want := range []string{`"lostFrames":9007199254740992`, `"toNs":9007199254740992`, `[U+001B]`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s", want)
		}
	}
}

// A statement about a wholly different run names a thousand differences, and counts the others.
func TestDifferencesAreBounded(t *testing.T) {
	var stated claims.Claims
	for i := range 3000 {
		stated.Specs = append(stated.Specs, claims.Spec{ID: fmt.Sprint(i)})
	}
	found := claims.Compare(stated, claims.Claims{})
	if len(found) != 1001 || found[1000] != "2000 more differences" {
		t.Errorf("%d: %q", len(found), found[len(found)-1])
	}
}

func Example() {
	most := 0.001
	stated := claims.Claims{Specs: []claims.Spec{{ID: "2a2ce363f2", Measurements: []claims.Measurement{{Name: "cut latency", Value: 0.0004, Unit: "s", Max: &most}}}}}
	other := 0.002
	derived := claims.Claims{Specs: []claims.Spec{{ID: "2a2ce363f2", Measurements: []claims.Measurement{{Name: "cut latency", Value: 0.0004, Unit: "s", Max: &other}}}}}
	for _, d := range claims.Compare(stated, derived) {
		fmt.Println(d)
	}
	// Output: spec 2a2ce363f2: the upper limit of "cut latency" is 0.002 s in the record and 0.001 s in the statement
}

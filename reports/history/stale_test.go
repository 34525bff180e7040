package history_test

import (
	"fmt"
	"testing"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/catalogue"
	"otabench/reports/history"
)

// today is what made runs are made with, and the catalogues of this version.
func today(t *testing.T) history.Present {
	t.Helper()
	p := history.Present{Bench: "be0000000000beef", Suite: "50000000000005ee", Firmware: map[string]string{"bcm": "1.4.0"}}
	all, err := catalogue.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		p.Add(c)
	}
	return p
}

func standing(t *testing.T, db *history.DB, p history.Present, clause string) history.Standing {
	t.Helper()
	all, err := db.Stale(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.Clause == clause {
			return s
		}
	}
	t.Fatalf("no %s", clause)
	return history.Standing{}
}

func TestStale(t *testing.T) {
	base := made{specs: passed("a")}
	for name, tt := range map[string]struct {
		runs    []made
		now     func(*history.Present)
		want    history.Freshness
		verdict reports.Verdict
		run     string
		why     string
	}{
		"nothing changed": {[]made{base}, nil, history.Fresh, "passed", "run-000", "[]"},
		"other firmware":  {[]made{base}, func(p *history.Present) { p.Firmware["bcm"] = "1.5.0" }, history.Stale, "passed", "run-000", "[firmware of bcm: 1.4.0 → 1.5.0]"},
		"one unit more":   {[]made{base}, func(p *history.Present) { p.Firmware["vcu"] = "1.0.0" }, history.Stale, "passed", "run-000", "[firmware of vcu: unknown → 1.0.0]"},
		"other bench":     {[]made{base}, func(p *history.Present) { p.Bench = "cd34" }, history.Stale, "passed", "run-000", "[bench file: be0000000000 → cd34]"},
		"other suite":     {[]made{base}, func(p *history.Present) { p.Suite = "beef" }, history.Stale, "passed", "run-000", "[suite: 500000000000 → beef]"},
		"unknown suite":   {[]made{base}, func(p *history.Present) { p.Suite = "" }, history.Stale, "passed", "run-000", "[suite: 500000000000 → unknown]"},
		"other catalogue": {[]made{base}, func(p *history.Present) {
			p.Catalogue["OTA"] = history.Edition{Version: "9"}
		}, history.Stale, "passed", "run-000", "[catalogue of OTA: 1 → 9]"},
		"an older run holds":      {[]made{base, {specs: failed("a"), firmware: "1.5.0"}}, nil, history.Fresh, "passed", "run-000", "[]"},
		"the newest that holds":   {[]made{base, {specs: failed("a")}}, nil, history.Fresh, "failed", "run-001", "[]"},
		"none holds, the newest":  {[]made{base, {specs: failed("a"), firmware: "1.5.0"}}, func(p *history.Present) { p.Firmware["bcm"] = "1.6.0" }, history.Stale, "failed", "run-001", "[firmware of bcm: 1.5.0 → 1.6.0]"},
		"void is no evidence":     {[]made{base, {specs: []ran{{id: "a", outcome: record.Void}}}}, nil, history.Fresh, "passed", "run-000", "[]"},
		"nor is a void run":       {[]made{{specs: passed("a"), fault: true}}, nil, history.Missing, "", "", "[]"},
		"nor is what was not run": {[]made{{specs: []ran{{id: "a"}}}}, nil, history.Missing, "", "", "[]"},
		"nor is it aborted":       {[]made{{specs: []ran{{id: "a", outcome: record.Aborted}}}}, nil, history.Missing, "", "", "[]"},
		"no spec":                 {[]made{{specs: passed("b")}}, nil, history.None, "", "", "[]"},
		"no run":                  {nil, nil, history.Missing, "", "", "[]"},
	} {
		p := today(t)
		if tt.now != nil {
			tt.now(&p)
		}
		s := standing(t, with(t, tt.runs...), p, "OTA-POST-1")
		if s.Freshness != tt.want || s.Verdict != tt.verdict || s.Run != tt.run || fmt.Sprint(s.Changes) != tt.why {
			t.Errorf("%s: %+v", name, s)
		}
		if s.Holds() != (tt.want == history.Fresh || tt.want == history.None) {
			t.Errorf("%s: holds is %v", name, s.Holds())
		}
	}
}

// A run of a part of the specs adds a verdict in part, which does not take away the whole one.
func TestAVerdictInPartDoesNotReplaceAWholeOne(t *testing.T) {
	db := with(t, made{specs: passed("a1", "a2")})
	part := made{specs: passed("a1")}.run(t, 1)
	for _, g := range part.Groups {
		for i := range g.Requirements {
			if g.Requirements[i].ID == "OTA-POST-1" {
				g.Requirements[i].Verdict = reports.InPart
			}
		}
	}
	if err := db.Add(part); err != nil {
		t.Fatal(err)
	}
	if s := standing(t, db, today(t), "OTA-POST-1"); s.Verdict != reports.Passed || s.Run != "run-000" {
		t.Errorf("%+v", s)
	}
	if err := db.Add(made{specs: append(passed("a1"), failed("a2")...)}.run(t, 2)); err != nil {
		t.Fatal(err)
	}
	if s := standing(t, db, today(t), "OTA-POST-1"); s.Verdict != reports.Failed || s.Run != "run-002" {
		t.Errorf("%+v", s)
	}
}

func TestNewestRunOfABench(t *testing.T) {
	db := with(t, made{specs: passed("a")}, made{specs: passed("a"), firmware: "1.5.0"})
	run, err := db.Newest("body bench")
	if err != nil || run.ID != "run-001" || run.Conditions.Firmware["bcm"] != "1.5.0" {
		t.Errorf("%+v %v", run, err)
	}
	if run, err := db.Newest("elsewhere"); run != nil || err != nil {
		t.Errorf("%+v %v", run, err)
	}
}

package history_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/history"
	"otabench/reports/reportstest"
)

// made is a small run, made with firmware 1.4.0 on one bench unless it says otherwise.
type made struct {
	firmware, bench, suite string
	real                   bool // time
	fault                  bool // of the bench, outside of specs, so that the run is void
	specs                  []ran
}

// ran is a spec of a run.
type ran struct {
	id      string
	outcome record.Outcome // empty: planned and not begun
	took    time.Duration
	bodies  []record.Body
}

func passed(ids ...string) (all []ran) {
	for _, id := range ids {
		all = append(all, ran{id: id, outcome: record.Passed})
	}
	return all
}

func failed(id string) []ran { return []ran{{id: id, outcome: record.Failed}} }

// start describes a spec for the clause that its id is made of.
func start(id string) record.SpecStart {
	labels := map[string]string{"a": "OTA-POST-1", "b": "OTA-POST-2", "c": "OTA-POST-4"}
	s := reportstest.Start(id, "spec "+id)
	if l := labels[id[:1]]; l != "" {
		s.Labels = []string{l}
	}
	return s
}

// run derives the nth run: one each day.
func (m made) run(t testing.TB, n int) *reports.Run {
	t.Helper()
	h := reportstest.Header
	h.Run, h.Started = fmt.Sprintf("run-%03d", n), h.Started.AddDate(0, 0, n)
	h.Digest, h.Suite, h.Virtual = "be0000000000beef", "50000000000005ee", !m.real
	if m.bench != "" {
		h.Digest = m.bench
	}
	if m.suite != "" {
		h.Suite = m.suite
	}
	firmware := "1.4.0"
	if m.firmware != "" {
		firmware = m.firmware
	}
	l := &reportstest.Log{}
	l.Add(record.Device{Role: "bcm", Class: "ecu", Firmware: firmware})
	var plan []record.SpecStart
	for _, s := range m.specs {
		plan = append(plan, start(s.id))
	}
	l.Add(record.Planned{Specs: plan})
	if m.fault {
		l.Add(record.Fault{Device: "psu", Text: "link lost"})
	}
	status := "passed"
	for i, s := range m.specs {
		if s.outcome == "" {
			continue
		}
		message := ""
		if s.outcome != record.Passed {
			status, message = "failed", "expected 1.4.0, got nothing"
		}
		l.Spec(plan[i], s.outcome, message, s.bodies...)
		end := &l.Events[len(l.Events)-1]
		body := end.Body.(record.SpecEnd)
		if s.took > 0 {
			body.Duration = s.took
		}
		end.Body = body
	}
	l.Add(record.End{Status: status})
	r, err := reports.Derive(h, l.Events, nil)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %+v", h.Run, m))
	r.Digest, r.Dir = hex.EncodeToString(sum[:]), "runs/"+h.Run
	return r
}

func open(t testing.TB) *history.DB {
	t.Helper()
	db, err := history.Open(filepath.Join(t.TempDir(), "state", "history.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// with is a history of runs, one a day.
func with(t testing.TB, runs ...made) *history.DB {
	t.Helper()
	db := open(t)
	for i, m := range runs {
		if err := db.Add(m.run(t, i)); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func overview(t testing.TB, db *history.DB) history.Overview {
	t.Helper()
	o, err := db.Overview(history.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// sweepRun is a sweep of three points, one of which bricked the unit.
func sweepRun(t *testing.T) *reports.Run {
	t.Helper()
	l := &reportstest.Log{}
	l.Add(record.SweepPlan{Unit: "bcm", Package: "next", Points: 3, Exhaustive: true})
	for i, outcome := range []string{"new", "bricked", "new"} {
		l.Add(record.SweepResult{Point: fmt.Sprint(i), Outcome: outcome, Recovered: true})
	}
	l.Add(record.End{Status: "failed"})
	r, err := reports.Derive(reportstest.Header, l.Events, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Digest = "5eed"
	return r
}

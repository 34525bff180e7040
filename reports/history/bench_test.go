package history_test

import (
	"fmt"
	"testing"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/history"
)

// large is a history of 1000 runs with 300 specs each, most of which measure.
func large(b *testing.B) *history.DB {
	var m made
	hi := 12.0
	for i := range 300 {
		m.specs = append(m.specs, ran{id: fmt.Sprint("s", i), outcome: record.Passed, bodies: []record.Body{
			record.Measurement{Name: "U", Value: 10, Unit: "V", Source: "adc", Max: &hi},
		}})
	}
	db := open(b)
	run := m.run(b, 0)
	for i := range 1000 {
		run.Header.Run, run.Digest = fmt.Sprint("run-", i), fmt.Sprint(i)
		run.Header.Started = run.Header.Started.Add(1)
		run.Specs[i%300].Verdict = reports.Failed
		if err := db.Add(run); err != nil {
			b.Fatal(err)
		}
		run.Specs[i%300].Verdict = reports.Passed
	}
	return db
}

func BenchmarkQueries(b *testing.B) {
	db := large(b)
	b.Run("overview of 50 runs", func(b *testing.B) {
		for b.Loop() {
			if o, err := db.Overview(history.Selection{Last: 50}); err != nil || len(o.Runs) != 50 || len(o.Flaky) != 300 {
				b.Fatal(err, len(o.Runs), len(o.Flaky))
			}
		}
	})
	b.Run("flaky specs of all runs", func(b *testing.B) {
		for b.Loop() {
			if f, err := db.Flaky(""); err != nil || len(f) != 300 {
				b.Fatal(err, len(f))
			}
		}
	})
	b.Run("stale evidence", func(b *testing.B) {
		for b.Loop() {
			if _, err := db.Stale(history.Present{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

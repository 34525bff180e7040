package reports_test

import (
	"testing"

	"otabench/bench/record"
	"otabench/reports"
)

// What a record names is one word each for a shell, whatever it is.
func TestCommandPlaysAPointAgain(t *testing.T) {
	for name, tt := range map[string]struct {
		file  string
		plan  record.SweepPlan
		point record.SweepResult
		want  string
	}{
		"embedded bench": {
			"embedded",
			record.SweepPlan{Package: "next", Seed: 1},
			record.SweepResult{Point: "update/3605#1+23/cut", Fault: "cut"},
			"otabench sweep --package next --seed 1 --point update/3605#1+23/cut",
		},
		"hardware": {
			"benches/body.yaml",
			record.SweepPlan{Package: "medium", Unit: "bcm"},
			record.SweepResult{Point: "lapse/flash4@399.6µs/cut", Fault: "cut"},
			"otabench sweep -b benches/body.yaml --ecu bcm --package medium --point lapse/flash4@399.6µs/cut",
		},
		"vehicle": {
			"embedded",
			record.SweepPlan{Package: "next", Unit: "update master", Seed: 1},
			record.SweepResult{Point: "rollout/frame12/cut-all", Procedure: "rollout", Fault: "cut-all"},
			"otabench sweep --vehicle --package next --seed 1 --point rollout/frame12/cut-all",
		},
		"undisturbed": {
			"",
			record.SweepPlan{Package: "next"},
			record.SweepResult{Point: "revert", Procedure: "revert", Fault: reports.Undisturbed},
			"otabench sweep --package next --procedure revert",
		},
		"hostile": {
			"my bench's.yaml",
			record.SweepPlan{Package: "$(reboot)", Unit: "#x"},
			record.SweepResult{Point: "a;b"},
			`otabench sweep -b 'my bench'\''s.yaml' --ecu '#x' --package '$(reboot)' --point 'a;b'`,
		},
		"an option in place of a word": {
			"--help",
			record.SweepPlan{},
			record.SweepResult{Point: "-x"},
			"otabench sweep -b '--help' --package '' --point '-x'",
		},
	} {
		r := &reports.Run{Header: record.Header{File: tt.file}, Sweep: &reports.Sweep{Plan: tt.plan}}
		if got := r.Command(tt.point); got != tt.want {
			t.Errorf("%s: %s\n  want %s", name, got, tt.want)
		}
	}
}

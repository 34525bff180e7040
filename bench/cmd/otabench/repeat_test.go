package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// An interrupt ends the suites that run, and nothing of them stays.
func TestInterruptEndsManySuites(t *testing.T) {
	for _, tt := range []struct {
		name, first string // first is what it prints once suites run
		args        []string
	}{
		{"repeat", "✓ seed 5", []string{"repeat", "-n", "1000", "--seed", "5", "--label-filter", "OTA-PRE-2", "-j", "1"}},
		{"mutants", "✓ no-overvoltage-gate", []string{"mutants", "no-overvoltage-gate", "signature-not-checked", "-j", "1", "--no-sweep"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir, temporary := filepath.Join(t.TempDir(), "out"), t.TempDir()
			var errs bytes.Buffer
			cmd := exec.Command("otabench", append(tt.args, "-o", dir)...)
			cmd.Env, cmd.Stderr = append(os.Environ(), "TMPDIR="+temporary), &errs
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			late := time.AfterFunc(2*patience, func() { _ = cmd.Process.Kill() })
			defer late.Stop()
			for lines := bufio.NewScanner(out); lines.Scan(); {
				if strings.Contains(lines.Text(), tt.first) {
					break
				}
			}
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			if got, err := statusOf(cmd.Wait()); err != nil || got != exitInterrupted {
				t.Fatalf("ended with status %d, %v: %s", got, err, &errs)
			}
			for _, left := range []string{dir, temporary} {
				if entries, err := os.ReadDir(left); err != nil || len(entries) > 0 {
					t.Errorf("%s still has %v, %v", left, entries, err)
				}
			}
		})
	}
}

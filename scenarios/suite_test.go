package scenarios_test

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/bench/record"
	"otabench/scenarios"
)

// TestSuite runs the whole suite on the embedded bench, in virtual time, so that a busy machine cannot make it fail.
func TestSuite(t *testing.T) {
	dir := t.TempDir()
	if change, ok := changes[os.Getenv(changeVariable)]; ok {
		inVirtualTime(t, func() bool { return runSuite(t, os.Getenv(folderVariable), change) })
		return // whoever started this process judges the record
	}
	passed := inVirtualTime(t, func() bool { return runSuite(t, dir, change{}) })
	if !passed {
		t.Error("the suite did not pass")
	}
}

// inVirtualTime runs f in a bubble. Ginkgo leaves a goroutine behind that waits for signals, so the bubble can never end;
// it is left alone, and the process ends around it.
func inVirtualTime(t *testing.T, f func() bool) bool {
	// The runtime's signal goroutine has to be outside of the bubble.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGUSR1)
	done, never := make(chan bool, 1), make(chan struct{})
	go synctest.Test(t, func(*testing.T) {
		done <- f()
		<-never // from outside, so that the bubble does not count as deadlocked
	})
	return <-done
}

func runSuite(t *testing.T, dir string, c change) bool {
	f, err := config.Parse(embedded.Name, embedded.YAML)
	if err != nil {
		t.Error(err)
		return false
	}
	if c.make != nil {
		c.make(f)
	}
	rec, err := record.Create(filepath.Join(dir, "record.jsonl"), record.Header{Run: "test", Bench: f.Name})
	if err != nil {
		t.Error(err)
		return false
	}
	passed, err := scenarios.Run(t, scenarios.Options{
		Open: func(ctx context.Context) (*bench.Bench, error) {
			return bench.Open(ctx, f, bench.Options{Record: rec})
		},
		Record: rec,
		Filter: c.filter,
	})
	if err != nil {
		t.Error(err)
	}
	if err := rec.Close(); err != nil {
		t.Error(err)
	}
	return passed
}

package scenarios_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/bench/record"
	"otabench/scenarios"
)

// TestSuite runs the whole suite, so that "ginkgo" and "go test" do: on the embedded bench, in real time.
func TestSuite(t *testing.T) {
	f, err := config.Parse(embedded.Name, embedded.YAML)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if keep := os.Getenv("OTABENCH_KEEP"); keep != "" {
		dir = keep
	}
	rec, err := record.Create(filepath.Join(dir, "record.jsonl"), record.Header{Run: "test", Bench: f.Name})
	if err != nil {
		t.Fatal(err)
	}
	passed, err := scenarios.Run(t, scenarios.Options{
		Open: func(ctx context.Context) (*bench.Bench, error) {
			return bench.Open(ctx, f, bench.Options{Record: rec})
		},
		Record: rec,
	})
	if err != nil || !passed {
		t.Errorf("passed %v, %v", passed, err)
	}
	if err := rec.Close(); err != nil {
		t.Error(err)
	}
}

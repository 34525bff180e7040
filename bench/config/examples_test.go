package config_test

import (
	"path/filepath"
	"testing"

	"otabench/bench/config"
)

// The bench files that the documentation shows.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("../examples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, path := range files {
		if _, _, err := config.Load(path); err != nil {
			t.Error(err)
		}
	}
}

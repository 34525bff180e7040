package example_test

import (
	"strings"
	"testing"

	"otabench/bench/example"
	"otabench/ecu/firmware"
)

// The releases of makers are files in their own formats, and can be read.
func TestReleasesOfMakers(t *testing.T) {
	for _, maker := range example.Makers() {
		paths, err := example.WriteReleases(t.TempDir(), maker)
		if err != nil || len(paths) != 2 {
			t.Fatalf("%s: %v, %v", maker, paths, err)
		}
		for i, version := range []string{"1.0.0", "1.1.0"} {
			p, err := firmware.Load(paths[i])
			if err != nil || p.Manifest.Version != version || len(p.Sources()) != 2 {
				t.Errorf("%s: %+v, %v; want version %s", paths[i], p, err, version)
			}
		}
	}
	if _, err := example.WriteReleases(t.TempDir(), "nobody"); err == nil || !strings.Contains(err.Error(), "[cluster inverter]") {
		t.Errorf("of nobody: %v", err)
	}
	if _, err := example.WriteReleases("/nosuchfolder", "cluster"); err == nil {
		t.Error("they were written to nowhere")
	}
}

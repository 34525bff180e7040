package packages_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otabench/bench/config"
	"otabench/bench/packages"
	"otabench/ecu/firmware"
)

// A release of a maker's own files needs no key of ours.
func TestRelease(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "app.hex"), []byte(":0400100001020304E2\n:00000001FF\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := "format: " + firmware.ReleaseFormat + "\nhardware: IPC-1\nversion: \"2.1\"\nfiles: {application: {file: app.hex}}\n"
	if err := os.WriteFile(filepath.Join(dir, "next.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	set, err := packages.Load("gauge", config.ECU{Packages: map[string]string{"next": "next.yaml"}}, dir)
	if err != nil {
		t.Fatal(err)
	}
	p := set["next"]
	src, found := p.Source("application")
	if p.Manifest.Version != "2.1" || !found || src.Size() != 4 {
		t.Errorf("the release is %+v", p)
	}
	if err := packages.Require("gauge", set); err == nil || !strings.Contains(err.Error(), `package "current": is missing`) {
		t.Errorf("Require = %v", err)
	}
}

package cloud_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otabench/bench/backend"
	"otabench/ecu/ota/cloud"
)

func credentials(t *testing.T) cloud.Credentials {
	t.Helper()
	b, err := backend.New(backend.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := b.Provision("WOTABENCH00000001")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCredentialsComeBackFromTheirFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	want := credentials(t)
	if err := want.Save(dir, "192.0.2.1:8443"); err != nil {
		t.Fatal(err)
	}
	got, endpoint, err := cloud.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got.VIN != want.VIN || got.Address != want.Address || endpoint != "192.0.2.1:8443" || !got.Authorities.Equal(want.Authorities) ||
		!bytes.Equal(got.DirectorRoot, want.DirectorRoot) || !bytes.Equal(got.ImagesRoot, want.ImagesRoot) ||
		!bytes.Equal(got.Certificate.Certificate[0], want.Certificate.Certificate[0]) {
		t.Errorf("got %+v at %s, want %+v", got, endpoint, want)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", f.Name(), info.Mode(), err)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, content := range map[string]string{
		"backend-ca.crt": "no PEM", "vehicle.crt": "no PEM", "vehicle.key": "", "director-root.json": strings.Repeat("x", 1<<20+1),
	} {
		dir := t.TempDir()
		if err := credentials(t).Save(dir, ""); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := cloud.Load(dir); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := cloud.Load(dir); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s is missing: %v", name, err)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := credentials(t).Save(filepath.Join(file, "folder"), ""); err == nil {
		t.Error("saved below a file")
	}
}

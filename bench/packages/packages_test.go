package packages_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"otabench/bench/config"
	"otabench/bench/example"
	"otabench/bench/packages"
	"otabench/ecu/firmware"
)

// unit is an ECU with two example packages.
func unit() config.ECU {
	e := config.ECU{Trust: "example", Packages: map[string]string{"current": "example:current", "next": "example:next"}}
	e.Description.Programming.System = "BCM"
	e.Description.Programming.Hardware = "BCM-HW-2"
	return e
}

// write leaves an example package as a file.
func write(t *testing.T, dir, name string) string {
	t.Helper()
	p, err := example.Package(name, "BCM", "BCM-HW-2")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name+".ota")
	if err := firmware.WriteFile(path, p); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadAllRoles(t *testing.T) {
	e := unit()
	names, _ := example.Names()
	for _, n := range names {
		e.Packages[n] = "example:" + n
	}
	set, err := packages.Load("bcm", e, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(set)); !slices.Equal(got, slices.Sorted(slices.Values(names))) {
		t.Errorf("roles %q", got)
	}
	for _, role := range []string{"current", "next", "large", "advance"} {
		if err := set[role].Verify(firmware.PublicKey(example.Key())); err != nil {
			t.Errorf("%s: %v", role, err)
		}
	}
}

func TestLoadFiles(t *testing.T) {
	dir := t.TempDir()
	if err := firmware.WritePublicKey(filepath.Join(dir, "trust.pem"), firmware.PublicKey(example.Key())); err != nil {
		t.Fatal(err)
	}
	e := unit()
	e.Trust = "trust.pem"
	e.Packages["current"] = filepath.Base(write(t, dir, "current"))
	e.Packages["next"] = write(t, dir, "next") // absolute
	set, err := packages.Load("bcm", e, dir)
	if err != nil {
		t.Fatal(err)
	}
	if set["current"].Manifest.Version != "1.0.0" || set["next"].Manifest.Version != "1.1.0" {
		t.Errorf("%v", set)
	}
}

func TestLoadFails(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(t *testing.T, e *config.ECU, dir string)
		role   string
		is     error
		says   string
	}{
		{"no current", func(_ *testing.T, e *config.ECU, _ string) { delete(e.Packages, "current") }, "current", nil, "ecus.bcm.packages"},
		{"no next", func(_ *testing.T, e *config.ECU, _ string) { delete(e.Packages, "next") }, "next", nil, "is missing"},
		{"no such example", func(_ *testing.T, e *config.ECU, _ string) { e.Packages["next"] = "example:newest" }, "next", nil, "newest"},
		{"no file", func(_ *testing.T, e *config.ECU, _ string) { e.Packages["next"] = "none.ota" }, "next", fs.ErrNotExist, "none.ota"},
		{"a folder", func(_ *testing.T, e *config.ECU, _ string) { e.Packages["next"] = "." }, "next", nil, ""},
		{"a file that is cut short", func(t *testing.T, e *config.ECU, dir string) {
			path := write(t, dir, "next")
			if err := os.Truncate(path, 1000); err != nil {
				t.Fatal(err)
			}
			e.Packages["next"] = path
		}, "next", firmware.ErrFormat, ""},
		{"a good role with another key", func(_ *testing.T, e *config.ECU, _ string) { e.Packages["large"] = "example:wrong-key" }, "large", firmware.ErrSignature, ""},
		{"another trust", func(t *testing.T, e *config.ECU, dir string) {
			key, err := firmware.NewKey()
			if err != nil {
				t.Fatal(err)
			}
			if err := firmware.WritePublicKey(filepath.Join(dir, "other.pem"), firmware.PublicKey(key)); err != nil {
				t.Fatal(err)
			}
			e.Trust = "other.pem"
		}, "current", firmware.ErrSignature, ""},
		{"no trust", func(_ *testing.T, e *config.ECU, _ string) { e.Trust = "none.pem" }, "current", fs.ErrNotExist, "trust"},
		{"a trust that is no key", func(t *testing.T, e *config.ECU, dir string) {
			if err := os.WriteFile(filepath.Join(dir, "bad.pem"), []byte("no key"), 0o600); err != nil {
				t.Fatal(err)
			}
			e.Trust = "bad.pem"
		}, "current", nil, "trust"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, e := t.TempDir(), unit()
			c.change(t, &e, dir)
			set, err := packages.Load("bcm", e, dir)
			if err == nil {
				err = packages.Require("bcm", set)
			}
			var pe *packages.Error
			if !errors.As(err, &pe) {
				t.Fatalf("%v, %T %v", set, err, err)
			}
			if pe.ECU != "bcm" || pe.Role != c.role {
				t.Errorf("about ECU %q, package %q; want bcm and %q", pe.ECU, pe.Role, c.role)
			}
			if c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "bcm") {
				t.Errorf("%v; want %v and %q", err, c.is, c.says)
			}
		})
	}
}

func TestBadPackagesMayBeWrong(t *testing.T) {
	e := unit()
	e.Packages["wrong-key"] = "example:wrong-key"
	set, err := packages.Load("bcm", e, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := set["wrong-key"].Verify(firmware.PublicKey(example.Key())); !errors.Is(err, firmware.ErrSignature) {
		t.Errorf("%v", err)
	}
}

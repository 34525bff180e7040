package flash_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/flash"
	"otabench/ecu/security"
)

var update = flag.Bool("update", false, "rewrite golden files")

func testDescription() description.ECU {
	return description.ECU{
		Address:  description.Address{Request: 0x7E0, Response: 0x7E8},
		Security: description.Security{Level: 1, Algorithm: "hmac-sha256", Secret: "example"},
		Routines: map[string]description.Routine{
			description.Activate: {ID: 0x0210}, description.Confirm: {ID: 0x0211}, description.Rollback: {ID: 0x0212},
			description.Verify:        {ID: 0x0202, Values: map[description.Bytes]string{"02": "wrong digest", "05": "security counter too low"}},
			description.Preconditions: {ID: 0x0203, Values: map[description.Bytes]string{"01": "voltage too low"}},
		},
		Programming: description.Programming{
			Hardware: "HW-7", System: "BCM", Fingerprint: "0102", MaxBlock: 130,
			Blocks: []description.Block{
				{Name: "manifest", Source: description.SourceManifest, Address: 0x08000, Size: 0x1000},
				{Name: "application", Source: description.SourceImage, Address: 0x10000},
			},
		},
	}.WithDefaults()
}

func testPackage(change func(*firmware.Manifest)) *firmware.Package {
	m := firmware.Manifest{ECU: "BCM", Hardware: "HW-7", Version: "2.0.0", Counter: 3}
	change(&m)
	p, err := firmware.Build(m, bytes.Repeat([]byte{0xA5, 0x5A}, 200), ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		panic(err)
	}
	return p
}

func asIs(*firmware.Manifest) {}

func TestPlanGolden(t *testing.T) {
	requests, err := flash.Plan(t.Context(), testDescription(), testPackage(asIs), security.Checksum(testDescription()))
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, r := range requests {
		fmt.Fprintln(&got, r)
	}
	golden := filepath.Join("testdata", "plan.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}

func TestPlanErrors(t *testing.T) {
	tests := []struct {
		name    string
		change  func(*description.ECU)
		pkg     *firmware.Package
		foreign bool
		want    string
	}{
		{"hardware", func(*description.ECU) {}, testPackage(func(m *firmware.Manifest) { m.Hardware = "HW-8" }), true, `for hardware "HW-8", and this is "HW-7"`},
		{"ECU", func(*description.ECU) {}, testPackage(func(m *firmware.Manifest) { m.ECU = "GW" }), true, `for "GW", and this is "BCM"`},
		{"source", func(d *description.ECU) { d.Programming.Blocks[0].Source = "x" }, testPackage(asIs), false, `no source "x"`},
		{"size", func(d *description.ECU) { d.Programming.SizeLength = 1 }, testPackage(asIs), false, "does not fit"},
		{"fingerprint", func(d *description.ECU) { d.Programming.Fingerprint = "x" }, testPackage(asIs), false, "hexadecimal bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := testDescription()
			tt.change(&d)
			_, err := flash.Plan(t.Context(), d, tt.pkg, security.Checksum(d))
			if err == nil || !strings.Contains(err.Error(), tt.want) || errors.Is(err, flash.ErrPackage) != tt.foreign {
				t.Errorf("Plan: %v; want %q, ErrPackage %t", err, tt.want, tt.foreign)
			}
		})
	}
}

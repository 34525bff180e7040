package example_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"otabench/bench/example"
	"otabench/ecu/firmware"
)

func mustPackage(t *testing.T, name string) *firmware.Package {
	t.Helper()
	p, err := example.Package(name, "BCM", "BCM-HW-2")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEachPackageIsWhatItsNameSays(t *testing.T) {
	names, about := example.Names()
	if len(names) == 0 || len(names) != len(about) {
		t.Fatalf("%d names, %d texts", len(names), len(about))
	}
	counter := mustPackage(t, "current").Manifest.Counter
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			if about[name] == "" {
				t.Error("nothing says what it is")
			}
			p := mustPackage(t, name)
			if err := p.VerifyImage(); err != nil {
				t.Error(err)
			}
			m := p.Manifest
			err := p.Verify(firmware.PublicKey(example.Key()))
			if wrong := name == "wrong-key"; errors.Is(err, firmware.ErrSignature) != wrong {
				t.Errorf("signature: %v", err)
			}
			if wrong := name == "wrong-ecu"; (m.ECU != "BCM") != wrong {
				t.Errorf("for ECU %q", m.ECU)
			}
			if wrong := name == "wrong-hardware"; (m.Hardware != "BCM-HW-2") != wrong {
				t.Errorf("for hardware %q", m.Hardware)
			}
			if lower := name == "downgrade"; (m.Counter < counter) != lower {
				t.Errorf("counter %d", m.Counter)
			}
			if higher := name == "advance"; (m.Counter > counter) != higher {
				t.Errorf("counter %d", m.Counter)
			}
			if large := name == "large"; (len(p.Image) == 512<<10) != large {
				t.Errorf("%d bytes", len(p.Image))
			}
			if m.Notice == nil || !strings.Contains(m.RXSWIN, m.Version) {
				t.Errorf("notice %v, RXSWIN %q", m.Notice, m.RXSWIN)
			}
		})
	}
}

func TestVersionsDiffer(t *testing.T) {
	names, _ := example.Names()
	seen := map[string]string{}
	for _, name := range names {
		v := mustPackage(t, name).Manifest.Version
		if other, taken := seen[v]; taken {
			t.Errorf("%s and %s both have version %s", name, other, v)
		}
		seen[v] = name
	}
}

func TestPackagesAreTheSameEachTime(t *testing.T) {
	a, b := mustPackage(t, "next"), mustPackage(t, "next")
	if !bytes.Equal(a.Image, b.Image) || !bytes.Equal(a.Raw, b.Raw) || !bytes.Equal(a.Signature, b.Signature) {
		t.Error("two builds differ")
	}
}

func TestUnknownPackage(t *testing.T) {
	_, err := example.Package("newest", "BCM", "HW")
	if err == nil || !strings.Contains(err.Error(), `"newest"`) || !strings.Contains(err.Error(), "current") {
		t.Errorf("%v", err)
	}
}

func ExamplePackage() {
	p, err := example.Package("next", "BCM", "BCM-HW-2")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Manifest.ECU, p.Manifest.Version, p.Verify(firmware.PublicKey(example.Key())))
	// Output: BCM 1.1.0 <nil>
}

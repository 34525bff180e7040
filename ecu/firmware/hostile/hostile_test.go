package hostile_test

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"testing"

	"otabench/ecu/firmware"
	"otabench/ecu/firmware/hostile"
)

func build(image string) (*firmware.Package, ed25519.PublicKey) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	p, err := firmware.Build(firmware.Manifest{ECU: "BCM", Hardware: "HW-7", Version: "2.0.0"}, []byte(image), key)
	if err != nil {
		panic(err)
	}
	return p, firmware.PublicKey(key)
}

func TestTamper(t *testing.T) {
	want := map[hostile.Region]error{
		hostile.Manifest:    firmware.ErrSignature,
		hostile.Signature:   firmware.ErrSignature,
		hostile.ImageStart:  firmware.ErrDigest,
		hostile.ImageMiddle: firmware.ErrDigest,
		hostile.ImageEnd:    firmware.ErrDigest,
	}
	p, key := build("new software")
	names := map[string]bool{}
	for _, r := range hostile.Regions() {
		v := hostile.Tamper(p, r)
		if err := v.Package.Verify(key); !errors.Is(err, want[r]) {
			t.Errorf("%v: Verify = %v, want %v", v, err, want[r])
		}
		if v.Package.Manifest != p.Manifest {
			t.Errorf("%v: the manifest reads otherwise", v)
		}
		names[v.Name] = true
	}
	if len(names) != len(want) {
		t.Errorf("names %v, want %d different ones", names, len(want))
	}
	if err := p.Verify(key); err != nil {
		t.Errorf("the original was damaged: %v", err)
	}
}

func TestTruncate(t *testing.T) {
	p, key := build("new software")
	for n, want := range map[int]int{-1: 0, 0: 0, 5: 5, 12: 12, 99: 12} {
		v := hostile.Truncate(p, n)
		if got := len(v.Package.Image); got != want {
			t.Errorf("Truncate(%d) left %d bytes, want %d", n, got, want)
		}
		if err := v.Package.Verify(key); (err == nil) != (want == 12) {
			t.Errorf("%v: Verify = %v", v, err)
		}
	}
}

func TestUnknownRegion(t *testing.T) {
	if got, want := hostile.Region(9).String(), "Region(9)"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

func Example() {
	p, key := build("new software")
	for _, v := range []hostile.Variant{hostile.Tamper(p, hostile.Signature), hostile.Truncate(p, 3)} {
		fmt.Printf("%v: %v\n", v, v.Package.Verify(key))
	}
	// Output:
	// bit flipped in signature: the manifest's signature does not verify with this key
	// image cut to 3 of 12 bytes: the image is not the one in the manifest: it has 3 bytes and the manifest says 12
}

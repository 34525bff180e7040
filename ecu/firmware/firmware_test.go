package firmware_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"otabench/ecu/firmware"
)

// testKey is fixed, so that the bytes of packages are.
func testKey(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

func testManifest() firmware.Manifest {
	return firmware.Manifest{
		ECU: "BCM", Hardware: "HW-7", Version: "2.0.0", Counter: 3, RXSWIN: "R156 BCM 0001",
		Notice: &firmware.Notice{Purpose: "Fixes the lamp check", Changes: []string{"lamp check"}},
	}
}

func build(t testing.TB) *firmware.Package {
	t.Helper()
	p, err := firmware.Build(testManifest(), bytes.Repeat([]byte("image "), 100), testKey(1))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestBuildVerifies(t *testing.T) {
	p := build(t)
	if err := p.Verify(firmware.PublicKey(testKey(1))); err != nil {
		t.Errorf("Verify of what was built: %v", err)
	}
	if got, want := p.String(), "BCM 2.0.0 for HW-7, security counter 3, 600 bytes"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

func TestBuildErrors(t *testing.T) {
	tests := []struct {
		name   string
		change func(*firmware.Manifest)
		image  []byte
		key    ed25519.PrivateKey
		want   string
	}{
		{"no key", func(*firmware.Manifest) {}, []byte{1}, nil, "signing key has 0 bytes"},
		{"no ECU", func(m *firmware.Manifest) { m.ECU = "" }, []byte{1}, testKey(1), "ecu: it is missing"},
		{"control character", func(m *firmware.Manifest) { m.Hardware = "a\x1b[31m" }, []byte{1}, testKey(1), "cannot be printed"},
		{"long version", func(m *firmware.Manifest) { m.Version = strings.Repeat("1", 65) }, []byte{1}, testKey(1), "at most 64"},
		{"no image", func(*firmware.Manifest) {}, nil, testKey(1), "size is 0"},
		{"long notice", func(m *firmware.Manifest) {
			m.Notice = &firmware.Notice{Purpose: strings.Repeat("x", firmware.MaxManifest)}
		}, []byte{1}, testKey(1), "at most 65536"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := testManifest()
			tt.change(&m)
			if _, err := firmware.Build(m, tt.image, tt.key); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Build = %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestVerifyErrors(t *testing.T) {
	public := firmware.PublicKey(testKey(1))
	tests := []struct {
		name   string
		damage func(*firmware.Package)
		key    ed25519.PublicKey
		want   error
	}{
		{"foreign key", func(*firmware.Package) {}, firmware.PublicKey(testKey(2)), firmware.ErrSignature},
		{"no key", func(*firmware.Package) {}, nil, firmware.ErrSignature},
		{"short signature", func(p *firmware.Package) { p.Signature = p.Signature[:63] }, public, firmware.ErrSignature},
		{"changed bytes", func(p *firmware.Package) { p.Raw[0] ^= 1 }, public, firmware.ErrSignature},
		{"changed manifest", func(p *firmware.Package) { p.Manifest.Version = "9" }, public, firmware.ErrFormat},
		{"changed image", func(p *firmware.Package) { p.Image[599] ^= 1 }, public, firmware.ErrDigest},
		{"short image", func(p *firmware.Package) { p.Image = p.Image[:599] }, public, firmware.ErrDigest},
		{"signed nonsense", func(p *firmware.Package) {
			p.Raw = []byte("{}")
			p.Signature = ed25519.Sign(testKey(1), p.Raw)
		}, public, firmware.ErrFormat},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := build(t)
			tt.damage(p)
			if err := p.Verify(tt.key); !errors.Is(err, tt.want) {
				t.Errorf("Verify = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestCloneSharesNothing(t *testing.T) {
	p := build(t)
	c := p.Clone()
	c.Raw[0], c.Signature[0], c.Image[0] = 0xFF, 0xFF, 0xFF
	if err := p.Verify(firmware.PublicKey(testKey(1))); err != nil {
		t.Errorf("the original changed with its clone: %v", err)
	}
}

func TestHeader(t *testing.T) {
	want := build(t)
	header := want.Header()
	got, n, err := firmware.ParseHeader(append(bytes.Clone(header), want.Image...))
	if err != nil || n != len(header) {
		t.Fatalf("ParseHeader = %d bytes, %v; want %d", n, err, len(header))
	}
	want.Image = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

func TestHeaderErrors(t *testing.T) {
	good := build(t).Header()
	with := func(change func([]byte)) []byte {
		h := bytes.Clone(good)
		change(h)
		return h
	}
	tests := []struct {
		name  string
		data  []byte
		short bool
		raw   bool // the signed bytes are handed out beside the error
	}{
		{"empty", nil, true, false},
		{"erased", bytes.Repeat([]byte{0xFF}, 1000), false, false},
		{"cut in the manifest", good[:20], true, false},
		{"cut in the signature", good[:len(good)-1], true, false},
		{"length beyond all bounds", with(func(h []byte) { h[4] = 0xFF }), false, false},
		{"broken JSON", with(func(h []byte) { h[8] = '[' }), false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, _, err := firmware.ParseHeader(tt.data)
			if !errors.Is(err, firmware.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) != tt.short {
				t.Errorf("ParseHeader: %v; want ErrFormat, unexpected EOF %t", err, tt.short)
			}
			if tt.raw != (p != nil && len(p.Raw) > 0 && len(p.Signature) == ed25519.SignatureSize) {
				t.Errorf("ParseHeader returned package %v beside %v", p, err)
			}
		})
	}
}

func TestParseManifestIsStrict(t *testing.T) {
	good := string(build(t).Raw)
	if _, err := firmware.ParseManifest([]byte(good)); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, raw, want string }{
		{"unknown field", strings.Replace(good, `"ecu"`, `"eci"`, 1), "unknown field"},
		{"repeated field", strings.Replace(good, `"version"`, `"hardware":"HW-8","version"`, 1), "is there twice"},
		{"repeated in other case", strings.Replace(good, `"version"`, `"HARDWARE":"HW-8","version"`, 1), "is there twice"},
		{"repeated inside", strings.Replace(good, `"purpose"`, `"purpose":"","purpose"`, 1), "is there twice"},
		{"something behind", good + "{}", "something follows"},
		{"cut", good[:len(good)-1], "EOF"},
		{"not UTF-8", strings.Replace(good, "BCM", "BC\xff", 1), "not UTF-8"},
		{"other format", strings.Replace(good, firmware.Format, "x", 1), `format is "x"`},
		{"upper case digest", strings.Replace(good, `"sha256":"`, `"sha256":"A`, 1), "sha256 is not"},
		{"negative size", strings.Replace(good, `"size":`, `"size":-`, 1), "size is -600"},
		{"deep", strings.Repeat("[", 100), "nests deeper"},
		{"long", strings.Repeat(" ", firmware.MaxManifest+1), "at most 65536"},
		{"not an object", "3", "cannot unmarshal"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := firmware.ParseManifest([]byte(tt.raw))
			if !errors.Is(err, firmware.ErrFormat) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("ParseManifest = %v, want ErrFormat with %q", err, tt.want)
			}
		})
	}
}

func FuzzParseHeader(f *testing.F) {
	header := build(f).Header()
	f.Add(header)
	f.Add(header[:30])
	f.Add([]byte("OTAH\x00\x00\x00\x02{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, n, err := firmware.ParseHeader(data)
		if err != nil {
			return
		}
		if got := p.Header(); !bytes.Equal(got, data[:n]) {
			t.Errorf("Header() = %q, read from %q", got, data[:n])
		}
	})
}

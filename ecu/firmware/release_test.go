package firmware_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"otabench/ecu/firmware"
	"otabench/ecu/image"
)

const hexFile = ":0400100001020304E2\n:00000001FF\n"

// writeRelease writes a release with two files and returns its path.
func writeRelease(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"app.hex": hexFile, "data/sounds.bin": "sounds", "broken.hex": ":0400\n", "next.yaml": text} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "next.yaml")
}

func TestRelease(t *testing.T) {
	digest := sha256.Sum256([]byte(hexFile))
	path := writeRelease(t, `format: otabench-release/1
ecu: IPC
hardware: IPC-1
version: "2.1"
security_counter: 4
notice: {purpose: "better brakes", changes: [one]}
files:
  application: {file: app.hex, sha256: `+hex.EncodeToString(digest[:])+`}
  sounds: {file: data/sounds.bin}
`)
	p, err := firmware.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	m := p.Manifest
	if m.ECU != "IPC" || m.Counter != 4 || m.Notice.Purpose != "better brakes" || m.Size != int64(len(hexFile)+6) || len(m.SHA256) != 64 {
		t.Errorf("manifest %+v", m)
	}
	if got := p.Sources(); !slices.Equal(got, []string{"application", "sounds"}) {
		t.Errorf("sources %v", got)
	}
	app, _ := p.Source("application")
	sounds, _ := p.Source("sounds")
	if app.Bounds() != (image.Range{From: 0x10, To: 0x14}) || sounds.Format != image.FormatRaw || sounds.Size() != 6 {
		t.Errorf("application %v, sounds %v", app, sounds)
	}
	if _, found := p.Source("image"); found {
		t.Error("a release has an image")
	}
	if err := p.Verify(nil); !errors.Is(err, firmware.ErrSignature) {
		t.Errorf("Verify of what nobody signed = %v", err)
	}
}

func TestSignedPackageHasSources(t *testing.T) {
	p := &firmware.Package{Raw: []byte("{}"), Signature: make([]byte, 64), Image: []byte{1, 2}}
	for name, size := range map[string]uint64{"manifest": uint64(len(p.Header())), "image": 2} {
		if src, found := p.Source(name); !found || src.Size() != size {
			t.Errorf("source %s is %v", name, src)
		}
	}
	if _, found := p.Source("other"); found || len(p.Sources()) != 2 {
		t.Errorf("sources %v", p.Sources())
	}
}

func TestBadReleases(t *testing.T) {
	const head = "format: otabench-release/1\nhardware: H\nversion: v\n"
	tests := []struct {
		name, text, want string
		is               error
	}{
		{"another format", "format: x\nhardware: H\nversion: v\nfiles: {a: {file: app.hex}}", `format is "x"`, firmware.ErrFormat},
		{"unknown key", head + "file: x\n", `unknown field "file"`, firmware.ErrFormat},
		{"no files", head, "lists no files", firmware.ErrFormat},
		{"no version", "format: otabench-release/1\nhardware: H\nfiles: {a: {file: app.hex}}", "version", firmware.ErrFormat},
		{"no hardware", "format: otabench-release/1\nversion: v\nfiles: {a: {file: app.hex}}", "hardware", firmware.ErrFormat},
		{"a file elsewhere", head + "files: {a: {file: ../../etc/passwd}}", "not beside or below", firmware.ErrFormat},
		{"an absolute file", head + "files: {a: {file: /etc/passwd}}", "not beside or below", firmware.ErrFormat},
		{"a file that is not there", head + "files: {a: {file: none.hex}}", "no such file", os.ErrNotExist},
		{"another digest", head + "files: {a: {file: app.hex, sha256: ab}}", "SHA-256", firmware.ErrDigest},
		{"a broken file", head + "files: {a: {file: broken.hex}}", "broken.hex:1", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := firmware.ReadRelease(writeRelease(t, tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("ReadRelease = %v, want %q", err, tt.want)
			}
		})
	}
}

package firmware_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"otabench/ecu/firmware"
)

func encode(t testing.TB, p *firmware.Package) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := firmware.Write(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFileRoundTrip(t *testing.T) {
	want, path := build(t), filepath.Join(t.TempDir(), "bcm.otafw")
	if err := firmware.WriteFile(path, want); err != nil {
		t.Fatal(err)
	}
	got, err := firmware.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	if !bytes.Equal(encode(t, got), encode(t, want)) {
		t.Error("the same package gave other bytes")
	}
}

type entry struct{ name, text string }

func archive(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		w, err := z.Create(e.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadFileErrors(t *testing.T) {
	p := build(t)
	good := encode(t, p)
	manifest, signature, image := entry{"manifest.json", string(p.Raw)}, entry{"manifest.sig", string(p.Signature)}, entry{"image.bin", string(p.Image)}
	corrupt := bytes.Clone(good)
	corrupt[50] ^= 0xFF
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "not a ZIP archive"},
		{"text", []byte("hello"), "not a ZIP archive"},
		{"cut short", good[:len(good)-1], "cut short"},
		{"corrupt entry", corrupt, "manifest.json"},
		{"foreign file", archive(t, manifest, signature, image, entry{"../evil", ""}), `holds "../evil"`},
		{"foreign file with a long name", archive(t, entry{strings.Repeat("n", 100), ""}), strings.Repeat("n", 64) + `..."`},
		{"repeated file", archive(t, manifest, signature, image, image), "image.bin twice"},
		{"nothing in it", archive(t), "manifest.json and manifest.sig and image.bin is missing"},
		{"no image", archive(t, manifest, signature), "image.bin is missing"},
		{"short signature", archive(t, manifest, entry{"manifest.sig", "x"}, image), "manifest.sig has 1 bytes"},
		{"long signature", archive(t, manifest, entry{"manifest.sig", strings.Repeat("x", 65)}, image), "65 bytes, at most 64"},
		{"broken manifest", archive(t, entry{"manifest.json", "{"}, signature, image), "manifest:"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "package")
			if err := os.WriteFile(path, tt.data, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := firmware.ReadFile(path)
			if !errors.Is(err, firmware.ErrFormat) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("ReadFile = %v, want ErrFormat with the path and %q", err, tt.want)
			}
		})
	}
}

func TestReadBounds(t *testing.T) {
	p := build(t)
	p.Image = make([]byte, firmware.MaxImage)
	data := encode(t, p)
	if _, err := firmware.Read(bytes.NewReader(data), int64(len(data))); err != nil {
		t.Fatalf("an image of the largest size: %v", err)
	}
	p.Image = append(p.Image, 0)
	if err := firmware.Write(&bytes.Buffer{}, p); err == nil {
		t.Error("Write took an image that Read refuses")
	}
	if _, err := firmware.Read(bytes.NewReader(nil), 1<<40); !errors.Is(err, firmware.ErrFormat) {
		t.Errorf("Read of 1 TiB = %v, want ErrFormat", err)
	}
}

// TestReadBomb unpacks to more than is allowed, once by its own account and once with a size that lies.
func TestReadBomb(t *testing.T) {
	honest := archive(t, entry{"manifest.json", strings.Repeat(" ", firmware.MaxManifest+1)})
	lying := bytes.Clone(honest)
	const uncompressedSize = 24 // in a central directory record, APPNOTE.TXT 4.3.12
	record := bytes.Index(lying, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(lying[record+uncompressedSize:], 10)
	for want, bomb := range map[string][]byte{"65537 bytes, at most 65536": honest, "not a valid zip file": lying} {
		_, err := firmware.Read(bytes.NewReader(bomb), int64(len(bomb)))
		if !errors.Is(err, firmware.ErrFormat) || !strings.Contains(err.Error(), want) {
			t.Errorf("Read = %v, want ErrFormat with %q", err, want)
		}
	}
}

func TestMissingFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "package")
	if _, err := firmware.ReadFile(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("ReadFile = %v, want fs.ErrNotExist", err)
	}
	if err := firmware.WriteFile(path, build(t)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("WriteFile = %v, want fs.ErrNotExist", err)
	}
}

func FuzzRead(f *testing.F) {
	p := build(f)
	f.Add(encode(f, p))
	f.Add(archive(f, entry{"manifest.json", string(p.Raw)}, entry{"manifest.sig", string(p.Signature)}, entry{"image.bin", "x"}))
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := firmware.Read(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		again := encode(t, p)
		if _, err := firmware.Read(bytes.NewReader(again), int64(len(again))); err != nil {
			t.Errorf("what was read cannot be written and read again: %v", err)
		}
	})
}

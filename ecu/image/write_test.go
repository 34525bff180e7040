package image_test

import (
	"bytes"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"otabench/ecu/image"
)

var update = flag.Bool("update", false, "write the golden files anew")

// noise are bytes that always are the same.
func noise(n int) string {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b) // never fails
	return string(b)
}

// sample is an image with what is difficult for formats: a border of 64 KiB inside, a gap, and an entry.
func sample(t testing.TB) *image.Image {
	t.Helper()
	m := build(t, at(0xFFF4, noise(40)), at(0x8000100, noise(100)))
	m.Entry, m.Header = new(uint64(0x8000101)), "sample"
	return m
}

// small is one that fits into 24 bits.
func small(t testing.TB) *image.Image {
	t.Helper()
	m := build(t, at(0x10, noise(50)), at(0x12340, "gap"))
	m.Header = "small"
	return m
}

// vbfSample is the sample with the header of TestVBF, without blocks.
func vbfSample(t testing.TB) *image.Image {
	t.Helper()
	full, err := image.ParseVBF("", []byte(vbf(fullHeader, block(0, "x"))))
	if err != nil {
		t.Fatal(err)
	}
	m := sample(t)
	m.VBF, m.Header = full.VBF, ""
	m.VBF.Blocks = nil
	m.Entry = new(uint64(*m.VBF.Call))
	return m
}

// tiny fits into 16 bits.
func tiny(t testing.TB) *image.Image {
	t.Helper()
	return build(t, at(0, noise(70)))
}

func golden() map[string]func(testing.TB) *image.Image {
	return map[string]func(testing.TB) *image.Image{
		"sample.hex": sample, "small.hex": small, "tiny.hex": tiny,
		"sample.s37": sample, "small.s28": small, "tiny.s19": tiny,
		"sample.vbf": vbfSample, "tiny.bin": tiny,
	}
}

// TestGolden holds what is written to files that peers have read, and what is read from them to what was written.
func TestGolden(t *testing.T) {
	for name, make := range golden() {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", name)
			format, err := image.FormatByName(path)
			if err != nil {
				t.Fatal(err)
			}
			m := make(t)
			if *update {
				if err := image.WriteFile(path, format, m); err != nil {
					t.Fatal(err)
				}
			}
			got, err := image.Encode(format, m)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("wrote\n%s\nwant\n%s", got, want)
			}
			read, err := image.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(content(m), content(read)); diff != "" {
				t.Errorf("read back (-want +got):\n%s", diff)
			}
		})
	}
}

// content leaves out of an image what depends on where it comes from.
func content(m *image.Image) image.Image {
	c := image.Image{Segments: m.Segments, Entry: m.Entry}
	if m.VBF != nil {
		header := *m.VBF
		header.Blocks, header.FileChecksum = nil, 0
		c.VBF = &header
	}
	return c
}

// TestBlocks writes the blocks of a VBF file as they were read, be they compressed.
func TestBlocks(t *testing.T) {
	for _, text := range []string{
		vbf("vbf_version = 3.0; header { CHECKSUM }", block(8, "two"), block(11, "touch")),
		vbf("vbf_version = 3.0; header { data_format_identifier=0x10; CHECKSUM }", blockWith(8, "two", 0x1234)),
	} {
		m, err := image.ParseVBF("", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		written, err := image.Encode(image.FormatVBF, m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := image.ParseVBF("", written)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, again); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestChanged writes a VBF file from segments that have been changed, and not the blocks from before.
func TestChanged(t *testing.T) {
	m, err := image.ParseVBF("", []byte(vbf("vbf_version = 3.0; header { CHECKSUM }", block(2, "ab"), block(5, "c"))))
	if err != nil {
		t.Fatal(err)
	}
	filled, err := m.Fill('.')
	if err != nil {
		t.Fatal(err)
	}
	written, err := image.Encode(image.FormatVBF, filled)
	if err != nil || !bytes.HasSuffix(written, []byte(block(2, "ab.c"))) {
		t.Errorf("wrote %q, %v", written, err)
	}
}

func TestEncodeErrors(t *testing.T) {
	high := build(t, at(1<<32-1, "ab"))
	farEntry := build(t, at(0, "a"))
	farEntry.Entry = new(uint64(1 << 32))
	longHeader := build(t, at(0, "a"))
	longHeader.Header = strings.Repeat("h", 253)
	packed := packedVBF(t, map[uint32]string{0: "a"})
	withVBF := func(change func(*image.VBF)) *image.Image {
		m := build(t, at(0, "a"))
		m.VBF = &image.VBF{Version: "2.6"}
		change(m.VBF)
		return m
	}
	withField := func(name, text string) *image.Image {
		return withVBF(func(h *image.VBF) { h.Other = []image.VBFField{{Name: name, Text: text}} })
	}
	tests := []struct {
		format image.Format
		m      *image.Image
		want   string
	}{
		{image.FormatRaw, small(t), "has 1, the first at 0x42 to 0x1233F; Fill them first"},
		{image.FormatIntelHex, high, "addresses have 32 bits, and image has data at 0xFFFFFFFF to 0x100000000"},
		{image.FormatSRecord, high, "addresses have 32 bits"},
		{image.FormatSRecord, farEntry, "image starts at 0x100000000"},
		{image.FormatSRecord, longHeader, "252 bytes at most, and image has one of 253"},
		{image.FormatIntelHex, packed, "packed.vbf has data in format 0x10; Unpack it first"},
		{image.FormatVBF, small(t), "image has none; give it a VBF"},
		{image.FormatVBF, withVBF(func(h *image.VBF) { h.DataFormat = 1 }), "data in format 0x01"},
		{image.FormatVBF, withVBF(func(h *image.VBF) { h.Version = "1.0" }), `version "1.0" is not known`},
		{image.FormatVBF, withVBF(func(h *image.VBF) { h.PartType = "A B" }), `sw_part_type: "A B" has characters`},
		{image.FormatVBF, withVBF(func(h *image.VBF) { h.Networks = []string{"A", ""} }), `network: "" has characters`},
		{image.FormatVBF, withVBF(func(h *image.VBF) { h.SoftwareVersion = `"` }), `sw_version: "\"" has characters`},
		{image.FormatVBF, withVBF(func(h *image.VBF) { h.Erase = []image.Range{{From: 2, To: 1}} }), "erase: "},
		{image.FormatVBF, withVBF(func(h *image.VBF) { h.Erase = []image.Range{{From: 0, To: 1 << 32}} }), "no range of 32"},
		{image.FormatVBF, withField("call", "1"), `"call = 1;" is`},
		{image.FormatVBF, withField("a", "1; b = 2"), "no field"},
		{image.FormatVBF, withField("", "1"), "no field"},
	}
	for _, tt := range tests {
		_, err := image.Encode(tt.format, tt.m)
		if !errors.Is(err, image.ErrWrite) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want ErrWrite with %q", tt.format, err, tt.want)
		}
	}
	if _, err := image.Encode("elf", small(t)); !errors.Is(err, image.ErrFormat) {
		t.Errorf("elf: %v", err)
	}
}

func TestWriteFileErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "app.hex")
	if err := image.WriteFile(path, image.FormatIntelHex, small(t)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("into a folder that is not there: %v", err)
	}
	err := image.WriteFile(path, image.FormatRaw, small(t))
	if !errors.Is(err, image.ErrWrite) || !strings.Contains(err.Error(), path) {
		t.Errorf("what cannot be written: %v", err)
	}
}

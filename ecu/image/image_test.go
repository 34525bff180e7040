package image_test

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"otabench/ecu/image"
)

// build puts an image together that must be possible.
func build(t testing.TB, segments ...image.Segment) *image.Image {
	t.Helper()
	m, err := image.New(segments...)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func at(address uint64, data string) image.Segment {
	return image.Segment{Address: address, Data: []byte(data)}
}

func TestNew(t *testing.T) {
	m := build(t, at(20, "later"), at(3, "def"), at(0, "abc"), at(6, ""))
	want := []image.Segment{at(0, "abcdef"), at(20, "later")}
	if diff := cmp.Diff(want, m.Segments); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
	if m.Size() != 11 || m.Bounds() != (image.Range{From: 0, To: 25}) {
		t.Errorf("size %d, bounds %v", m.Size(), m.Bounds())
	}
	if diff := cmp.Diff([]image.Range{{From: 6, To: 20}}, m.Gaps()); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	if got, want := m.String(), "image: 11 bytes at 0x0 to 0x18, 1 gaps"; got != want {
		t.Errorf("String = %q, want %q", got, want)
	}
	if got, want := (&image.Image{}).String(), "image: 0 bytes at nothing at 0x0, 0 gaps"; got != want {
		t.Errorf("String = %q, want %q", got, want)
	}
}

func TestNewErrors(t *testing.T) {
	_, err := image.New(at(0x10, "abcd"), at(0x12, "x"))
	if err == nil || !strings.Contains(err.Error(), "two segments have data at 0x12 to 0x12") {
		t.Errorf("overlap: %v", err)
	}
	if _, err = image.New(at(math.MaxUint64-1, "ab")); err == nil || !strings.Contains(err.Error(), "beyond the last") {
		t.Errorf("end of the address space: %v", err)
	}
	half := make([]byte, image.MaxSize/2)
	whole, err := image.New(image.Segment{Data: half}, image.Segment{Address: 1 << 40, Data: half})
	if err != nil || whole.Size() != image.MaxSize {
		t.Errorf("an image of the largest size: %v, %v", whole, err)
	}
	_, err = image.New(image.Segment{Data: half}, image.Segment{Address: 1 << 40, Data: half}, at(1<<41, "x"))
	if !errors.Is(err, image.ErrTooLarge) {
		t.Errorf("one byte more: %v", err)
	}
}

func TestSlice(t *testing.T) {
	m := build(t, at(10, "abcde"), at(20, "fghij"), at(30, "klmno"))
	tests := []struct {
		from, to uint64
		want     []image.Segment
	}{
		{0, 100, m.Segments},
		{12, 22, []image.Segment{at(12, "cde"), at(20, "fg")}},
		{15, 20, nil},
		{0, 11, []image.Segment{at(10, "a")}},
		{34, math.MaxUint64, []image.Segment{at(34, "o")}},
		{35, 40, nil},
		{22, 22, nil},
	}
	for _, tt := range tests {
		got := m.Slice(image.Range{From: tt.from, To: tt.to}).Segments
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("Slice from %d to %d (-want +got):\n%s", tt.from, tt.to, diff)
		}
	}
	part := m.Slice(image.Range{From: 10, To: 12}).Segments[0]
	_ = append(part.Data, 'X')
	if string(m.Segments[0].Data) != "abcde" {
		t.Errorf("appending to a slice changed the image to %q", m.Segments[0].Data)
	}
}

func TestRegion(t *testing.T) {
	m := build(t, at(10, "abc"), at(15, "de"))
	got, err := m.Region(image.Range{From: 8, To: 18}, '.')
	if err != nil || string(got) != "..abc..de." {
		t.Errorf("Region = %q, %v", got, err)
	}
	if _, err := m.Region(image.Range{From: 0, To: image.MaxSize + 1}, 0); !errors.Is(err, image.ErrTooLarge) {
		t.Errorf("a region of more than MaxSize: %v", err)
	}
	if _, err := m.Region(image.Range{From: 2, To: 1}, 0); err == nil || !strings.Contains(err.Error(), "ends before") {
		t.Errorf("a region backwards: %v", err)
	}
}

func TestFill(t *testing.T) {
	m := build(t, at(10, "abc"), at(15, "de"))
	filled, err := m.Fill('.')
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]image.Segment{at(10, "abc..de")}, filled.Segments); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(m.Segments) != 2 {
		t.Error("Fill changed the image that it was called for")
	}
	if _, err := build(t, at(0, "a"), at(image.MaxSize, "b")).Fill(0); !errors.Is(err, image.ErrTooLarge) {
		t.Errorf("a gap of MaxSize: %v", err)
	}
}

func TestAlign(t *testing.T) {
	m := build(t, at(3, "ab"), at(6, "c"), at(17, "d"), at(40, "12345678"), at(48, "e"))
	tests := []struct {
		page uint64
		want []image.Segment
	}{
		{1, m.Segments},
		{8, []image.Segment{at(0, "...ab.c."), at(16, ".d......"), at(40, "12345678e.......")}},
		{16, []image.Segment{at(0, "...ab.c..........d.............."+"........12345678e...............")}},
	}
	for _, tt := range tests {
		aligned, err := m.Align(tt.page, '.')
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, aligned.Segments); diff != "" {
			t.Errorf("pages of %d (-want +got):\n%s", tt.page, diff)
		}
	}
}

func TestAlignErrors(t *testing.T) {
	var far []image.Segment
	for i := range uint64(5) {
		far = append(far, at(i<<32, "x"))
	}
	for _, page := range []uint64{image.MaxSize / 4, image.MaxSize + 1, 1 << 63} {
		if _, err := build(t, far...).Align(page, 0); !errors.Is(err, image.ErrTooLarge) {
			t.Errorf("pages of %d: %v", page, err)
		}
	}
	if _, err := build(t, far...).Align(0, 0); err == nil || !strings.Contains(err.Error(), "one byte at least") {
		t.Errorf("pages of nothing: %v", err)
	}
	last := build(t, at(math.MaxUint64-1, "x"))
	if _, err := last.Align(16, 0); err == nil || !strings.Contains(err.Error(), "beyond the last address") {
		t.Errorf("the last page: %v", err)
	}
}

func named(m *image.Image, name string) *image.Image {
	m.Name = name
	return m
}

func TestMerge(t *testing.T) {
	boot := named(build(t, at(0, "boot")), "boot.hex")
	app := named(build(t, at(4, "app"), at(16, "data")), "app.hex")
	app.Entry, app.Header = new(uint64(4)), "application"
	merged, err := image.Merge(boot, app)
	if err != nil {
		t.Fatal(err)
	}
	want := &image.Image{
		Name: "boot.hex", Entry: new(uint64(4)), Header: "application",
		Segments: []image.Segment{at(0, "bootapp"), at(16, "data")},
	}
	if diff := cmp.Diff(want, merged); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMergeErrors(t *testing.T) {
	boot := named(build(t, at(0, "boot")), "boot.hex")
	app := named(build(t, at(2, "app")), "app.hex")
	_, err := image.Merge(named(build(t, at(100, "x")), "other.hex"), boot, app)
	var overlap *image.OverlapError
	if !errors.As(err, &overlap) {
		t.Fatalf("Merge = %v, want an *OverlapError", err)
	}
	if overlap.A != "boot.hex" || overlap.B != "app.hex" ||
		overlap.Range != (image.Range{From: 2, To: 4}) {
		t.Errorf("Merge = %v", err)
	}
	if want := "boot.hex and app.hex both have data at 0x2 to 0x3; leave"; !strings.Contains(err.Error(), want) {
		t.Errorf("Merge = %v, want %q in it", err, want)
	}
	most := build(t, image.Segment{Address: 1 << 20, Data: make([]byte, image.MaxSize)})
	if _, err := image.Merge(boot, most); !errors.Is(err, image.ErrTooLarge) {
		t.Errorf("Merge = %v, want ErrTooLarge", err)
	}
	packed := &image.Image{Name: "packed.vbf", VBF: &image.VBF{DataFormat: 0x10}}
	_, err = image.Merge(boot, packed)
	if err == nil || !strings.Contains(err.Error(), "packed.vbf has data in format 0x10") {
		t.Errorf("Merge = %v", err)
	}
}

// TestSharing holds images to what they say of the data that they share.
func TestSharing(t *testing.T) {
	data := []byte("abcdef")
	m := build(t, image.Segment{Address: 0, Data: data[:3]})
	_ = append(m.Segments[0].Data, 'X')
	if !bytes.Equal(data, []byte("abcdef")) {
		t.Errorf("appending to a segment changed what follows it: %q", data)
	}
}

package image_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"otabench/ecu/image"
)

func TestIntelHex(t *testing.T) {
	tests := []struct {
		name, text string
		segments   []image.Segment
		entry      *uint64
	}{
		{
			name:     "nothing",
			text:     ":00000001FF",
			segments: nil,
		},
		{
			name:     "lower case, CRLF, blank lines, spaces and a byte order mark",
			text:     "\uFEFF\r\n  :03001000616263c7\r\n\t\r\n :00000001ff \r\n\r\n",
			segments: []image.Segment{at(0x10, "abc")},
		},
		{
			name:     "records out of order",
			text:     ":01001200638A\n:01001000618E\n:01001100628C\n:00000001FF\n",
			segments: []image.Segment{at(0x10, "abc")},
		},
		{
			name:     "linear address",
			text:     ":020000040801F1\n:01001000618E\n:00000001FF\n",
			segments: []image.Segment{at(0x08010010, "a")},
		},
		{
			name:     "linear addresses go on over 64 KiB",
			text:     ":020000040001F9\n:02FFFF0061623D\n:00000001FF\n",
			segments: []image.Segment{at(0x1FFFF, "ab")},
		},
		{
			name:     "so do addresses before any base",
			text:     ":02FFFF0061623D\n:00000001FF\n",
			segments: []image.Segment{at(0xFFFF, "ab")},
		},
		{
			name:     "segments wrap at 64 KiB",
			text:     ":020000021000EC\n:02FFFF0061623D\n:00000001FF\n",
			segments: []image.Segment{at(0x10000, "b"), at(0x1FFFF, "a")},
		},
		{
			name:     "the highest segment goes beyond 1 MiB",
			text:     ":02000002FFFFFE\n:01FFFF0061A0\n:00000001FF\n",
			segments: []image.Segment{at(0x10FFEF, "a")},
		},
		{
			name:  "CS and IP",
			text:  ":0400000312340005AE\n:00000001FF\n",
			entry: new(uint64(0x12345)),
		},
		{
			name:  "EIP",
			text:  ":0400000508000101ED\n:00000001FF\n",
			entry: new(uint64(0x08000101)),
		},
		{
			name:     "the last byte of 4 GiB",
			text:     ":02000004FFFFFC\n:01FFFF0061A0\n:00000001FF\n",
			segments: []image.Segment{at(0xFFFFFFFF, "a")},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := image.ParseIntelHex("app.hex", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			want := &image.Image{Name: "app.hex", Format: image.FormatIntelHex, Segments: tt.segments, Entry: tt.entry}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// place is where an error is.
type place struct {
	line, column int
	offset       int64
}

// checkError holds an error to its place and text.
func checkError(t *testing.T, err error, want place, text string) {
	t.Helper()
	var e *image.Error
	if !errors.As(err, &e) {
		t.Fatalf("error is %v, want an *image.Error", err)
	}
	if got := (place{e.Line, e.Column, e.Offset}); got != want {
		t.Errorf("%v: at %+v, want %+v", err, got, want)
	}
	if !strings.Contains(err.Error(), text) {
		t.Errorf("%v, want %q in it", err, text)
	}
}

func TestIntelHexErrors(t *testing.T) {
	const end = ":00000001FF\n"
	tests := []struct {
		text string
		at   place
		want string
	}{
		{"", place{1, 1, 0}, "app.hex:1:1: the file ends without an end record"},
		{":01001000618E\n\n\n", place{3, 1, 15}, "without an end record (:00000001FF); it is cut short"},
		{":01001000618E", place{1, 14, 13}, "without an end record"},
		{end + ":01001000618E\n", place{2, 1, 12}, "a line follows the end record"},
		{":01001000618E\nhello\n", place{2, 1, 14}, "a record begins with a colon, and this line with 'h'"},
		{"\r\n  :01x01000618E\n", place{2, 6, 7}, "'x' is no hexadecimal digit"},
		{":", place{1, 2, 1}, "the record ends before its length"},
		{":01001000618", place{1, 2, 1}, "a record of length 0x01 has 12 digits, and here are 11"},
		{":01001000618E8E\n", place{1, 2, 1}, "has 12 digits, and here are 14"},
		{":01001000618D\n", place{1, 12, 11}, "the checksum is 8D, and 8E by the bytes before it"},
		{":0000000BF5\n", place{1, 8, 7}, "record type 0B is none of Intel HEX"},
		{":01000001619D\n", place{1, 2, 1}, "a record of type 01 has 0 bytes of data, and this one has 1"},
		{":0100000408F3\n", place{1, 2, 1}, "a record of type 04 has 2 bytes of data, and this one has 1"},
		{":02000004FFFFFC\n:02FFFF0061623D\n", place{2, 4, 19}, "data at 0xFFFFFFFF go beyond 4 GiB"},
		{":03001000616263C7\n\n:02001100626328\n" + end, place{3, 4, 22}, "line 1 gave data at 0x11 already"},
		{":02001100626328\n\n:03001000616263C7\n" + end, place{3, 4, 20}, "line 1 gave data at 0x11 already"},
		{":01001000618E\n:01001100628C\n:01001100628C\n" + end, place{3, 4, 31}, "line 2 gave data at 0x11 already"},
	}
	for _, tt := range tests {
		_, err := image.ParseIntelHex("app.hex", []byte(tt.text))
		checkError(t, err, tt.at, tt.want)
	}
}

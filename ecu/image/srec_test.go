package image_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"otabench/ecu/image"
)

func TestSRecord(t *testing.T) {
	tests := []struct {
		name, text string
		segments   []image.Segment
		header     string
		entry      *uint64
	}{
		{name: "nothing", text: "S9030000FC\n"},
		{
			name:     "16 bits, with header, count and start",
			text:     "S00700006170703186\nS1060010616263C3\nS5030001FB\nS9030010EC\n",
			segments: []image.Segment{at(0x10, "abc")}, header: "app1", entry: new(uint64(0x10)),
		},
		{
			name:     "24 bits",
			text:     "S20512345661FD\r\n\r\ns8041234565f\r\n",
			segments: []image.Segment{at(0x123456, "a")}, entry: new(uint64(0x123456)),
		},
		{
			name:     "32 bits, a count of 24 bits and no end",
			text:     "S306FFFFFFFF619C\nS604000001FA\n",
			segments: []image.Segment{at(0xFFFFFFFF, "a")},
		},
		{
			name:     "a second header, and addresses of several lengths",
			text:     "S004000041BA\nS004000042B9\nS1040010618A\nS2050000116287\nS70500000000FA\n",
			segments: []image.Segment{at(0x10, "ab")}, header: "A",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := image.ParseSRecord("app.s19", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			want := &image.Image{
				Name: "app.s19", Format: image.FormatSRecord, Segments: tt.segments, Header: tt.header, Entry: tt.entry,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSRecordErrors(t *testing.T) {
	const end = "S9030000FC\n"
	tests := []struct {
		text string
		at   place
		want string
	}{
		{"", place{1, 1, 0}, "app.s19:1:1: the file ends without an S7, S8 or S9 record"},
		{"S1040010618A\n", place{1, 13, 12}, "it may be cut short"},
		{"S5030000FC\nS1040010618A\n", place{2, 13, 23}, "it may be cut short"},
		{end + "S1040010618A\n", place{2, 1, 11}, "a line follows the record that ends the file"},
		{"S", place{1, 1, 0}, `a record begins with S and a digit, and this line with "S"`},
		{"S1040010618A\n  :01001000618E\n", place{2, 3, 15}, `and this line with ":0"`},
		{"SA040010618A", place{1, 1, 0}, `this line with "SA"`},
		{"S4030000FC", place{1, 2, 1}, "type S4 is reserved"},
		{"S1", place{1, 3, 2}, "the record ends before its length"},
		{"S10400106G8A", place{1, 10, 9}, "'G' is no hexadecimal digit"},
		{"S1040010618", place{1, 3, 2}, "a record of length 0x04 has 10 digits, and here are 9"},
		{"S1020010", place{1, 3, 2}, "length 0x02 is too short for the address and checksum of S1"},
		{"S1040010618B", place{1, 11, 10}, "the checksum is 8B, and 8A by the bytes before it"},
		{"S904000000FB", place{1, 3, 2}, "S9 has 1 bytes of data, and must have none"},
		{"S1040010618A\nS5030002FA\n", place{2, 5, 17}, "2 data records are said to come before this one, and 1 do"},
		{"S307FFFFFFFF616239\n", place{1, 5, 4}, "data at 0xFFFFFFFF go beyond 4 GiB"},
		{"S1060010616263C3\nS10400116288\n" + end, place{2, 5, 21}, "line 1 gave data at 0x11 already"},
	}
	for _, tt := range tests {
		_, err := image.ParseSRecord("app.s19", []byte(tt.text))
		checkError(t, err, tt.at, tt.want)
	}
}

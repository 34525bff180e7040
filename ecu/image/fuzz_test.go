package image_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"otabench/ecu/image"
)

// fuzzParse holds a parser to what every image is, to errors with a place, and to writing what it has read so that it
// reads the same again.
func fuzzParse(f *testing.F, format image.Format, samples ...func(testing.TB) *image.Image) {
	for _, sample := range samples {
		data, err := image.Encode(format, sample(f))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := image.ReadAs(format, "fuzz", data)
		if err != nil {
			checkPlace(t, err, data)
			return
		}
		checkSegments(t, m)
		written, err := image.Encode(format, m)
		if err != nil {
			if !errors.Is(err, image.ErrWrite) {
				t.Fatalf("cannot write what was read: %v", err)
			}
			return
		}
		again, err := image.ReadAs(format, "fuzz", written)
		if err != nil {
			t.Fatalf("cannot read what was written: %v\n%s", err, written)
		}
		if diff := cmp.Diff(m, again); diff != "" {
			t.Errorf("came back otherwise (-want +got):\n%s", diff)
		}
	})
}

// checkPlace holds an error to a place that the file has.
func checkPlace(t *testing.T, err error, data []byte) {
	t.Helper()
	var e *image.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *image.Error", err)
	}
	if e.Offset < 0 || e.Offset > int64(len(data)) || e.Line < 0 || (e.Line > 0) != (e.Column > 0) || e.Text == "" {
		t.Errorf("%v: line %d, column %d, byte %d of %d", err, e.Line, e.Column, e.Offset, len(data))
	}
}

// checkSegments holds an image to segments that are sorted and have gaps between them.
func checkSegments(t *testing.T, m *image.Image) {
	t.Helper()
	gap := func(a, b image.Segment) int {
		if a.Range().To < b.Address {
			return -1
		}
		return 1
	}
	for i := 1; i < len(m.Segments); i++ {
		if !slices.IsSortedFunc(m.Segments[i-1:i+1], gap) {
			t.Errorf("%v comes before %v", m.Segments[i-1], m.Segments[i])
		}
	}
	for _, s := range m.Segments {
		if len(s.Data) == 0 {
			t.Errorf("%v has no data", s)
		}
	}
}

func FuzzIntelHex(f *testing.F) {
	f.Add([]byte(":020000021000EC\n:02FFFF0061623D\n:0400000312340005AE\n:00000001FF\n"))
	fuzzParse(f, image.FormatIntelHex, sample, small)
}

func FuzzSRecord(f *testing.F) {
	f.Add([]byte("S00700006170703186\nS306FFFFFFFF619C\nS604000001FA\n"))
	fuzzParse(f, image.FormatSRecord, sample, small, tiny)
}

func FuzzVBF(f *testing.F) {
	f.Add([]byte(vbf(fullHeader, block(0x1000, "application"), block(0x100B, "data"))))
	f.Add([]byte(vbf("vbf_version = 3.0; header { data_format_identifier=0x10; CHECKSUM }", blockWith(8, "two", 0x1234))))
	fuzzParse(f, image.FormatVBF, vbfSample)
}

// FuzzDetect reads files of any content by a name that tells nothing.
func FuzzDetect(f *testing.F) {
	for _, head := range []string{"", ":00000001FF", "S9030000FC", "vbf_version", "// x", "\uFEFF:"} {
		f.Add([]byte(head))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := image.Read("file", data)
		if err != nil {
			if !errors.Is(err, image.ErrFormat) {
				checkPlace(t, err, data)
			}
			return
		}
		if m.Format == image.FormatRaw {
			t.Error("read as raw bytes, which nobody asked for")
		}
		checkSegments(t, m)
	})
}

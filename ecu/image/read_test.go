package image_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"otabench/ecu/image"
)

func TestRead(t *testing.T) {
	tests := []struct {
		name, content string
		want          image.Format
	}{
		{"app.hex", ":01001000618E\n:00000001FF\n", image.FormatIntelHex},
		{"app", "\r\n\uFEFF:00000001FF", ""},
		{"app", "\uFEFF\r\n :00000001FF", image.FormatIntelHex},
		{"app.hex", "S9030000FC", image.FormatSRecord},
		{"app.mot", "s9030000fc", image.FormatSRecord},
		{"app", vbf("vbf_version=2.6;header{CHECKSUM}", block(1, "x")), image.FormatVBF},
		{"app", vbf("// comment\nvbf_version=2.6;header{CHECKSUM}", block(1, "x")), image.FormatVBF},
		{"app", vbf("/* comment */vbf_version=2.6;header{CHECKSUM}", block(1, "x")), image.FormatVBF},
		{"APP.BIN", ":00000001FF", image.FormatRaw},
		{"disk.img", "", image.FormatRaw},
		{"app", "", ""},
		{"app.hex", "\x7FELF", ""},
		{"app.s19", "Software", ""},
	}
	for _, tt := range tests {
		path := filepath.Join(t.TempDir(), tt.name)
		if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := image.ReadFile(path)
		switch {
		case tt.want == "":
			if !errors.Is(err, image.ErrFormat) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s of %.20q: %v, want ErrFormat with the path", tt.name, tt.content, err)
			}
		case err != nil:
			t.Errorf("%s of %.20q: %v", tt.name, tt.content, err)
		case m.Format != tt.want || m.Name != path:
			t.Errorf("%s of %.20q: read %s as %s, want %s", tt.name, tt.content, m.Name, m.Format, tt.want)
		}
	}
	if _, err := image.ReadFile(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// TestReadLarge gives a file of zeros that takes no room on the disk.
func TestReadLarge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large.hex")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 4*image.MaxSize+1); err != nil {
		t.Fatal(err)
	}
	if _, err := image.ReadFile(path); !errors.Is(err, image.ErrTooLarge) {
		t.Errorf("ReadFile = %v, want ErrTooLarge", err)
	}
}

func TestReadAs(t *testing.T) {
	for _, format := range image.Formats() {
		m, err := image.ReadAs(format, "file", []byte(":00000001FF"))
		if format == image.FormatIntelHex || format == image.FormatRaw {
			if err != nil || m.Format != format {
				t.Errorf("as %s: %v, %v", format, m, err)
			}
			continue
		}
		var e *image.Error
		if !errors.As(err, &e) {
			t.Errorf("as %s: %v, want an *image.Error", format, err)
		}
	}
	if _, err := image.ReadAs("elf", "file", nil); !errors.Is(err, image.ErrFormat) {
		t.Errorf("as elf: %v", err)
	}
}

func TestRaw(t *testing.T) {
	m, err := image.Raw("app.bin", 0x08000000, []byte("abc"))
	if err != nil {
		t.Fatal(err)
	}
	want := &image.Image{Name: "app.bin", Format: image.FormatRaw, Segments: []image.Segment{at(0x08000000, "abc")}}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFormatByName(t *testing.T) {
	for path, want := range map[string]image.Format{
		"a.bin": image.FormatRaw, "b/a.IMG": image.FormatRaw, "a.hex": image.FormatIntelHex, "a.s37": image.FormatSRecord,
		"a.tar.vbf": image.FormatVBF, "hex": "", "a.elf": "",
	} {
		got, err := image.FormatByName(path)
		if got != want || (want == "") != errors.Is(err, image.ErrFormat) {
			t.Errorf("FormatByName(%s) = %s, %v, want %s", path, got, err, want)
		}
	}
}

// TestTooManyPieces gives bytes that nothing holds together.
func TestTooManyPieces(t *testing.T) {
	var text strings.Builder
	text.Grow(18 << 20)
	for range 1<<20 + 1 {
		text.WriteString(":0100100000EF\n")
	}
	_, err := image.ParseIntelHex("app.hex", []byte(text.String()))
	checkError(t, err, place{1<<20 + 1, 10, 14<<20 + 9}, "of too many pieces")
	if !errors.Is(err, image.ErrTooLarge) {
		t.Errorf("%v, want ErrTooLarge", err)
	}
}

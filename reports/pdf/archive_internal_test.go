package pdf

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
	"time"
)

// made is a file as fpdf makes it, with two bookmarks.
func made(t *testing.T) ([]byte, archive) {
	t.Helper()
	s := newSheet(faces(t), "id", "", time.Unix(0, 0), layout{at: map[string]int{}})
	s.begin("Chapter")
	s.part("Section")
	var b bytes.Buffer
	if err := s.pdf.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), archive{bookmarks: s.below(), properties: properties{title: "<t> & ü", issued: time.Unix(0, 0)}}
}

func TestArchive(t *testing.T) {
	file, a := made(t)
	if !slices.Equal(a.bookmarks, []int{1, -1}) {
		t.Errorf("bookmarks %v", a.bookmarks)
	}
	var b bytes.Buffer
	if err := a.write(&b, file); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"%PDF-1.4\n", "/Count -1>>", " 0 R /Count 1>>", "/S /GTS_PDFA1", "<pdfaid:part>1<", "&lt;t&gt; &amp; ü", "<FEFF003C0074003E002000260020", "/ID [<"} {
		if !bytes.Contains(b.Bytes(), []byte(want)) {
			t.Errorf("the file has no %s", want)
		}
	}
	if bytes.Contains(b.Bytes(), []byte("EmbeddedFiles")) {
		t.Error("the file has attachments")
	}
}

func TestAFileOfAnotherLayoutIsRefused(t *testing.T) {
	file, a := made(t)
	change := func(old, replacement string) []byte {
		if !bytes.Contains(file, []byte(old)) {
			t.Fatalf("the file has no %q", old)
		}
		return bytes.Replace(file, []byte(old), []byte(replacement), 1)
	}
	for name, broken := range map[string][]byte{
		"empty":              nil,
		"no end":             file[:len(file)-2],
		"no table":           change("\nxref\n", "\nxxxx\n"),
		"no root":            change("/Root ", "/Boot "),
		"a root too far":     change("/Root ", "/Root 9"),
		"no properties":      change("/Info ", "/Xnfo "),
		"a moved object":     change("\n3 0 obj", "\n4 0 obj"),
		"a stream too long":  change("/Length ", "/Length 9999999"),
		"a stream of none":   change("/Length ", "/Xength "),
		"no bookmarks":       change("\n/Outlines ", "\n/Xutlines "),
		"another bookmark":   change("/Count 0>>", "/Count 1>>"),
		"a table of nothing": change("0000000015 00000 n", "00000x0015 00000 n"),
	} {
		t.Run(name, func(t *testing.T) {
			if err := a.write(io.Discard, broken); !errors.Is(err, errForeign) {
				t.Errorf("error %v", err)
			}
		})
	}
	a.bookmarks = make([]int, 1000)
	if err := a.write(io.Discard, file); !errors.Is(err, errForeign) {
		t.Errorf("with too many bookmarks: error %v", err)
	}
}

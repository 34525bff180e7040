package html

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otabench/bench/record"
	"otabench/reports"
)

func pageText(t *testing.T, dir string) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, load(t, dir), time.Time{}); err != nil {
		t.Fatal(err)
	}
	return words(b.String())
}

// What is wrong with a trace is said, and takes nothing else from the page.
func TestTracesThatAreNotWhole(t *testing.T) {
	dir := mixedFolder(t)
	path := filepath.Join(dir, "trace.pcapng")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		text []byte
		want string
	}{
		"whole":      {whole, "| 9000 | ✓ whole |"},
		"empty":      {nil, "| 0 | 0 | ✓ whole |"},
		"breaks off": {whole[:len(whole)/2], "✗ not whole, from byte "},
		"no trace":   {[]byte("<script>alert(1)</script>"), "this is no pcapng file"},
	} {
		if err := os.WriteFile(path, tt.text, 0o600); err != nil {
			t.Fatal(err)
		}
		text := pageText(t, dir)
		for _, want := range []string{tt.want, "boots the previous software", "— end of report —"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q", name, want)
			}
		}
	}
}

// A trace that vanished, or became a way out of the folder, since the run was loaded is not read.
func TestTracesThatAreNone(t *testing.T) {
	dir := mixedFolder(t)
	run := load(t, dir)
	path := filepath.Join(dir, "trace.pcapng")
	outside := filepath.Join(t.TempDir(), "secret")
	create(t, outside, func(w io.Writer) error { return writeTrace(w, 10, time.Second) })
	for name, make := range map[string]func() error{
		"gone": func() error { return nil }, "a link": func() error { return os.Symlink(outside, path) }, "a folder": func() error { return os.Mkdir(path, 0o700) },
	} {
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		if err := make(); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := Write(&b, run, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(words(b.String()), "✗ not read:") {
			t.Errorf("%s: the page does not say that the trace was not read", name)
		}
	}
}

// Identifiers are read as those of a unit only where the record says so.
func TestUnitsOfTheRecord(t *testing.T) {
	r := &reports.Run{Devices: []record.Device{
		{Role: "bcm", Class: "ecu", Address: "bcm at ISO-TP 7E0/7E8 on virtual:body"},
		{Role: "door", Class: "ecu", Address: "door at ISO-TP 18DA10F1/18DAF110 on can0"},
		{Role: "psu", Class: "supply", Address: "ISO-TP 123/124"},
		{Role: "odd", Class: "ecu", Address: "over there"},
	}}
	got := units(r)
	if len(got) != 4 || got["7E8"] != [2]string{"bcm", "response"} || got["18DA10F1"] != [2]string{"door", "request"} {
		t.Errorf("%v", got)
	}
}

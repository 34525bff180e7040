package rederive

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"otabench/reports"
)

func TestParseReading(t *testing.T) {
	for text, want := range map[string]reading{
		"0.002461,0.975,0":            {2461 * time.Microsecond, 975_000, 0},
		"1,13.5,-0.25":                {time.Second, 13_500_000, -250_000},
		"-0.000001,0.000001,0.000000": {-time.Microsecond, 1, 0},
		"123456.5,-0.5,3":             {123456500 * time.Millisecond, -500_000, 3_000_000},
	} {
		if got, err := parseReading([]byte(text)); err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", ",", ",,", "1,2", "1,2,3,4", "1,2,NaN", "1,2,1e3", "1,2,.", "1,2,3.", "1,,3", "1,2,3.1234567", "1,2,--3", "1,2,1.2.3",
		"1,2,0x10", "9999999999999999999,1,1", "1, 2,3", "1000000000000,1,1",
	} {
		if got, err := parseReading([]byte(text)); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

func FuzzReadings(f *testing.F) {
	f.Add([]byte("seconds,volts,amperes\n0.002461,0.975,0\n1,13.5,-0.25\n"))
	f.Add([]byte("seconds,volts,amperes\n" + strings.Repeat("1", 1<<17)))
	f.Fuzz(func(t *testing.T, text []byte) {
		r := newReadings(only("supply-kl30.csv", text), "kl30")
		defer r.parts.close()
		for n := 0; ; n++ {
			one, err := r.next()
			if err != nil {
				if _, again := r.next(); again == nil {
					t.Fatal("it goes on after", err)
				}
				return
			}
			if n > len(text) {
				t.Fatal("more readings than bytes, the last", one)
			}
		}
	})
}

func FuzzGinkgo(f *testing.F) {
	f.Add([]byte(`[{"SuitePath":"x","SpecReports":[{"LeafNodeType":"It","State":"passed","ReportEntries":[{"Name":"measurement","Value":{"AsJSON":"{}"}}]}]}]`))
	f.Add([]byte(`[{"SpecReports":[`))
	f.Add([]byte(`[{"SpecReports":{}}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		specs := 0
		err := eachSpec(bytes.NewReader(text), func(*ginkgoSpec) { specs++ })
		if err == nil && len(text) == 0 || specs > len(text) {
			t.Fatalf("%d specs in %d bytes: %v", specs, len(text), err)
		}
	})
}

func FuzzConsole(f *testing.F) {
	f.Add([]byte("[0.1] boot\r\n[0.2] slot A\n"), "[0.1] boot", "[0.2] slot A")
	f.Add([]byte(strings.Repeat("x", 3*maxLine)), strings.Repeat("x", maxLine), "y")
	f.Fuzz(func(t *testing.T, log []byte, one, two string) {
		c := &checker{run: &reports.Run{Ended: "passed"}, res: &Result{}}
		l := &console{c: c, role: "bcm", parts: parts{open: only("console-bcm.log", log), base: "console-bcm.log", mark: "."}}
		defer l.close()
		for _, text := range []string{one, two} {
			l.line(0, text)
		}
		l.finish()
		if c.res.Lines > 0 && !bytes.HasPrefix(log, []byte(one)) {
			t.Fatalf("%q is found in %q", one, log)
		}
	})
}

// One value of a report must not take all memory.
func TestGinkgoIsBounded(t *testing.T) {
	endless := io.MultiReader(strings.NewReader(`[{"SpecReports":[{"LeafNodeText":"`), endlessly('x'))
	if err := eachSpec(endless, func(*ginkgoSpec) {}); err == nil {
		t.Error("an endless text is read")
	}
}

type endlessly byte

func (e endlessly) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

// A pipe in the folder would block who opens it.
func TestOnlyFilesAreOpened(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, traceName), 0o644); err != nil {
		t.Skip(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if _, err := reports.OpenFile(root, traceName); err == nil {
		t.Error("a pipe is opened")
	}
}

// only opens one file.
func only(name string, text []byte) func(string) (io.ReadCloser, error) {
	return func(wanted string) (io.ReadCloser, error) {
		if wanted != name {
			return nil, os.ErrNotExist
		}
		return io.NopCloser(bytes.NewReader(text)), nil
	}
}

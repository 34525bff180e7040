package tracefile_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"otabench/can"
	"otabench/can/trace"
	"otabench/can/trace/tracefile"
	"otabench/can/trace/tracetest"
)

// pack compresses.
func pack(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestFormatOf(t *testing.T) {
	tests := []struct {
		path       string
		format     tracefile.Format
		compressed bool
	}{
		{"run/trace.pcapng", tracefile.PCAPNG, false},
		{"trace.LOG", tracefile.Candump, false},
		{"trace.candump.gz", tracefile.Candump, true},
		{"a.pcapng/b.asc.GZ", tracefile.ASC, true},
		{"trace.blf", tracefile.BLF, false},
	}
	for _, test := range tests {
		format, compressed, err := tracefile.FormatOf(test.path)
		if format != test.format || compressed != test.compressed || err != nil {
			t.Errorf("%s is %v, compressed %v, error %v", test.path, format, compressed, err)
		}
	}
	for _, path := range []string{"", "trace", "trace.gz", "trace.txt", "asc"} {
		if _, _, err := tracefile.FormatOf(path); !errors.Is(err, tracefile.ErrFormat) ||
			!strings.Contains(err.Error(), ".pcapng") {
			t.Errorf("%q: got error %v, want %v and the known ones", path, err, tracefile.ErrFormat)
		}
	}
}

func TestDetection(t *testing.T) {
	const line, event = "(1.0) can0 001#\n", "0.0 1 1 Rx d 0\n"
	tests := map[string]struct {
		file   string
		format tracefile.Format
		frames int
	}{
		"empty":                   {"", tracefile.PCAPNG, 0},
		"candump":                 {line, tracefile.Candump, 1},
		"candump, Windows":        {"\xEF\xBB\xBF" + line, tracefile.Candump, 1},
		"candump, comments":       {"\n# date 1\n// hm\n" + line, tracefile.Candump, 1},
		"candump, dropped frames": {"DROPCOUNT: dropped 1 CAN frame on 'can0' socket\n" + line, tracefile.Candump, 1},
		"candump, comments only":  {"; nothing\n", tracefile.Candump, 0},
		"ASC":                     {"date Sun Mar 1 12:00:00 2026\n" + event, tracefile.ASC, 1},
		"ASC, Windows":            {"\xEF\xBB\xBFdate Sun Mar 1 12:00:00 2026\r\n" + event, tracefile.ASC, 1},
		"ASC, no date":            {"// by hand\r\nBASE hex\n" + event, tracefile.ASC, 1},
		"ASC, no events":          {"no internal events logged\n", tracefile.ASC, 0},
		"ASC, no head":            {"   " + event, tracefile.ASC, 1},
		"ASC, comments only":      {"// nothing\n", tracefile.ASC, 0},
	}
	for name, test := range tests {
		for how, file := range map[string][]byte{"plain": []byte(test.file), "gzip": pack(t, []byte(test.file))} {
			t.Run(name+", "+how, func(t *testing.T) {
				src, format, err := tracefile.NewSource(iotest.OneByteReader(bytes.NewReader(file)))
				if err != nil {
					t.Fatal(err)
				}
				records, err := tracetest.ReadAll(src)
				if format != test.format || len(records) != test.frames || err != io.EOF {
					t.Errorf("format %s, %d frames, ended with %v", format, len(records), err)
				}
			})
		}
	}
}

func TestNoTrace(t *testing.T) {
	for file, want := range map[string]string{
		"text":                        `it begins with "text"`,
		"(text":                       `it begins with "(text"`,
		"(":                           `it begins with "("`,
		"1 2 3\n":                     `it begins with "1 2 3`,
		"\x1F\x8Bnot compressed":      "gzip: invalid header",
		"\x1F\x8B":                    "trace breaks off",
		"\xD4\xC3\xB2\xA1\x02\x00":    "editcap",
		strings.Repeat("\n", 1<<20):   "it begins with",
		string(pack(t, []byte("no"))): `it begins with "no"`,
	} {
		src, format, err := tracefile.NewSource(strings.NewReader(file))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: got %v %s, error %v; want %s", file, src, format, err, want)
		}
	}
	if _, _, err := tracefile.NewSource(iotest.ErrReader(os.ErrPermission)); !errors.Is(err, os.ErrPermission) {
		t.Errorf("got error %v, want %v", err, os.ErrPermission)
	}
}

func TestDamagedCompression(t *testing.T) {
	plain := strings.Repeat("(1.0) can0 001#\n", 10000)
	whole := pack(t, []byte(plain))
	flipped := slices.Clone(whole)
	flipped[len(flipped)-8]++ // checksum
	tests := map[string]struct {
		file []byte
		want error
	}{
		"cut":      {whole[:len(whole)-20], trace.ErrTruncated},
		"checksum": {flipped, trace.ErrCorrupt},
		"deflate":  {append(slices.Clone(whole[:10]), 0x07), trace.ErrCorrupt}, // a block of no kind
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			src, _, err := tracefile.NewSource(bytes.NewReader(test.file))
			if err == nil {
				_, err = tracetest.ReadAll(src)
			}
			if !errors.Is(err, test.want) {
				t.Errorf("got error %v, want %v", err, test.want)
			}
		})
	}
}

func TestFiles(t *testing.T) {
	// A chain through all formats loses nothing that all of them have.
	want := tracetest.Change(tracetest.Sample(), func(rec *trace.Record) { rec.Own = false })
	dir := t.TempDir()
	first := filepath.Join(dir, "first.pcapng")
	out, err := tracefile.Create(first)
	if err != nil {
		t.Fatal(err)
	}
	if err := tracetest.WriteAll(out, tracetest.Sample()); err != nil {
		t.Fatal(err)
	}
	from := first
	for _, name := range []string{"a.asc", "b.log", "c.pcapng.gz", "d.asc.gz", "e.log.gz", "f.blf", "g.pcapng"} {
		to := filepath.Join(dir, name)
		report := convert(t, from, to)
		if report.Frames != len(want) || report.Refused != 0 || len(report.Read) != 0 {
			t.Errorf("%s to %s: %v", from, to, report)
		}
		from = to
	}
	file, err := tracefile.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	got, err := tracetest.ReadAll(file)
	if err != io.EOF {
		t.Error(err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func convert(t testing.TB, from, to string) tracefile.Report {
	t.Helper()
	src, err := tracefile.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	dst, err := tracefile.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	report, err := tracefile.Copy(dst, src)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestFilesThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	if _, err := tracefile.Open(filepath.Join(dir, "missing.asc")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Open: got error %v, want %v", err, os.ErrNotExist)
	}
	if _, err := tracefile.Create(filepath.Join(dir, "missing", "trace.asc")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Create: got error %v, want %v", err, os.ErrNotExist)
	}
	if _, err := tracefile.Create(filepath.Join(dir, "trace.txt")); !errors.Is(err, tracefile.ErrFormat) {
		t.Errorf("Create: got error %v, want %v", err, tracefile.ErrFormat)
	}
	packed := filepath.Join(dir, "trace.blf.gz")
	if _, err := tracefile.Create(packed); err == nil || !strings.Contains(err.Error(), "leave that off") {
		t.Errorf("Create: got error %v, want one that says what to do", err)
	}
	if _, err := tracefile.NewSink(io.Discard, tracefile.BLF); err == nil || !strings.Contains(err.Error(), "a file") {
		t.Errorf("NewSink: got error %v, want one that says what BLF needs", err)
	}
	text := filepath.Join(dir, "trace.log")
	if err := os.WriteFile(text, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := tracefile.Open(text); !errors.Is(err, tracefile.ErrFormat) || !strings.Contains(err.Error(), text) {
		t.Errorf("Open: got error %v, want %v and the name", err, tracefile.ErrFormat)
	}
	if _, err := tracefile.NewSink(io.Discard, "trc"); !errors.Is(err, tracefile.ErrFormat) {
		t.Errorf("NewSink: got error %v, want %v", err, tracefile.ErrFormat)
	}
}

// source is a trace in memory, of so many frames.
type source struct {
	frame  func(i int) trace.Record
	frames int
	next   int
	err    error
}

func (s *source) Next() (trace.Record, error) {
	if s.next == s.frames {
		return trace.Record{}, s.err
	}
	s.next++
	return s.frame(s.next - 1), nil
}

func (s *source) Losses() []trace.Loss { return []trace.Loss{{What: "pages torn", Count: 3}} }

func TestCopyReports(t *testing.T) {
	odd := []trace.Record{
		{Bus: "my bus", Received: tracetest.Load(0).Received, Comment: "one\ntwo"},
		{Bus: "x", Received: can.Received{Frame: can.New(1)}},
		{Bus: "x", Received: can.Received{Frame: can.Frame{Len: 99}, Time: tracetest.Start}},
		tracetest.Load(1),
	}
	src := &source{frame: func(i int) trace.Record { return odd[i] }, frames: len(odd), err: trace.ErrCorrupt}
	var out bytes.Buffer
	dst, err := tracefile.NewSink(&out, tracefile.Candump)
	if err != nil {
		t.Fatal(err)
	}
	report, err := tracefile.Copy(dst, src)
	if !errors.Is(err, trace.ErrCorrupt) {
		t.Errorf("got error %v, want %v", err, trace.ErrCorrupt)
	}
	const want = "2 frames; 2 frames refused, the first: trace of bus x: frame 001: " +
		"time is not between 1970 and 2262: 0001-01-01 00:00:00 +0000 UTC; lost in reading: 3 pages torn; " +
		"lost in writing: 2 comments dropped, 1 names of buses changed"
	if got := report.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if lines := strings.Count(out.String(), "\n"); lines != 2 {
		t.Errorf("wrote %d lines before the damage, want 2:\n%s", lines, out.String())
	}
}

// full is a disk without room.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestCopyToAFullDisk(t *testing.T) {
	for _, frames := range []int{1, 100000} { // found out at Close, and before
		dst, err := tracefile.NewSink(full{}, tracefile.ASC)
		if err != nil {
			t.Fatal(err)
		}
		_, err = tracefile.Copy(dst, &source{frame: tracetest.Load, frames: frames, err: io.EOF})
		if !errors.Is(err, errFull) || strings.Count(err.Error(), errFull.Error()) != 1 {
			t.Errorf("%d frames: got error %v, want one %v", frames, err, errFull)
		}
	}
}

func TestMemoryIsFlat(t *testing.T) {
	const frames, bound = 100_000, 4 << 20
	for _, format := range []tracefile.Format{tracefile.PCAPNG, tracefile.Candump, tracefile.ASC} {
		t.Run(string(format), func(t *testing.T) {
			r, w := io.Pipe()
			written := make(chan error, 1)
			go func() {
				dst, err := tracefile.NewSink(w, format)
				if err == nil {
					_, err = tracefile.Copy(dst, &source{frame: tracetest.Load, frames: frames, err: io.EOF})
				}
				written <- err
				w.Close()
			}()
			src, _, err := tracefile.NewSource(r)
			if err != nil {
				t.Fatal(err)
			}
			var begin, end runtime.MemStats
			for i := range frames {
				if _, err := src.Next(); err != nil {
					t.Fatal(err)
				}
				switch i {
				case frames / 10:
					runtime.GC()
					runtime.ReadMemStats(&begin)
				case frames - 1:
					runtime.GC()
					runtime.ReadMemStats(&end)
				}
			}
			if _, err := src.Next(); err != io.EOF {
				t.Errorf("ended with %v", err)
			}
			if err := <-written; err != nil {
				t.Error(err)
			}
			if end.HeapAlloc > begin.HeapAlloc+bound {
				t.Errorf("%d bytes in use after %d frames, %d after %d", begin.HeapAlloc, frames/10, end.HeapAlloc, frames)
			}
		})
	}
}

// python-can reads the file and we read what it makes of it.
func TestPythonConverts(t *testing.T) {
	dir := t.TempDir()
	ours := filepath.Join(dir, "ours.log")
	out, err := tracefile.Create(ours)
	if err != nil {
		t.Fatal(err)
	}
	if err := tracetest.WriteAll(out, tracetest.Sample()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"theirs.asc", "theirs.blf"} {
		theirs := filepath.Join(dir, name)
		frames, _, ran := tracetest.PythonConvert(t, ours, theirs)
		if !ran {
			return
		}
		if report := convert(t, theirs, filepath.Join(dir, "back.pcapng")); report.Frames != frames {
			t.Errorf("python-can converted %d frames to %s, we found %d of them", frames, name, report.Frames)
		}
	}
}

// BLF that somebody compressed once more is read all the same.
func TestCompressedBLF(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace.blf")
	out, err := tracefile.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := tracetest.WriteAll(out, tracetest.Sample()); err != nil {
		t.Fatal(err)
	}
	plain, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range [][]byte{plain, pack(t, plain)} {
		src, format, err := tracefile.NewSource(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		got, err := tracetest.ReadAll(src)
		if diff := cmp.Diff(tracetest.Sample(), got); diff != "" || format != tracefile.BLF || err != io.EOF {
			t.Errorf("format %s, ended with %v (-want +got):\n%s", format, err, diff)
		}
	}
}

func FuzzNewSource(f *testing.F) {
	for _, format := range []tracefile.Format{tracefile.PCAPNG, tracefile.Candump, tracefile.ASC} {
		var out bytes.Buffer
		dst, err := tracefile.NewSink(&out, format)
		if err != nil {
			f.Fatal(err)
		}
		if err := tracetest.WriteAll(dst, tracetest.Sample()[:4]); err != nil {
			f.Fatal(err)
		}
		f.Add(out.Bytes())
		f.Add(pack(f, out.Bytes()))
	}
	f.Add([]byte("LOGG\x90\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, file []byte) {
		src, _, err := tracefile.NewSource(bytes.NewReader(file))
		if err == nil {
			_, err = tracetest.ReadAll(src)
		}
		for _, want := range []error{io.EOF, trace.ErrTruncated, trace.ErrCorrupt, tracefile.ErrFormat} {
			if errors.Is(err, want) {
				return
			}
		}
		t.Fatalf("ended with %v", err)
	})
}

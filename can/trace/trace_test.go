package trace_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/can"
	"otabench/can/trace"
)

var update = flag.Bool("update", false, "write the golden files")

var start = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)

// after is a frame that another node sent d after the start.
func after(d time.Duration, f can.Frame) can.Received {
	return can.Received{Frame: f, Time: start.Add(d)}
}

// own is a frame that this node sent d after the start.
func own(d time.Duration, f can.Frame) can.Received {
	return can.Received{Frame: f, Time: start.Add(d), Own: true}
}

func flagged(flags can.Flags, f can.Frame) can.Frame {
	f.Flags |= flags
	return f
}

// sample has a frame of every kind, and a diagnostic request with its answer.
func sample() []trace.Record {
	long := can.Frame{ID: 0x18DA10F1, Flags: can.Extended | can.FD | can.BRS, Len: 64}
	for i := range long.Data {
		long.Data[i] = byte(i)
	}
	broken := flagged(can.Error, can.New(can.ClassController|can.ClassBusError, 0, can.CtrlTxPassive, 0, 0, 0, 0, 128, 12))
	return []trace.Record{
		{Bus: "powertrain", Received: own(0, can.New(0x7E0, 2, 0x10, 3)), Comment: "open an extended session\non the engine"},
		{Bus: "powertrain", Received: after(time.Millisecond, can.New(0x7E8, 6, 0x50, 3, 0, 50, 1, 244))},
		{Bus: "body", Received: after(2*time.Millisecond, can.New(0))},
		{Bus: "body", Received: after(2*time.Millisecond+1, flagged(can.Extended, can.New(0x123, 1, 2, 3, 4, 5, 6, 7, 8)))},
		{Bus: "body", Received: own(3*time.Millisecond, can.Frame{ID: 0x7FF, Flags: can.Remote, Len: 4})},
		{Bus: "powertrain", Received: own(4*time.Millisecond, long), Comment: "größer"},
		{Bus: "powertrain", Received: after(5*time.Millisecond, can.Frame{ID: 1, Flags: can.FD | can.ESI})},
		{Bus: "powertrain", Received: after(6*time.Millisecond, broken)},
	}
}

// write makes a trace of the records.
func write(t testing.TB, records []trace.Record) []byte {
	t.Helper()
	var out bytes.Buffer
	w := trace.NewWriter(&out, "powertrain", "body")
	for _, r := range records {
		for line := range strings.Lines(r.Comment) {
			w.Comment(strings.TrimSuffix(line, "\n"))
		}
		if err := w.Write(r.Bus, r.Received); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// readAll returns what a trace holds and what it ended with.
func readAll(file []byte) (records []trace.Record, err error) {
	r := trace.NewReader(bytes.NewReader(file))
	for {
		rec, err := r.Next()
		if err != nil {
			return records, err
		}
		records = append(records, rec)
	}
}

func TestGolden(t *testing.T) {
	got := write(t, sample())
	path := filepath.Join("testdata", "sample.pcapng")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the trace differs from %s (rewrite it with -update):\n%s", path, cmp.Diff(want, got))
	}
	records, err := readAll(want)
	if err != io.EOF {
		t.Errorf("reading ended with %v", err)
	}
	if diff := cmp.Diff(sample(), records); diff != "" {
		t.Errorf("it reads as (-want +got):\n%s", diff)
	}
}

func TestBusesAreAddedAsTheyCome(t *testing.T) {
	var out bytes.Buffer
	w := trace.NewWriter(&out)
	if err := w.Flush(); err != nil || out.Len() != 0 {
		t.Fatalf("a trace of nothing has %d bytes, error %v", out.Len(), err)
	}
	names := []string{"a", "b", "a", strings.Repeat("x", 2000), "\xff"}
	for _, name := range names {
		if err := w.Write(name, after(0, can.New(1))); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	records, err := readAll(out.Bytes())
	if err != io.EOF {
		t.Fatal(err)
	}
	var got []string
	for _, r := range records {
		got = append(got, r.Bus)
	}
	if diff := cmp.Diff([]string{"a", "b", "a", strings.Repeat("x", 1024), ""}, got); diff != "" {
		t.Errorf("buses (-want +got):\n%s", diff)
	}
}

func TestCommentsAreBounded(t *testing.T) {
	var out bytes.Buffer
	w := trace.NewWriter(&out)
	for i := range 20 {
		w.Comment(string(rune('a'+i)) + strings.Repeat("ä", 1<<16))
	}
	w.Write("a", after(0, can.New(1)))
	w.Write("a", after(0, can.New(2)))
	w.Flush()
	records, err := readAll(out.Bytes())
	if err != io.EOF || len(records) != 2 {
		t.Fatalf("got %d records, error %v", len(records), err)
	}
	lines := strings.Split(records[0].Comment, "\n")
	if len(lines) != 16 || lines[0][0] != 'e' || lines[15][0] != 't' {
		t.Errorf("got %d comments from %.1q to %.1q, want 16 from e to t", len(lines), lines[0], lines[len(lines)-1])
	}
	// One byte, 511 letters of two bytes, and half a letter that is left out.
	if want := 1 + 511*2; len(lines[0]) != want {
		t.Errorf("a comment has %d bytes, want %d", len(lines[0]), want)
	}
	if records[1].Comment != "" {
		t.Errorf("the second packet has the comment %.10q", records[1].Comment)
	}
}

func TestWriteRefuses(t *testing.T) {
	tests := map[string]struct {
		r    can.Received
		want error
	}{
		"no time":      {can.Received{Frame: can.New(1)}, trace.ErrTime},
		"far future":   {can.Received{Frame: can.New(1), Time: start.AddDate(300, 0, 0)}, trace.ErrTime},
		"a bad length": {after(0, can.Frame{ID: 1, Len: 9}), can.ErrInvalid},
		"beyond array": {after(0, can.Frame{ID: 1, Flags: can.Error | can.FD, Len: 255}), can.ErrInvalid},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			w := trace.NewWriter(&out)
			if err := w.Write("a", test.r); !errors.Is(err, test.want) {
				t.Errorf("got error %v, want %v", err, test.want)
			}
			if err := w.Write("a", after(0, can.New(1))); err != nil {
				t.Errorf("the next frame got error %v", err)
			}
		})
	}
}

// disk notes the sizes of writes, and fails when it is full.
type disk struct {
	bytes.Buffer
	ends []int
	room int
}

var errFull = errors.New("no space left")

func (d *disk) Write(b []byte) (int, error) {
	if d.Len()+len(b) > d.room {
		return 0, errFull
	}
	d.Buffer.Write(b)
	d.ends = append(d.ends, d.Len())
	return len(b), nil
}

func TestOnlyWholePacketsAreWritten(t *testing.T) {
	d := &disk{room: 1 << 30}
	w := trace.NewWriter(d)
	for i := range 3000 {
		w.Comment("step")
		if err := w.Write("a", after(time.Duration(i), can.New(1))); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.ends) < 2 {
		t.Fatalf("%d writes for a trace of %d bytes", len(d.ends), d.Len())
	}
	for _, end := range d.ends {
		if _, err := readAll(d.Bytes()[:end]); err != io.EOF {
			t.Errorf("after %d bytes the trace ends with %v", end, err)
		}
	}
}

func TestWriteErrorIsFinal(t *testing.T) {
	w := trace.NewWriter(&disk{room: 10})
	if err := w.Write("a", after(0, can.New(1))); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Flush(); !errors.Is(err, errFull) {
			t.Errorf("Flush: got error %v, want %v", err, errFull)
		}
		if err := w.Write("a", after(0, can.New(1))); !errors.Is(err, errFull) {
			t.Errorf("Write: got error %v, want %v", err, errFull)
		}
	}
}

package blf_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/can"
	"otabench/can/trace"
	"otabench/can/trace/blf"
	"otabench/can/trace/tracetest"
)

// memory is a file that can be sought.
type memory struct {
	b  []byte
	at int
}

func (m *memory) Write(b []byte) (int, error) {
	m.b = append(m.b[:m.at], append(b[:len(b):len(b)], m.b[min(len(m.b), m.at+len(b)):]...)...)
	m.at += len(b)
	return len(b), nil
}

func (m *memory) Seek(offset int64, whence int) (int64, error) {
	m.at = int(offset)
	if whence == io.SeekEnd {
		m.at += len(m.b)
	}
	return int64(m.at), nil
}

func read(file []byte) ([]trace.Record, error) {
	r := blf.NewReader(bytes.NewReader(file))
	r.SetZone(time.UTC)
	return tracetest.ReadAll(r)
}

// write returns the file of the records.
func write(t testing.TB, records []trace.Record, buses ...string) []byte {
	t.Helper()
	var out memory
	w := blf.NewWriter(&out, buses...)
	w.SetZone(time.UTC)
	if err := tracetest.WriteAll(w, records); err != nil {
		t.Fatal(err)
	}
	return out.b
}

// sample has a frame of every kind, comments, lost frames, a bus with a name of its own, and times in nanoseconds.
func sample() []trace.Record {
	records := tracetest.Sample()
	records[0].Comment = "open an extended session\n on the engine"
	records[5].Comment = "größer; otabench: start"
	records[9].Bus = "power train"
	records[4].Lost = 1
	records[7].Data = [64]byte{2: 1, 3: 0x19}
	for i := range records {
		records[i].Time = records[i].Time.Add(time.Duration(i))
	}
	return records
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	got, err := read(write(t, sample()))
	if err != io.EOF {
		t.Errorf("reading ended with %v", err)
	}
	if diff := cmp.Diff(sample(), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// load is thousands of frames, in several containers, with exact times.
func load(n int) []trace.Record {
	records := make([]trace.Record, n)
	for i := range records {
		records[i] = tracetest.Load(i)
		records[i].Time = records[i].Time.Add(time.Duration(i*i%100_000) * time.Nanosecond)
	}
	return records
}

func TestManyContainers(t *testing.T) {
	want := load(20_000)
	file := write(t, want)
	if n := bytes.Count(file, []byte("LOBJ")); n < 5 {
		t.Fatalf("%d containers are too few for this test", n)
	}
	got, err := read(file)
	if err != io.EOF || len(got) != len(want) {
		t.Fatalf("read %d frames of %d, ended with %v", len(got), len(want), err)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("frame %d (-want +got):\n%s", i, cmp.Diff(want[i], got[i]))
		}
	}
}

func TestEmptyTrace(t *testing.T) {
	file := write(t, nil, "can0")
	if len(file) != 144 {
		t.Errorf("a trace without frames has %d bytes, want its head, 144", len(file))
	}
	if records, err := read(file); len(records) != 0 || err != io.EOF {
		t.Errorf("read %d frames, ended with %v", len(records), err)
	}
}

func TestZones(t *testing.T) {
	zone := time.FixedZone("", 5*3600)
	var out memory
	w := blf.NewWriter(&out)
	w.SetZone(zone)
	want := tracetest.Sample()
	if err := tracetest.WriteAll(w, want); err != nil {
		t.Fatal(err)
	}
	// The zone in the file outweighs the reader's.
	got, err := read(out.b)
	if diff := cmp.Diff(want, got); diff != "" || err != io.EOF {
		t.Errorf("ended with %v (-want +got):\n%s", err, diff)
	}
	// A file without one has dates of the reader's zone.
	file, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	r := blf.NewReader(bytes.NewReader(file))
	r.SetZone(zone)
	rec, err := r.Next()
	if want := want[0].Time.Truncate(time.Millisecond).Add(-5 * time.Hour); err != nil || !rec.Time.Equal(want) {
		t.Errorf("the first frame is at %v, want %v; error %v", rec.Time, want, err)
	}
}

func TestWriteRefuses(t *testing.T) {
	at := func(f can.Frame) can.Received { return can.Received{Frame: f, Time: tracetest.Start} }
	tests := map[string]struct {
		r    can.Received
		want error
	}{
		"no time":      {can.Received{Frame: can.New(1)}, trace.ErrTime},
		"bad length":   {at(can.Frame{ID: 1, Len: 9}), can.ErrInvalid},
		"remote error": {at(can.Frame{ID: 1, Flags: can.Error | can.Remote}), can.ErrInvalid},
		"FD error":     {at(can.Frame{ID: 1, Flags: can.Error | can.FD, Len: 12}), can.ErrInvalid},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var out memory
			w := blf.NewWriter(&out)
			if err := w.Write("a", test.r); !errors.Is(err, test.want) {
				t.Errorf("got error %v, want %v", err, test.want)
			}
			if err := tracetest.WriteAll(w, tracetest.Sample()); err != nil {
				t.Errorf("the next frames got error %v", err)
			}
			if records, err := read(out.b); len(records) != len(tracetest.Sample()) || err != io.EOF {
				t.Errorf("read %d frames, ended with %v", len(records), err)
			}
		})
	}
}

package blf_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/can"
	"otabench/can/trace"
	"otabench/can/trace/blf"
	"otabench/can/trace/tracetest"
)

// The head tells what other tools show of a file without reading it.
func TestHead(t *testing.T) {
	records := load(5000)
	file := write(t, records, "can0", "power train")
	unpacked := uint64(144)
	for at := 144; at < len(file); {
		size := int(binary.LittleEndian.Uint32(file[at+8:]))
		unpacked += 32 + uint64(binary.LittleEndian.Uint32(file[at+24:]))
		at += size + size%4
	}
	objects := len(records) + 2 // with the start and a name
	want := bin("LOGG", u32(144), [4]u8{}, [4]u8{2, 6, 8, 1}, u64(len(file)), unpacked, u32(objects), u32(0),
		[8]u16{2026, 3, 0, 1, 12, 0, 0, 0}, [8]u16{2026, 3, 0, 1, 12, 0, 0, 499}, [72]u8{})
	if diff := cmp.Diff(want, file[:144]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestChannels(t *testing.T) {
	buses := []string{"powertrain", "can0", "can3", "can03", "can2", "can99999", "can254", "", "a\nb;c", "can3", "can16"}
	var records []trace.Record
	for _, bus := range buses {
		records = append(records, trace.Record{Bus: bus, Received: rx(can.New(1))[0].Received})
	}
	// With the first two named before, nothing else changes.
	for _, before := range [][]string{nil, buses[:2]} {
		got, err := read(write(t, records, before...))
		if err != io.EOF {
			t.Fatal(err)
		}
		var names []string
		for _, rec := range got {
			names = append(names, rec.Bus)
		}
		want := append([]string(nil), buses...)
		want[7], want[8] = "can6", "a b c"
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("buses (-want +got):\n%s", diff)
		}
	}
}

func TestTooManyBuses(t *testing.T) {
	w := blf.NewWriter(&memory{})
	r := rx(can.New(1))[0].Received
	for i := range 255 {
		if err := w.Write(fmt.Sprint(i), r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Write("x", r); !errors.Is(err, trace.ErrBuses) {
		t.Errorf("bus 256: got error %v, want %v", err, trace.ErrBuses)
	}
	if err := w.Write("7", r); err != nil {
		t.Errorf("bus 8 again: %v", err)
	}
	var buses []string
	for i := range 256 {
		buses = append(buses, fmt.Sprint(i))
	}
	if err := blf.NewWriter(&memory{}, buses...).Write("7", r); !errors.Is(err, trace.ErrBuses) {
		t.Errorf("256 buses named before: got error %v, want %v", err, trace.ErrBuses)
	}
}

func TestLosses(t *testing.T) {
	first := rx(can.New(1))[0]
	first.Lost = 1
	early := rx(can.Frame{Flags: can.Error, Len: 8})[0]
	early.Time = early.Time.Add(-time.Second)
	early.Bus, early.Lost = "\x00", 3
	var out memory
	w := blf.NewWriter(&out)
	if err := w.Write(first.Bus, first.Received); err != nil {
		t.Fatal(err)
	}
	w.Comment(strings.Repeat("c", 1025))
	if err := w.Write(early.Bus, early.Received); err != nil {
		t.Fatal(err)
	}
	w.Comment("behind")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want := "1 names of buses changed, 1 times before the first frame's moved there, " +
		"1 counts of lost frames taken for one, 1 error frames of no class taken for bus errors, " +
		"1 comments behind the last frame, 1 comments cut, over 1024 bytes each or 16 at a frame"
	if got := spell(w.Losses()); got != want {
		t.Errorf("writing lost %q, want %q", got, want)
	}

	r := blf.NewReader(bytes.NewReader(out.b))
	got, err := tracetest.ReadAll(r)
	early.Time, early.Lost = first.Time, 1
	early.Bus, early.Frame, early.Comment = " ", failed(can.ClassBusError), strings.Repeat("c", 1024)
	if diff := cmp.Diff([]trace.Record{first, early}, got); diff != "" || err != io.EOF {
		t.Errorf("ended with %v (-want +got):\n%s", err, diff)
	}
	if got, want := spell(r.Losses()), "1 comments behind the last frame"; got != want {
		t.Errorf("reading lost %q, want %q", got, want)
	}
}

// full is a file that fails after so many operations.
type full struct {
	memory
	left int
}

var errFull = errors.New("no space left")

func (f *full) Write(b []byte) (int, error) {
	if f.left--; f.left < 0 {
		return 0, errFull
	}
	return f.memory.Write(b)
}

func (f *full) Seek(offset int64, whence int) (int64, error) {
	if f.left--; f.left < 0 {
		return 0, errFull
	}
	return f.memory.Seek(offset, whence)
}

func TestWriteErrors(t *testing.T) {
	records := load(5000)
	for left := range 10 {
		w := blf.NewWriter(&full{left: left})
		err := tracetest.WriteAll(w, records)
		if err == nil {
			if left < 6 { // head, containers, back, head, to the end
				t.Errorf("there were only %d operations", left)
			}
			return
		}
		if !errors.Is(err, errFull) {
			t.Errorf("%d operations: got error %v, want %v", left, err, errFull)
		}
		if err := w.Write("can0", records[0].Received); !errors.Is(err, errFull) {
			t.Errorf("%d operations: Write got error %v, want %v", left, err, errFull)
		}
		if err := w.Close(); !errors.Is(err, errFull) {
			t.Errorf("%d operations: Close got error %v, want %v", left, err, errFull)
		}
	}
	t.Error("it never succeeded")
}

// What was written is in the file up to the last whole container, also when the writer never comes to close it.
func TestNeverClosed(t *testing.T) {
	var out memory
	w := blf.NewWriter(&out)
	records := load(5000)
	for _, rec := range records {
		if err := w.Write(rec.Bus, rec.Received); err != nil {
			t.Fatal(err)
		}
	}
	got, err := read(out.b)
	if len(got) < 3000 || !errors.Is(err, trace.ErrTruncated) || !strings.Contains(err.Error(), "never closed") {
		t.Errorf("read %d frames, ended with %v", len(got), err)
	}
}

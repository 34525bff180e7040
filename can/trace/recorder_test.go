package trace_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can"
	"otabench/can/trace"
)

func now(f can.Frame) can.Received { return can.Received{Frame: f, Time: time.Now()} }

func TestRecorderFlushesInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		r := trace.NewRecorder(&out, "body")
		defer r.Close()
		frames := func(after time.Duration) int {
			time.Sleep(after)
			synctest.Wait()
			records, err := readAll(out.Bytes())
			if err != io.EOF {
				t.Fatalf("the trace ends with %v", err)
			}
			return len(records)
		}
		steps := []struct {
			record bool
			after  time.Duration
			want   int
		}{
			{true, 99 * time.Millisecond, 0},
			{true, 1 * time.Millisecond, 2},
			{false, time.Hour, 2},
			{true, 99 * time.Millisecond, 2},
			{true, 1 * time.Millisecond, 4},
		}
		for i, step := range steps {
			if step.record {
				r.Record("body", now(can.New(uint32(i))))
			}
			if got := frames(step.after); got != step.want {
				t.Errorf("step %d: %d frames, want %d", i, got, step.want)
			}
		}
		r.Record("body", now(can.New(9)))
		if err := r.Flush(); err != nil {
			t.Error(err)
		}
		if got := frames(0); got != 5 {
			t.Errorf("after Flush: %d frames, want 5", got)
		}
	})
}

func TestRecorderStep(t *testing.T) {
	var out bytes.Buffer
	r := trace.NewRecorder(&out)
	r.Record("body", after(0, can.New(1)))
	r.Step("erase")
	r.Step("write block 1")
	r.Record("body", after(1, can.New(2)))
	r.Record("body", after(2, can.New(3)))
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	records, err := readAll(out.Bytes())
	if err != io.EOF || len(records) != 3 {
		t.Fatalf("got %d records, error %v", len(records), err)
	}
	for i, want := range []string{"", "erase\nwrite block 1", ""} {
		if got := records[i].Comment; got != want {
			t.Errorf("frame %d has the comment %q, want %q", i, got, want)
		}
	}
}

// stuck takes nothing until it is released.
type stuck struct {
	bytes.Buffer
	release chan struct{}
}

func (s *stuck) Write(b []byte) (int, error) {
	<-s.release
	return s.Buffer.Write(b)
}

func TestRecorderNeverBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &stuck{release: make(chan struct{})}
		r := trace.NewRecorder(out, "body")
		time.Sleep(time.Second) // it hangs in its first flush now
		const excess = 10
		depth := 0
		for long := now(can.Frame{ID: 1, Flags: can.FD, Len: 64}); r.Lost() == 0; depth++ {
			r.Record("body", long)
		}
		depth-- // the one that was lost
		if held := depth * 116; held < 15<<20 || held > 17<<20 {
			t.Errorf("%d bytes were held, want about 16 MiB", held)
		}
		r.Step("after the gap")
		for range excess - 1 {
			r.Record("body", now(can.New(1)))
		}
		if got := r.Lost(); got != excess {
			t.Errorf("lost %d, want %d", got, excess)
		}
		close(out.release)
		synctest.Wait()
		r.Record("body", now(can.New(2)))
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		records, err := readAll(out.Bytes())
		if err != io.EOF || len(records) != depth+1 {
			t.Fatalf("got %d records, error %v; want %d", len(records), err, depth+1)
		}
		if got := records[depth]; got.ID != 2 || got.Comment != "after the gap" || got.Lost != excess {
			t.Errorf("the step and the loss are not on the next frame: %v", got)
		}
		for i, r := range records[:depth] {
			if r.Lost != 0 {
				t.Fatalf("%d frames are missing before frame %d", r.Lost, i)
			}
		}
		if got := r.Lost(); got != excess {
			t.Errorf("lost %d at the end, want %d", got, excess)
		}
	})
}

func TestRecorderCountsWhatItCouldNotWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := trace.NewRecorder(&disk{room: 150}, "body")
		r.Record("body", can.Received{Frame: can.New(1)}) // no time
		if err := r.Flush(); !errors.Is(err, trace.ErrTime) {
			t.Errorf("Flush: got error %v, want %v", err, trace.ErrTime)
		}
		r.Record("body", now(can.New(1)))
		r.Record("body", now(can.New(1)))
		r.Flush() // the disk is full
		r.Record("body", now(can.New(1)))
		for range 2 {
			if err := r.Close(); !errors.Is(err, trace.ErrTime) {
				t.Errorf("Close: got error %v, want the first one, %v", err, trace.ErrTime)
			}
		}
		r.Record("body", now(can.New(1)))
		if err := r.Flush(); !errors.Is(err, trace.ErrTime) {
			t.Errorf("Flush after Close: got error %v, want %v", err, trace.ErrTime)
		}
		if got := r.Lost(); got != 5 {
			t.Errorf("lost %d of the 5 frames", got)
		}
	})
}

func TestRecordIsCheap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &stuck{release: make(chan struct{})}
		r := trace.NewRecorder(out, "body")
		time.Sleep(time.Second) // it hangs in its first flush now
		f := now(can.New(1))
		// pcapgo makes two for the options of a packet.
		if n := testing.AllocsPerRun(100, func() { r.Record("body", f) }); n > 2 {
			t.Errorf("%v allocations for a frame, want at most 2", n)
		}
		close(out.release)
		r.Close()
	})
}

package frames_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"otabench/can/trace"
	"otabench/can/trace/tracetest"
	"otabench/reports/frames"
)

// FuzzScan holds that no file does harm, that chunks are in order within it, and that a trace without damage has the frames
// that package trace finds.
func FuzzScan(f *testing.F) {
	f.Add(write(f, tracetest.Sample()))
	f.Add(write(f, load(10)))
	f.Add(append(write(f, load(2)), write(f, load(3))...))
	f.Add([]byte("\x0A\x0D\x0D\x0A"))
	f.Fuzz(func(t *testing.T, text []byte) {
		spans := []frames.Span{{From: 0, At: 1 << 60, To: 1 << 62, Frames: 3}, {From: 1 << 60, At: 0, To: 1, Frames: 1}}
		x, extracts, err := frames.Scan(bytes.NewReader(text), int64(len(text)), spans)
		if err != nil {
			t.Fatal(err)
		}
		last := int64(-1)
		for _, c := range x.Chunks {
			if c.Offset <= last || c.Offset >= x.End || c.From > c.To {
				t.Fatalf("%+v", x)
			}
			last = c.Offset
		}
		if x.End > int64(len(text)) || len(extracts[0].Frames) > 3 {
			t.Fatalf("%+v, %d frames", x, len(extracts[0].Frames))
		}
		if n, err := count(text); err == nil && x.Damage == "" && n != x.Frames {
			t.Fatalf("%d frames, package trace finds %d", x.Frames, n)
		}
	})
}

func count(text []byte) (n uint64, err error) {
	r := trace.NewReader(bytes.NewReader(text))
	for {
		_, err := r.Next()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		n++
	}
}

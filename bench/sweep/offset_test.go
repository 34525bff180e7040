package sweep_test

import (
	"testing"
	"time"

	"otabench/bench/sweep"
)

func TestOffsetsReadAsTheyAreWritten(t *testing.T) {
	for text, words := range map[string]string{
		"3605#1+0":                   "first frame of request 36 05",
		"3605#2+23":                  "frame 23 after request 36 05 no. 2 began",
		"7101FF00#1+0@3ms":           "first frame of response 71 01 FF 00, 3ms later",
		"7F3178#1+0":                 "first frame of response 7F 31 78",
		"flash132":                   "flash operation 132",
		"flash132@399.6µs":           "flash operation 132, 399.6µs later",
		"22F189#12345+100000@1h0m0s": "frame 100000 after request 22 F1 89 no. 12345 began, 1h0m0s later",
	} {
		o, err := sweep.ParseOffset(text)
		if err != nil || o.String() != text || o.Words() != words {
			t.Errorf("%s: %v, %q, %v; want %q", text, o, o.Words(), err, words)
		}
	}
}

func TestWrongOffsets(t *testing.T) {
	for _, text := range []string{"", "flash", "flash0", "3605", "3605#0+1", "360#1+0", "3605#1", "3605#1+0@x", "3605#1+0@-1ms", "#1+0", "flash1@"} {
		if o, err := sweep.ParseOffset(text); err == nil {
			t.Errorf("%q was read as %v", text, o)
		}
	}
}

func TestPoints(t *testing.T) {
	p, err := sweep.ParsePoint("update/3605#1+23@5ms/cut")
	if err != nil || p.Procedure != sweep.Update || p.Fault != sweep.Cut || p.Offset.After != 5*time.Millisecond {
		t.Errorf("got %+v, %v", p, err)
	}
	for _, text := range []string{"", "update", "update/3605#1+0", "other/3605#1+0/cut", "update/3605#1+0/other", "update/x/cut", "a/b/c/d"} {
		if p, err := sweep.ParsePoint(text); err == nil {
			t.Errorf("%q was read as %v", text, p)
		}
	}
}

func FuzzParsePoint(f *testing.F) {
	f.Add("update/3605#1+23/cut")
	f.Add("revert/flash3@1ms/cut-twice")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := sweep.ParsePoint(text)
		if err != nil {
			return
		}
		again, err := sweep.ParsePoint(p.String())
		if err != nil || again.String() != p.String() {
			t.Errorf("%q: %v, then %v, %v", text, p, again, err)
		}
		_ = p.Offset.Words()
	})
}

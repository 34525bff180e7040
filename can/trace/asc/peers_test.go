package asc_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/can"
	"otabench/can/trace"
	"otabench/can/trace/candump"
	"otabench/can/trace/tracetest"
)

// fileOf puts the sample into a file.
func fileOf(t *testing.T, records []trace.Record) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "trace.asc")
	if err := os.WriteFile(path, []byte(write(t, records)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPythonReadsIt(t *testing.T) {
	got, ran := tracetest.PythonRead(t, fileOf(t, sample()))
	if !ran {
		return
	}
	want := tracetest.Change(sample(), func(rec *trace.Record) {
		rec.Comment = ""
		rec.Bus = map[string]string{"can0": "0", "can1": "1", "power train": "2"}[rec.Bus]
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPythonWritesIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace.asc")
	if !tracetest.PythonWrite(t, path, tracetest.Sample()) {
		return
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(string(file))
	if err != io.EOF {
		t.Errorf("reading ended with %v", err)
	}
	want := tracetest.Change(tracetest.Sample(), func(rec *trace.Record) {
		rec.Time = rec.Time.Truncate(time.Millisecond) // the date has no more, and stamps count from the first frame
		if rec.Is(can.Error) {
			rec.Bus = "can0" // always
		}
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLog2ascWritesIt(t *testing.T) {
	var log strings.Builder
	if err := tracetest.WriteAll(candump.NewWriter(&log, candump.Directions), tracetest.Sample()); err != nil {
		t.Fatal(err)
	}
	noError := func(rec *trace.Record) { rec.Flags &^= can.Error } // it writes an error frame like a data frame then
	tests := map[string]struct {
		options []string
		change  func(*trace.Record)
	}{
		"plain":          {nil, func(*trace.Record) {}},
		"four decimals":  {[]string{"-4"}, func(*trace.Record) {}},
		"Windows":        {[]string{"-n"}, func(*trace.Record) {}},
		"all as FD":      {[]string{"-f"}, noError},
		"FD, four, CRLF": {[]string{"-4", "-n", "-f"}, noError},
		"remote without a length": {[]string{"-r"}, func(rec *trace.Record) {
			if rec.Is(can.Remote) {
				rec.Len = 0
			}
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			out, ran := tracetest.Run(t, log.String(), "log2asc", append(test.options, "can0", "can1")...)
			if !ran {
				return
			}
			got, err := read(out)
			if err != io.EOF {
				t.Errorf("reading ended with %v", err)
			}
			want := tracetest.Change(tracetest.Sample(), test.change)
			for i := range want {
				want[i].Time = want[i].Time.Truncate(time.Second).Add(time.Duration(i) * time.Millisecond) // as log2asc has it
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAsc2logReadsIt(t *testing.T) {
	records := tracetest.Sample()
	out, ran := tracetest.Run(t, "", "asc2log", "-I", fileOf(t, records))
	if !ran {
		return
	}
	got, err := tracetest.ReadAll(candump.NewReader(strings.NewReader(out)))
	if err != io.EOF || len(got) != len(records) {
		t.Fatalf("asc2log found %d frames of %d, reading ended with %v", len(got), len(records), err)
	}
	// asc2log reads dates only in a locale of theirs, and else takes the time of day.
	shift := records[0].Time.Sub(got[0].Time)
	for i := range got {
		got[i].Time = got[i].Time.Add(shift)
	}
	if diff := cmp.Diff(records, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

package candump_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"otabench/can"
	"otabench/can/trace"
	"otabench/can/trace/candump"
	"otabench/can/trace/tracetest"
)

// file puts a log into a file.
func file(t testing.TB, log string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "trace.log")
	if err := os.WriteFile(path, []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPythonReadsIt(t *testing.T) {
	got, ran := tracetest.PythonRead(t, file(t, write(t, tracetest.Sample(), candump.Directions)))
	if !ran {
		return
	}
	want := tracetest.Change(tracetest.Sample(), func(rec *trace.Record) {
		if rec.Frame.Problem() != "" {
			rec.Bus = "None" // python-can has nothing but the time of an error frame
		}
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPythonWritesIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace.log")
	if !tracetest.PythonWrite(t, path, tracetest.Sample()) {
		return
	}
	log, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(string(log))
	if err != io.EOF {
		t.Errorf("reading ended with %v", err)
	}
	want := tracetest.Change(tracetest.Sample(), func(rec *trace.Record) {
		if rec.Frame.Problem() != "" || rec.Is(can.Remote) {
			rec.Len = 0 // python-can leaves both lengths out
		}
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Wireshark takes a file with directions for no log, so they are not written unless asked for.
func TestTsharkReadsIt(t *testing.T) {
	out, ran := tracetest.Run(t, "", "tshark", "-r", file(t, write(t, tracetest.Sample())),
		"-T", "fields", "-E", "separator=;", "-e", "frame.time_epoch", "-e", "can.id", "-e", "can.len")
	if !ran {
		return
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(lines) != len(tracetest.Sample()) {
		t.Fatalf("tshark found %d frames of %d", len(lines), len(tracetest.Sample()))
	}
	for i, want := range map[int]string{
		0:  "1772366400.123456000;2016;3",
		3:  "1772366400.126456000;291;1",
		17: "1772366400.140456000;416944369;64",
	} {
		if lines[i] != want {
			t.Errorf("frame %d is %s, want %s", i, lines[i], want)
		}
	}
}

func TestLog2ascReadsIt(t *testing.T) {
	log := write(t, tracetest.Sample(), candump.Directions)
	out, ran := tracetest.Run(t, log, "log2asc", "can0", "can1")
	if !ran {
		return
	}
	const header = 3
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(lines) != header+len(tracetest.Sample()) {
		t.Fatalf("log2asc wrote\n%s", out)
	}
	for i, want := range map[int]string{
		0: "0.000000 1 7E0 Rx d 3 02 10 03",
		1: "0.001000 1 0 Tx d 0",
		6: "0.006000 2 12345x Rx r 8",
		7: "0.007000 2 ErrorFrame",
	} {
		if got := strings.Join(strings.Fields(lines[header+i]), " "); got != want {
			t.Errorf("line %d is %s, want %s", i, got, want)
		}
	}
}

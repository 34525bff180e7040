package blf_test

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/can"
	"otabench/can/trace"
	"otabench/can/trace/tracetest"
)

var update = flag.Bool("update", false, "let python-can write the golden file again")

// golden was written by python-can.
const golden = "testdata/python-can.blf"

// fileOf puts the records into a file.
func fileOf(t testing.TB, records []trace.Record) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "trace.blf")
	if err := os.WriteFile(path, write(t, records), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// pythonSample is the sample as python-can has it: dates have milliseconds, and its stamps count from the first frame.
func pythonSample() []trace.Record {
	return tracetest.Change(tracetest.Sample(), func(rec *trace.Record) { rec.Time = rec.Time.Truncate(time.Millisecond) })
}

// toMicroseconds is what remains of times in python-can's seconds, which are floating point numbers.
func toMicroseconds(rec *trace.Record) { rec.Time = rec.Time.Round(time.Microsecond) }

func TestGolden(t *testing.T) {
	if *update && !tracetest.PythonWrite(t, golden, pythonSample()) {
		t.Fatal("python-can is not installed")
	}
	file, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(file)
	if err != io.EOF {
		t.Errorf("reading ended with %v", err)
	}
	got = tracetest.Change(got, toMicroseconds)
	if diff := cmp.Diff(pythonSample(), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPythonReadsIt(t *testing.T) {
	thousands := tracetest.Change(load(5_000), toMicroseconds)
	for name, records := range map[string][]trace.Record{"every kind": sample(), "thousands": thousands} {
		t.Run(name, func(t *testing.T) {
			got, ran := tracetest.PythonRead(t, fileOf(t, records))
			if !ran {
				return
			}
			want := tracetest.Change(records, func(rec *trace.Record) {
				toMicroseconds(rec)
				rec.Comment, rec.Lost = "", 0
				rec.Bus = map[string]string{"can0": "0", "can1": "1", "power train": "2"}[rec.Bus]
				if rec.Is(can.Error) {
					rec.Data = [64]byte{} // the script has but one error frame
				}
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPythonWritesIt(t *testing.T) {
	thousands := tracetest.Change(load(5_000), toMicroseconds)
	for name, want := range map[string][]trace.Record{"every kind": pythonSample(), "thousands": thousands} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "trace.blf")
			if !tracetest.PythonWrite(t, path, want) {
				return
			}
			file, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got, err := read(file)
			if err != io.EOF {
				t.Errorf("reading ended with %v", err)
			}
			got = tracetest.Change(got, toMicroseconds)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTsharkReadsIt(t *testing.T) {
	for name, records := range map[string][]trace.Record{"every kind": sample(), "thousands": load(5_000)} {
		t.Run(name, func(t *testing.T) {
			// tshark 4.0 passes over error frames, whoever wrote them, and shows no BRS and ESI.
			args := []string{"-r", fileOf(t, records), "-Y", "can.flags.err == 0", "-T", "fields", "-E", "separator=;"}
			for _, field := range []string{
				"frame.interface_name", "frame.time_epoch", "frame.packet_flags_direction", "can.id", "can.flags.xtd",
				"can.flags.rtr", "can.len", "data.data",
			} {
				args = append(args, "-e", field)
			}
			out, ran := tracetest.Run(t, "", "tshark", args...)
			if !ran {
				return
			}
			var want strings.Builder
			for i := range records {
				if !records[i].Is(can.Error) {
					want.WriteString(tsharkLine(&records[i]))
				}
			}
			if diff := cmp.Diff(want.String(), out); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// tsharkLine is a frame as tshark prints it.
func tsharkLine(rec *trace.Record) string {
	bus, direction, data := rec.Bus, "0x00000001", ""
	if number, found := strings.CutPrefix(bus, "can"); found {
		n, _ := strconv.Atoi(number)
		bus = fmt.Sprintf("CAN-%d", n+1)
	}
	if rec.Own {
		direction = "0x00000002"
	}
	if !rec.Is(can.Remote) {
		data = fmt.Sprintf("%x", rec.Payload())
	}
	bit := func(flag can.Flags) int { return int(rec.Flags&flag) / int(flag) }
	return fmt.Sprintf("%s;%d.%09d;%s;%d;%d;%d;%d;%s\n", bus, rec.Time.Unix(), rec.Time.Nanosecond(), direction, rec.ID,
		bit(can.Extended), bit(can.Remote), rec.Len, data)
}

// Dates without a zone are in that of the computer, for other tools as for us.
func TestDatesAreLocal(t *testing.T) {
	path := fileOf(t, tracetest.Sample()) // of UTC
	want := tracetest.Start.Add(-time.Hour).Unix()
	const script = "import can, sys; print(next(iter(can.BLFReader(sys.argv[1]))).timestamp)"
	for _, tool := range [][]string{
		{"tshark", "-r", path, "-c", "1", "-T", "fields", "-e", "frame.time_epoch"},
		{"/usr/bin/python3", "-c", script, path},
	} {
		if _, ran := tracetest.Run(t, "", tool[0], "--version"); !ran {
			continue
		}
		out, _ := tracetest.Run(t, "", "env", append([]string{"TZ=CET-1"}, tool...)...)
		seconds, _, _ := strings.Cut(out, ".")
		if seconds != strconv.FormatInt(want, 10) {
			t.Errorf("%s an hour east has the first frame at %s, want %d", tool[0], out, want)
		}
	}
}

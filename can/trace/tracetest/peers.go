package tracetest

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"otabench/can"
	"otabench/can/trace"
)

//go:embed peer.py
var script string

// Run runs a tool that is a peer, and returns what it printed. It fails the test if the tool fails, or if it is missing
// in CI; where it is missing elsewhere, what the test would have shown is left out.
func Run(t testing.TB, input string, name string, args ...string) (output string, ran bool) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is missing; run .ci/install", name)
		}
		t.Logf("not checked: %s is not installed", name)
		return "", false
	}
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = append(os.Environ(), "TZ=UTC", "PYTHONUTF8=1")
	cmd.Stdin = strings.NewReader(input)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %.200q: %v\n%s", name, args, err, stderr.String())
	}
	return string(out), true
}

// python is Debian's, which has python-can.
const python = "/usr/bin/python3"

func runPython(t testing.TB, input string, args ...string) (output string, ran bool) {
	t.Helper()
	return Run(t, input, python, append([]string{"-c", script}, args...)...)
}

// PythonRead returns the frames that python-can finds in a file, whose name tells the format. Their buses are
// python-can's channels. python-can runs in UTC.
func PythonRead(t testing.TB, path string) (records []trace.Record, ran bool) {
	t.Helper()
	out, ran := runPython(t, "", "read", path)
	for line := range strings.Lines(out) {
		records = append(records, parse(t, line))
	}
	return records, ran
}

// PythonWrite makes python-can write a file, whose name tells the format.
func PythonWrite(t testing.TB, path string, records []trace.Record) (ran bool) {
	t.Helper()
	var input strings.Builder
	for _, rec := range records {
		direction := "Rx"
		if rec.Own {
			direction = "Tx"
		}
		us := rec.Time.UnixMicro()
		fmt.Fprintf(&input, "%d.%06d %s %s %v\n", us/1e6, us%1e6, rec.Bus, direction, rec.Frame)
	}
	_, ran = runPython(t, input.String(), "write", path)
	return ran
}

// PythonConvert makes python-can convert a file, and returns how many frames it found and how long it took, without the
// start of the interpreter.
func PythonConvert(t testing.TB, from, to string) (frames int, took time.Duration, ran bool) {
	t.Helper()
	return timed(t, "convert", from, to)
}

// PythonLoad makes python-can write so many frames like those of Load, and returns how long it took.
func PythonLoad(t testing.TB, path string, frames int) (took time.Duration, ran bool) {
	t.Helper()
	_, took, ran = timed(t, "emit", path, strconv.Itoa(frames))
	return took, ran
}

// timed runs a command that prints a number of frames and of seconds.
func timed(t testing.TB, args ...string) (frames int, took time.Duration, ran bool) {
	t.Helper()
	out, ran := runPython(t, "", args...)
	if !ran {
		return 0, 0, false
	}
	var seconds float64
	if _, err := fmt.Sscan(out, &frames, &seconds); err != nil {
		t.Fatalf("python-can printed %q: %v", out, err)
	}
	return frames, time.Duration(seconds * float64(time.Second)), true
}

func parse(t testing.TB, line string) trace.Record {
	t.Helper()
	words := strings.Fields(line)
	if len(words) != 4 {
		t.Fatalf("python-can printed %q", line)
	}
	var seconds, us int64
	if _, err := fmt.Sscanf(words[0], "%d.%d", &seconds, &us); err != nil {
		t.Fatalf("python-can printed %q: %v", line, err)
	}
	f, err := can.Parse(words[3])
	if err != nil {
		t.Fatalf("python-can printed %q: %v", line, err)
	}
	at := time.Unix(seconds, us*1000).UTC()
	return trace.Record{Bus: words[1], Received: can.Received{Frame: f, Time: at, Own: words[2] == "Tx"}}
}

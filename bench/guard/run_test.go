package guard_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/bench/equipment"
	"otabench/bench/guard"
	"otabench/bench/record"
	"otabench/power/sim"
)

// patience bounds everything that waits for another process.
const patience = 20 * time.Second

// room is a bench with a simulated supply on TCP, which outlives the suite as a real one does.
type room struct {
	dir    string
	supply *sim.Supply
	file   *config.File
	grace  time.Duration // as usual if zero
}

func newRoom(t *testing.T) *room {
	t.Helper()
	supply, err := sim.NewSupply("rigol-dp832", sim.SupplyOptions{Serial: "DP8A1"})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = supply.ServeListener(ctx, l)
	}()
	t.Cleanup(func() { cancel(); <-served })
	r := &room{dir: t.TempDir(), supply: supply, file: &config.File{
		Name:     "guarded",
		Supplies: map[string]config.Supply{"psu": {Model: "rigol-dp832", Address: "tcp:" + l.Addr().String(), Serial: "DP8A1"}},
		Rails: map[string]config.Rail{"kl30": {
			Supply: "psu", Channel: 1, Nominal: 13500 * physic.MilliVolt,
			Limits: config.Limits{
				Voltage: 16 * physic.Volt, Current: 3 * physic.Ampere, OVP: 17 * physic.Volt, OCP: 3200 * physic.MilliAmpere,
			},
		}},
	}}
	text, err := json.Marshal(r.file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.dir, "file.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *room) record() string { return filepath.Join(r.dir, "record.jsonl") }

// energised fails the test unless the suite's output is on, so that no test passes with one that never was.
func (r *room) energised(t *testing.T) {
	t.Helper()
	if !r.supply.Output(1).On {
		t.Error("the suite did not energise its output")
	}
}

// run guards a suite to its end. during is called when the suite says that it has energised its output.
func (r *room) run(t *testing.T, role string, during func(pid int, interrupt context.CancelFunc)) guard.Result {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var out bytes.Buffer
	cmd := suite(role, r.dir)
	ready := make(chan string, 10)
	type ended struct {
		res guard.Result
		err error
	}
	end := make(chan ended, 1)
	go func() {
		res, err := guard.Run(ctx, cmd, guard.Options{
			File: r.file, Record: r.record(), Header: record.Header{Run: "guard", Bench: "guarded"}, Output: &out,
			Event: func(line []byte) { ready <- string(line) },
		}.WithGrace(r.grace))
		end <- ended{res, err}
	}()
	deadline := time.After(patience)
	for {
		select {
		case line := <-ready:
			if line == "energised" && during != nil {
				r.energised(t)
				during(r.pid(t), interrupt)
			}
		case e := <-end:
			if e.err != nil {
				t.Fatalf("%v; the suite printed %s", e.err, out.String())
			}
			t.Logf("%+v; the suite printed %q", e.res, out.String())
			return e.res
		case <-deadline:
			t.Fatal("the guard did not return")
		}
	}
}

// pid reads the suite's process id.
func (r *room) pid(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(r.dir, "suite.pid"))
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscan(string(text), &pid); err != nil {
		t.Fatal(err)
	}
	return pid
}

// said reads back what the record says, which must be readable to its end.
func (r *room) said(t *testing.T) (h record.Header, safe []record.Safe, ends []string) {
	t.Helper()
	h, events, err := record.ReadFile(r.record())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		switch b := e.Body.(type) {
		case record.Safe:
			safe = append(safe, b)
		case record.End:
			ends = append(ends, b.Status)
		}
	}
	return h, safe, ends
}

// secured checks that the guard switched everything off and said so.
func (r *room) secured(t *testing.T, res guard.Result, end string) {
	t.Helper()
	if r.supply.Output(1).On {
		t.Error("the output is still on")
	}
	if res.Safe == nil || res.Safe.By != "guard" || !equipment.IsSafe(*res.Safe) {
		t.Errorf("safe: %+v", res.Safe)
	}
	_, safe, ends := r.said(t)
	if len(safe) != 1 || safe[0].By != "guard" || len(safe[0].Outputs) != 1 || !safe[0].Outputs[0].Off {
		t.Errorf("the record says %+v", safe)
	}
	if !slices.Equal(ends, []string{end}) {
		t.Errorf("the record ends with %q, want %q", ends, end)
	}
}

func TestSuiteThatEndsWell(t *testing.T) {
	r := newRoom(t)
	res := r.run(t, "well", nil)
	if res.Exit != 0 || res.Interrupted || res.Safe == nil || res.Safe.By != "suite" {
		t.Errorf("%+v", res)
	}
	if r.supply.Output(1).On {
		t.Error("the output is still on")
	}
	if _, safe, ends := r.said(t); len(safe) != 1 || !slices.Equal(ends, []string{"passed"}) {
		t.Errorf("the guard added to a record that was complete: %+v, %q", safe, ends)
	}
}

func TestSuiteThatFails(t *testing.T) {
	r := newRoom(t)
	res := r.run(t, "fails", nil)
	if res.Exit != 1 || res.Safe == nil || res.Safe.By != "suite" || res.Reason != "the suite ended with status 1" {
		t.Errorf("%+v", res)
	}
	if _, safe, ends := r.said(t); len(safe) != 1 || !slices.Equal(ends, []string{"failed"}) {
		t.Errorf("%+v, %q", safe, ends)
	}
}

func TestSuiteThatIsKilled(t *testing.T) {
	r := newRoom(t)
	var killed time.Time
	res := r.run(t, "stays", func(pid int, _ context.CancelFunc) {
		killed = time.Now()
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
	})
	if took := time.Since(killed); took > time.Second {
		t.Errorf("the outputs were off after %v, want within 1 s", took)
	}
	if res.Exit != -1 || !strings.Contains(res.Reason, "signal 9") {
		t.Errorf("%+v", res)
	}
	r.secured(t, res, "void")
}

func TestSuiteThatLeavesAnOutputOn(t *testing.T) {
	r := newRoom(t)
	res := r.run(t, "careless", nil)
	if res.Exit != 0 {
		t.Errorf("%+v", res)
	}
	r.secured(t, res, "void")
}

func TestSuiteThatNeverWroteARecord(t *testing.T) {
	r := newRoom(t)
	res := r.run(t, "no record", nil)
	r.secured(t, res, "void")
	if h, _, _ := r.said(t); h.Run != "guard" || h.Bench != "guarded" {
		t.Errorf("header %+v", h)
	}
}

func TestInterruptedSuite(t *testing.T) {
	r := newRoom(t)
	res := r.run(t, "polite", func(_ int, interrupt context.CancelFunc) { interrupt() })
	if !res.Interrupted || res.Exit != 0 || res.Safe == nil || res.Safe.By != "suite" || !strings.HasPrefix(res.Reason, "interrupted; ") {
		t.Errorf("%+v", res)
	}
	if r.supply.Output(1).On {
		t.Error("the output is still on")
	}
}

func TestSuiteThatIgnoresTheInterrupt(t *testing.T) {
	r := newRoom(t)
	r.grace = 100 * time.Millisecond
	res := r.run(t, "deaf", func(_ int, interrupt context.CancelFunc) { interrupt() })
	if !res.Interrupted || res.Exit != -1 || !strings.Contains(res.Reason, "signal 9") {
		t.Errorf("%+v", res)
	}
	r.secured(t, res, "interrupted")
}

func TestSuiteThatLeavesAProcessBehind(t *testing.T) {
	r := newRoom(t)
	begin := time.Now()
	res := r.run(t, "leaves a process", nil)
	if took := time.Since(begin); took > patience/2 {
		t.Errorf("the guard waited %v for a process that is not the suite", took)
	}
	r.secured(t, res, "void")
	text, err := os.ReadFile(filepath.Join(r.dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscan(string(text), &pid); err != nil {
		t.Fatal(err)
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
}

func TestEventsArriveBeforeTheEnd(t *testing.T) {
	r := newRoom(t)
	var mu sync.Mutex
	var lines []string
	_, err := guard.Run(t.Context(), suite("well", r.dir), guard.Options{
		File: r.file, Record: r.record(), Event: func(line []byte) {
			mu.Lock()
			defer mu.Unlock()
			lines = append(lines, string(line))
		},
	})
	mu.Lock()
	defer mu.Unlock()
	if err != nil || !slices.Equal(lines, []string{"ended well"}) {
		t.Errorf("%q, %v", lines, err)
	}
}

func TestSuiteThatCannotBeStarted(t *testing.T) {
	r := newRoom(t)
	cmd := suite("well", r.dir)
	cmd.Path = filepath.Join(r.dir, "none")
	if res, err := guard.Run(t.Context(), cmd, guard.Options{File: r.file, Record: r.record()}); err == nil {
		t.Errorf("%+v", res)
	}
}

func TestRecordThatCannotBeWritten(t *testing.T) {
	r := newRoom(t)
	_, err := guard.Run(t.Context(), suite("no record", r.dir), guard.Options{
		File: r.file, Record: filepath.Join(r.dir, "none", "record.jsonl"),
	})
	if err == nil || !strings.Contains(err.Error(), "the record could not be written") {
		t.Errorf("%v", err)
	}
}

func TestSuiteLearnsThatItsGuardIsGone(t *testing.T) {
	r := newRoom(t)
	middle := suite("guard", r.dir)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	middle.Stdout = write
	if err := middle.Start(); err != nil {
		t.Fatal(err)
	}
	_ = write.Close()
	lines := make(chan string)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(read); s.Scan(); {
			lines <- s.Text()
		}
	}()
	var pid int
	if _, err := fmt.Sscanf(next(t, lines), "alive %d", &pid); err != nil {
		t.Fatal(err)
	}
	if err := middle.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = middle.Wait()
	if got := next(t, lines); got != "guard is gone" {
		t.Errorf("process %d says %q", pid, got)
	}
}

func next(t *testing.T, lines <-chan string) string {
	t.Helper()
	select {
	case l := <-lines:
		return l
	case <-time.After(patience):
		t.Fatal("nothing was said")
	}
	return ""
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

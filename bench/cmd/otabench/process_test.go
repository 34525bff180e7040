package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"otabench/bench/embedded"
	"otabench/bench/record"
)

const (
	// patience bounds every wait, so that a broken command fails its test instead of hanging it.
	patience = 60 * time.Second
	// longTransfer chooses one spec, which spends its time in a transfer of 512 KiB.
	longTransfer = "OTA-MAIN-2"
)

// supply is a simulated supply as a process of its own, and the changes of its outputs as they happened.
type supply struct {
	address string
	events  <-chan string
}

func startSupply(t *testing.T) supply {
	t.Helper()
	cmd := exec.Command("otabench", "sim", "supply", "--listen", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the supply ended with %v", err)
		}
	})
	events := make(chan string, 1000)
	go func() {
		defer close(events)
		for s := bufio.NewScanner(out); s.Scan(); {
			events <- s.Text()
		}
	}()
	return supply{next(t, events), events}
}

// next is the next line of a process.
func next(t *testing.T, lines <-chan string) string {
	t.Helper()
	select {
	case line, open := <-lines:
		if !open {
			t.Fatal("the process ended")
		}
		return line
	case <-time.After(patience):
		t.Fatal("the process printed nothing")
	}
	return ""
}

// settled is the last change of an output once none came for a while.
func (s supply) settled() (last string) {
	for {
		select {
		case e := <-s.events:
			last = e
		case <-time.After(200 * time.Millisecond):
			return last
		}
	}
}

// awaitOff wants the output off within a time from now.
func (s supply) awaitOff(t *testing.T, within time.Duration) {
	t.Helper()
	late := time.After(within)
	for {
		select {
		case e := <-s.events:
			if e == "CH1 off" {
				return
			}
		case <-late:
			t.Fatalf("the output was not off after %v", within)
		}
	}
}

// writeBench writes the embedded bench with another supply.
func writeBench(t *testing.T, supply string) (path string) {
	t.Helper()
	text := embedded.UnitYAML
	for _, edit := range [][2]string{
		{"virtual:psu", supply},
		// These runs are not in virtual time, and the computer is busy with other tests.
		{"timing: {boot: 1s, confirm: 3s}", "timing: {boot: 20s, confirm: 20s, p2: 2s}"},
		{"timing: {boot: 60ms, confirm: 1s, watchdog: 300ms}", "timing: {boot: 60ms, confirm: 20s, watchdog: 10s, p2: 2s}"},
	} {
		if !bytes.Contains(text, []byte(edit[0])) {
			t.Fatalf("the embedded bench file has no %q", edit[0])
		}
		text = bytes.Replace(text, []byte(edit[0]), []byte(edit[1]), 1)
	}
	path = filepath.Join(t.TempDir(), "bench.yaml")
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// run is `otabench run` as a process, which is the guard of its suite.
type run struct {
	*exec.Cmd
	dir string
	out bytes.Buffer
}

func startRun(t *testing.T, bench string) *run {
	t.Helper()
	r := &run{dir: filepath.Join(t.TempDir(), "run")}
	r.Cmd = exec.Command("otabench", "run", "-b", bench, "-o", r.dir, "--label-filter", longTransfer)
	r.Stdout, r.Stderr = &r.out, &r.out
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = r.Process.Kill()
		_ = r.Wait() // fails if the test waited already
	})
	return r
}

// awaitTransfer waits until the suite is in the middle of a transfer. A record is written as things happen.
func (r *run) awaitTransfer(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		for _, e := range r.record() {
			if p, ok := e.Body.(record.Progress); ok && p.Phase == "transfer" && p.Done > 0 {
				return
			}
		}
	}
	t.Fatalf("no transfer began:\n%s", &r.out)
}

// record reads what is there of the record.
func (r *run) record() []record.Event {
	text, err := os.ReadFile(filepath.Join(r.dir, recordFile))
	if err != nil {
		return nil
	}
	var all []record.Event
	for line := range bytes.Lines(text) {
		if e, err := record.ParseEvent(line); err == nil {
			all = append(all, e)
		}
	}
	return all
}

// suite is the process of the suite, the only child of the run.
func (r *run) suite(t *testing.T) int {
	t.Helper()
	id := r.Process.Pid
	var children []byte
	// A child counts as its thread's, so all threads have to be asked.
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", id))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		children = append(children, b...)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(children)))
	if err != nil {
		t.Fatalf("the run has not one child: %q", children)
	}
	return pid
}

func (r *run) wantExit(t *testing.T, want int) {
	t.Helper()
	late := time.AfterFunc(patience, func() { _ = r.Process.Kill() })
	defer late.Stop()
	got, err := statusOf(r.Wait())
	if err != nil || got != want {
		t.Errorf("the run ended with status %d, %v; want %d:\n%s", got, err, want, &r.out)
	}
}

// wantSafe wants the last word of the record on the outputs: off, and who saw to it.
func (r *run) wantSafe(t *testing.T, by string) {
	t.Helper()
	var last *record.Safe
	for _, e := range r.record() {
		if s, ok := e.Body.(record.Safe); ok {
			last = &s
		}
	}
	if last == nil {
		t.Fatal("the record does not say how the bench was left")
	}
	if last.By != by {
		t.Errorf("made safe by %q, want %q", last.By, by)
	}
	for _, o := range last.Outputs {
		if !o.Off {
			t.Errorf("%s is not off: %s", o.Device, o.Error)
		}
	}
}

func TestKilledSuiteLeavesTheOutputOff(t *testing.T) {
	s := startSupply(t)
	r := startRun(t, writeBench(t, s.address))
	r.awaitTransfer(t)
	if last := s.settled(); !strings.HasPrefix(last, "CH1 on") {
		t.Fatalf("the output's last change before the kill is %q", last)
	}
	if err := syscall.Kill(r.suite(t), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.awaitOff(t, time.Second)
	r.wantExit(t, exitBench)
	r.wantSafe(t, "guard")

	// The folder can be read, and its verdict is void.
	out, err := exec.Command("otabench", "report", r.dir).CombinedOutput()
	if got, _ := statusOf(err); got != exitBench || !bytes.Contains(out, []byte("VOID")) {
		t.Errorf("report ended with status %d:\n%s", got, out)
	}
}

func TestKilledGuardLeavesTheOutputOff(t *testing.T) {
	s := startSupply(t)
	r := startRun(t, writeBench(t, s.address))
	r.awaitTransfer(t)
	s.settled()
	if err := r.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	s.awaitOff(t, 5*time.Second)
}

func TestInterruptedRun(t *testing.T) {
	s := startSupply(t)
	r := startRun(t, writeBench(t, s.address))
	r.awaitTransfer(t)
	s.settled()
	if err := r.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	s.awaitOff(t, 5*time.Second)
	r.wantExit(t, exitInterrupted)
	r.wantSafe(t, "suite")
	events := r.record()
	if end, ok := events[len(events)-1].Body.(record.End); !ok || end.Status != "interrupted" {
		t.Errorf("the record ends with %+v", events[len(events)-1])
	}
}

func TestRunOnASupplyOfItsOwn(t *testing.T) {
	s := startSupply(t)
	bench := writeBench(t, s.address)
	r := startRun(t, bench)
	r.wantExit(t, exitPassed)
	r.wantSafe(t, "suite")

	// By hand, an output stays as it was left between two commands.
	for _, args := range [][]string{
		{"power", "on", "kl30", "--volts", "12V"}, {"check"}, {"power", "measure", "kl30"},
	} {
		out, err := exec.Command("otabench", append(args, "-b", bench)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		if args[0] == "power" && !bytes.Contains(out, []byte("12.0")) {
			t.Errorf("%v: not at 12 V:\n%s", args, out)
		}
	}
	if last := s.settled(); !strings.HasPrefix(last, "CH1 on, 12.000 V") {
		t.Errorf("the output's last change is %q", last)
	}
	if out, err := exec.Command("otabench", "power", "off", "-b", bench).CombinedOutput(); err != nil {
		t.Fatalf("power off: %v\n%s", err, out)
	}
	if last := s.settled(); last != "CH1 off" {
		t.Errorf("the output's last change is %q", last)
	}
}

// A supply that is another one than the bench file says is not touched.
func TestAnotherSupply(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan string, 100)
	go serveOther(l, asked)
	t.Cleanup(func() { l.Close() })
	bench := writeBench(t, "tcp:"+l.Addr().String())
	for _, args := range [][]string{{"check"}, {"run", "-o", filepath.Join(t.TempDir(), "run")}} {
		out, err := exec.Command("otabench", append(args, "-b", bench)...).CombinedOutput()
		if got, _ := statusOf(err); got != exitBench || !bytes.Contains(out, []byte("ACME")) {
			t.Errorf("%s ended with status %d:\n%s", args[0], got, out)
		}
	}
	l.Close()
	for q := range asked {
		if q != "*IDN?" {
			t.Errorf("the other supply was sent %q", q)
		}
	}
}

// serveOther answers every query with another maker's identity.
func serveOther(l net.Listener, asked chan<- string) {
	defer close(asked)
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		for s := bufio.NewScanner(conn); s.Scan(); {
			asked <- strings.TrimSpace(s.Text())
			if strings.Contains(s.Text(), "?") {
				_, _ = io.WriteString(conn, "ACME,PS1,1,1.0\n")
			}
		}
		_ = conn.Close()
	}
}

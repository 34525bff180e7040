package socketcand

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"otabench/can"
	"otabench/can/virtual"
)

// python runs a script against a server, with python-can of Debian's python3-can. These tests are about a peer, so they
// fail in CI when it is not there; elsewhere what they would have shown is left out.
func python(t testing.TB, script, address string, args ...string) (lines *bufio.Scanner, wait func(), ran bool) {
	t.Helper()
	const interpreter = "/usr/bin/python3"
	if err := exec.CommandContext(t.Context(), interpreter, "-c", "import can").Run(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("python3-can is missing; run .ci/install: %v", err)
		}
		t.Log("not checked: python3-can is not installed")
		return nil, nil, false
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	args = append([]string{"-c", pythonBus + script, host, port}, args...)
	cmd := exec.CommandContext(t.Context(), interpreter, args...)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines = bufio.NewScanner(out)
	return lines, func() {
		t.Helper()
		if err := cmd.Wait(); err != nil {
			t.Errorf("python: %v\n%s", err, &complaints)
		}
	}, true
}

// pythonBus joins the bus and says so.
const pythonBus = `
import sys, time, can
bus = can.Bus(interface="socketcand", host=sys.argv[1], port=int(sys.argv[2]), channel="can0")
print("joined", flush=True)
`

// pythonAnswers answers each frame with the next identifier, until it has no data.
const pythonAnswers = `
while True:
    m = bus.recv(10)
    if m is None:
        sys.exit("nothing came")
    print(f"{m.arbitration_id:X} {m.data.hex()} {m.timestamp:.6f}", flush=True)
    bus.send(can.Message(arbitration_id=m.arbitration_id + 1, is_extended_id=m.arbitration_id > 0x7FF, data=m.data))
    if len(m.data) == 0:
        break
bus.shutdown()
`

// python-can 4.1 hears and sends classic data frames, one by one; in its hands every received identifier is an extended
// one, and it marks no remote frame that it sends. What it knows no form for is not shown to it.
func TestPythonCan(t *testing.T) {
	address := listen(t, virtual.Options{})
	bus := dial(t, address)
	own := bus.Subscribe(100)
	lines, wait, ran := python(t, pythonAnswers, address)
	if !ran {
		return
	}
	wantLine(t, lines, "joined")
	frames := []can.Frame{
		frame(0x123, 0, 1, 2, 3, 4, 5, 6, 7, 8), frame(0x12, 0, 0xFF), frame(0x18DA10F1, can.Extended, 0, 0x10),
		frame(0x1234567, can.Extended, 7), remote(0x100, 0, 2), frame(0x100, can.FD|can.BRS, twelve...), frame(0x7FE, 0),
	}
	for _, f := range frames {
		if err := bus.Send(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		r := <-own.C()
		if r.Frame != f || !r.Own {
			t.Fatalf("got %+v, want %v back", r, f)
		}
		if f.Is(can.Remote) || f.Is(can.FD) {
			continue
		}
		wantLine(t, lines, fmt.Sprintf("%X %x ", f.ID, f.Payload()))
		answer := f
		answer.ID++
		if r := <-own.C(); r.Frame != answer || r.Own {
			t.Errorf("got %+v, want the answer %v", r, answer)
		}
	}
	wait()
}

func wantLine(t *testing.T, lines *bufio.Scanner, beginning string) {
	t.Helper()
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), beginning) {
		t.Fatalf("python printed %q, %v; want %q", lines.Text(), lines.Err(), beginning)
	}
}

// pythonTimes prints the time stamps of frames.
const pythonTimes = `
for i in range(3):
    print(f"{bus.recv(10).timestamp:.6f}", flush=True)
    bus.send(can.Message(arbitration_id=1))
`

// A client is told the bus's own times.
func TestPythonTimes(t *testing.T) {
	address := listen(t, virtual.Options{})
	bus := dial(t, address)
	sub := bus.Subscribe(100)
	lines, wait, ran := python(t, pythonTimes, address)
	if !ran {
		return
	}
	wantLine(t, lines, "joined")
	for range 3 {
		before := time.Now()
		if err := bus.Send(t.Context(), frame(0x123, 0)); err != nil {
			t.Fatal(err)
		}
		if !lines.Scan() {
			t.Fatal("python printed nothing")
		}
		seconds, err := strconv.ParseFloat(lines.Text(), 64)
		if err != nil {
			t.Fatal(err)
		}
		const rounding = 2e-6
		stamp := seconds - float64(before.UnixMicro())/1e6
		if stamp < -rounding || stamp > time.Since(before).Seconds() {
			t.Errorf("stamp is %v s after the frame was sent", stamp)
		}
		<-sub.C() // its own
		<-sub.C() // the answer
	}
	wait()
}

// pythonSends sends many frames and leaves.
const pythonSends = `
for i in range(int(sys.argv[3])):
    bus.send(can.Message(arbitration_id=0x100, is_extended_id=False, data=[i & 255, i >> 8 & 255, 2, 3, 4, 5, 6, 7]))
bus.shutdown()
`

// What python-can sends without waiting arrives whole and in order, though it leaves right after.
func TestPythonBurst(t *testing.T) {
	const count = 2000
	address := listen(t, virtual.Options{})
	sub := dial(t, address).Subscribe(count)
	_, wait, ran := python(t, pythonSends, address, strconv.Itoa(count))
	if !ran {
		return
	}
	for i := range count {
		select {
		case r := <-sub.C():
			if want := frame(0x100, 0, byte(i), byte(i>>8), 2, 3, 4, 5, 6, 7); r.Frame != want {
				t.Fatalf("frame %d is %v, want %v", i, r.Frame, want)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("frame %d is missing", i)
		}
	}
	wait()
}

package slcan_test

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"otabench/can"
	"otabench/can/cantest"
	"otabench/can/slcan"
	"otabench/can/slcan/sim"
	"otabench/can/virtual"
)

// onPTY plugs a simulated adapter into a wire and returns the device at which it is reached.
func onPTY(t *testing.T, wire *virtual.Bus, q sim.Quirks) string {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	ctx, unplug := context.WithCancel(context.Background())
	node := wire.Attach("adapter")
	var served sync.WaitGroup
	served.Go(func() { _ = sim.New(node, q).Serve(ctx, master) })
	t.Cleanup(func() {
		unplug()
		_ = slave.Close()
		_ = node.Close()
		served.Wait()
	})
	return slave.Name()
}

// In real time and through a terminal, as from a device.
func TestContractOnATerminal(t *testing.T) {
	cantest.TestBus(t, func(t *testing.T) (a, b can.Bus) {
		wire := newWire(t)
		var buses []can.Bus
		for range 2 {
			bus, err := slcan.OpenDevice(t.Context(), onPTY(t, wire, sim.Quirks{}), slcan.Options{Bitrate: 500_000})
			if err != nil {
				t.Fatal(err)
			}
			buses = append(buses, bus)
		}
		return buses[0], buses[1]
	})
}

const pythonScript = `
import can, sys
bus = can.Bus(interface="slcan", channel=sys.argv[1], bitrate=500000, sleep_after_open=0.1)
bus.send(can.Message(arbitration_id=0x123, is_extended_id=False, data=[1, 2, 3]))
bus.send(can.Message(arbitration_id=0x1ABCDEF0, is_extended_id=True, data=[]))
bus.send(can.Message(arbitration_id=0x7FF, is_extended_id=False, is_remote_frame=True, dlc=4))
for _ in range(3):
    m = bus.recv(10)
    print(m.arbitration_id, m.is_extended_id, m.is_remote_frame, m.dlc, bytes(m.data).hex(), flush=True)
bus.shutdown()
`

// python-can drives the simulated adapter, so that it is not only this package that understands it.
func TestPythonCAN(t *testing.T) {
	python, err := exec.LookPath("/usr/bin/python3")
	if err == nil {
		err = exec.Command(python, "-c", "import can, serial").Run()
	}
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("python-can is missing: %v; run .ci/install", err)
		}
		t.Skipf("python-can is missing: %v", err)
	}
	wire := newWire(t)
	other := wire.Attach("other")
	frames := other.Subscribe(0)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	script := exec.CommandContext(ctx, python, "-c", pythonScript, onPTY(t, wire, sim.Quirks{}))
	result := make(chan string, 1)
	go func() {
		out, err := script.CombinedOutput()
		if err != nil {
			out = append(out, err.Error()...)
		}
		result <- string(out)
	}()
	for _, want := range []string{"123#010203", "1ABCDEF0#", "7FF#R4"} {
		select {
		case r := <-frames.C():
			if r.Frame.String() != want && !(want == "7FF#R4" && r.Is(can.Remote) && r.Len == 4) {
				t.Errorf("python-can sent %v, want %s", r.Frame, want)
			}
		case out := <-result:
			t.Fatalf("python-can ended: %s", out)
		}
	}
	extended := can.New(0x1ABCDEF0, 0xAA, 0xBB)
	extended.Flags = can.Extended
	for _, f := range []can.Frame{can.New(0x456, 9), extended, {ID: 0x100, Flags: can.Remote, Len: 2}} {
		if err := other.Send(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	want := "1110 False False 1 09\n448585456 True False 2 aabb\n256 False True 2 \n"
	if got := <-result; got != want {
		t.Errorf("python-can received\n%swant\n%s", got, want)
	}
}

//go:build kernelcan

// These tests run inside a kernel that has CAN: see .ci/kernel.

package socketcan_test

import (
	"bufio"
	"context"
	"errors"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"otabench/can"
	"otabench/can/cantest"
	"otabench/can/socketcan"
)

// patience bounds every wait; nothing here takes long, but the guest is slow.
const patience = 20 * time.Second

func open(t *testing.T, ifname string) *socketcan.Bus {
	t.Helper()
	bus, err := socketcan.Open(t.Context(), ifname, socketcan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bus.Close() })
	return bus
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

func next(t *testing.T, sub *can.Subscription) can.Received {
	t.Helper()
	select {
	case r, open := <-sub.C():
		if !open {
			t.Fatal("the subscription ended")
		}
		return r
	case <-time.After(patience):
		t.Fatal("no frame came")
	}
	panic("unreachable")
}

func TestKernelContract(t *testing.T) {
	cantest.TestBus(t, func(t *testing.T) (a, b can.Bus) { return open(t, "vcan0"), open(t, "vcan0") })
}

func TestKernelReceivesFromCansend(t *testing.T) {
	extended := can.New(0x18DA10F1, 1, 2, 3, 4, 5, 6, 7, 8)
	extended.Flags = can.Extended
	tests := map[string]can.Frame{
		"7E0#021003":                can.New(0x7E0, 2, 0x10, 3),
		"000#":                      can.New(0),
		"18DA10F1#0102030405060708": extended,
		"123#R4":                    {ID: 0x123, Flags: can.Remote, Len: 4},
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			sub := open(t, "vcan0").Subscribe(0)
			before := time.Now()
			run(t, "cansend", "vcan0", text)
			got := next(t, sub)
			if got.Frame != want || got.Own {
				t.Errorf("got %v, want %v", got, want)
			}
			if got.Time.Before(before) || got.Time.After(time.Now()) {
				t.Errorf("its time is %v, it was sent after %v", got.Time, before)
			}
		})
	}
}

func TestKernelShowsFramesToCandump(t *testing.T) {
	candump := exec.CommandContext(t.Context(), "candump", "-L", "-n", "2", "vcan0")
	out, err := candump.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := candump.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			_, frame, _ := strings.Cut(scanner.Text(), "vcan0 ")
			lines <- frame
		}
	}()
	bus := open(t, "vcan0")
	send := func(f can.Frame) {
		if err := bus.Send(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	// candump does not say when it listens, so the first frame is repeated until it does.
	ready := ""
	for deadline := time.Now().Add(patience); ready == "" && time.Now().Before(deadline); {
		send(can.New(0x7E0, 2, 0x10, 3))
		select {
		case ready = <-lines:
		case <-time.After(50 * time.Millisecond):
		}
	}
	if ready != "7E0#021003" {
		t.Fatalf("candump printed %q first", ready)
	}
	extended := can.New(0x18DA10F1, 0xDE, 0xAD)
	extended.Flags = can.Extended
	send(extended)
	for line := range lines {
		if line != "7E0#021003" && line != "18DA10F1#DEAD" {
			t.Errorf("candump printed %q", line)
		}
	}
	if err := candump.Wait(); err != nil {
		t.Error(err)
	}
}

// TestKernelKeepsOrder sends 1,000 frames each way at the same time.
func TestKernelKeepsOrder(t *testing.T) {
	const frames = 1000
	a, b := open(t, "vcan0"), open(t, "vcan0")
	subA, subB := a.Subscribe(2*frames, can.Exactly(0xB, false)), b.Subscribe(2*frames, can.Exactly(0xA, false))
	sent := make(chan error, 2)
	stream := func(bus *socketcan.Bus, id uint32) {
		for i := range frames {
			if err := bus.Send(t.Context(), can.New(id, byte(i>>8), byte(i))); err != nil {
				sent <- err
				return
			}
		}
		sent <- nil
	}
	go stream(a, 0xA)
	go stream(b, 0xB)
	for range 2 {
		if err := <-sent; err != nil {
			t.Fatal(err)
		}
	}
	for name, sub := range map[string]*can.Subscription{"a": subA, "b": subB} {
		for i := range frames {
			if got := next(t, sub); int(got.Data[0])<<8|int(got.Data[1]) != i {
				t.Fatalf("%s: frame %d is %v", name, i, got)
			}
		}
		if sub.Lost() != 0 {
			t.Errorf("%s lost %d frames", name, sub.Lost())
		}
	}
}

func TestKernelInterfaceGoesDown(t *testing.T) {
	bus := open(t, "vcan1")
	sub := bus.Subscribe(0)
	t.Cleanup(func() {
		if out, err := exec.Command("ip", "link", "set", "vcan1", "up").CombinedOutput(); err != nil {
			t.Errorf("ip: %v\n%s", err, out)
		}
	})
	run(t, "ip", "link", "set", "vcan1", "down")
	select {
	case r, open := <-sub.C():
		if open {
			t.Errorf("got frame %v", r)
		}
	case <-time.After(patience):
		t.Fatal("the bus did not notice")
	}
	err := bus.Send(t.Context(), can.New(1))
	if !errors.Is(err, can.ErrClosed) || !errors.Is(err, syscall.ENETDOWN) {
		t.Errorf("got error %v, want one that wraps %v and %v", err, can.ErrClosed, syscall.ENETDOWN)
	}
	if got := bus.State(); got != can.Stopped {
		t.Errorf("state is %v, want %v", got, can.Stopped)
	}
	if _, err := socketcan.Open(t.Context(), "vcan1", socketcan.Options{}); !errors.Is(err, syscall.ENETDOWN) {
		t.Errorf("Open while it is down: got error %v, want %v", err, syscall.ENETDOWN)
	}
}

func TestKernelRemovesInterface(t *testing.T) {
	run(t, "ip", "link", "add", "dev", "vcan9", "type", "vcan")
	run(t, "ip", "link", "set", "up", "vcan9")
	sub := open(t, "vcan9").Subscribe(0)
	run(t, "ip", "link", "delete", "vcan9")
	select {
	case r, open := <-sub.C():
		if open {
			t.Errorf("got frame %v", r)
		}
	case <-time.After(patience):
		t.Fatal("the bus did not notice")
	}
}

func TestKernelReportsErrors(t *testing.T) {
	// Any process may put an error frame on a virtual interface, which stands for a controller here.
	bus := open(t, "vcan0")
	sub := bus.Subscribe(0)
	states := []struct {
		text string
		want can.State
	}{
		{"20000004#0010000000000000", can.ErrorPassive},
		{"20000040#0000000000000000", can.BusOff},
		{"20000100#0000000000000000", can.ErrorActive},
	}
	for _, test := range states {
		run(t, "cansend", "vcan0", test.text)
		if got := next(t, sub); !got.Is(can.Error) {
			t.Errorf("%s: got %v", test.text, got)
		}
		if got := bus.State(); got != test.want {
			t.Errorf("%s: state is %v, want %v", test.text, got, test.want)
		}
	}
}

func TestKernelRefusesToOpen(t *testing.T) {
	tests := map[string]string{
		"can9": "socketcan:can9: no such interface: ",
		"lo":   "socketcan:lo: not a CAN interface: ",
	}
	for ifname, want := range tests {
		if _, err := socketcan.Open(t.Context(), ifname, socketcan.Options{}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got error %v, want one that begins with %q", ifname, err, want)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := socketcan.Open(ended, "vcan0", socketcan.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
}

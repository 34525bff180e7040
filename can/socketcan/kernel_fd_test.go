//go:build kernelcan

package socketcan_test

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"otabench/can"
	"otabench/can/cantest"
	"otabench/can/socketcan"
)

// TestKernelContractOnControllers runs the contract on two controllers at 500 kbit/s.
func TestKernelContractOnControllers(t *testing.T) {
	cantest.TestBus(t, func(t *testing.T) (a, b can.Bus) { return open(t, "can0"), open(t, "can1") })
}

// TestKernelContractOnPair runs it on two virtual interfaces that are each other's peer.
func TestKernelContractOnPair(t *testing.T) {
	cantest.TestBus(t, func(t *testing.T) (a, b can.Bus) { return open(t, "vxcan0"), open(t, "vxcan1") })
}

func fd(flags can.Flags, id uint32, length int) can.Frame {
	f := can.Frame{ID: id, Flags: flags | can.FD, Len: uint8(length)}
	for i := range f.Payload() {
		f.Data[i] = byte(i + 1)
	}
	return f
}

func TestKernelFD(t *testing.T) {
	a, b := open(t, "vcan0"), open(t, "vcan0")
	own, other := a.Subscribe(0), b.Subscribe(0)
	for _, f := range []can.Frame{
		fd(0, 1, 0), fd(can.BRS, 2, 8), fd(can.BRS|can.Extended, 0x18DA10F1, 64), fd(can.ESI, 3, 12), can.New(4, 1, 2),
	} {
		if err := a.Send(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		if r := next(t, own); r.Frame != f || !r.Own {
			t.Errorf("own: got %v %t, want %v", r.Frame, r.Own, f)
		}
		if r := next(t, other); r.Frame != f || r.Own {
			t.Errorf("other: got %v %t, want %v", r.Frame, r.Own, f)
		}
	}
	if err := open(t, "can0").Send(t.Context(), fd(0, 1, 8)); !errors.Is(err, can.ErrInvalid) || !strings.Contains(err.Error(), "fd on") {
		t.Errorf("FD on a classic controller: %v", err)
	}
}

func TestKernelFilters(t *testing.T) {
	filtered, err := socketcan.Open(t.Context(), "vcan0", socketcan.Options{
		Filters: []can.Filter{can.Exactly(0x123, false), {ID: 0x18DA0000, Mask: 0x1FFF0000, Extended: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer filtered.Close()
	sub := filtered.Subscribe(0)
	from := open(t, "vcan0")
	extended := fd(can.Extended, 0x18DA10F1, 24)
	for _, f := range []can.Frame{can.New(0x124), fd(can.Extended, 0x123, 8), extended, can.New(1), can.New(0x123, 9)} {
		if err := from.Send(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []can.Frame{extended, can.New(0x123, 9)} {
		if r := next(t, sub); r.Frame != want {
			t.Errorf("got %v, want %v", r.Frame, want)
		}
	}
	run(t, "cansend", "vcan0", "20000004#0010000000000000")
	if r := next(t, sub); !r.Is(can.Error) {
		t.Errorf("got %v, want an error frame", r.Frame)
	}
}

// TestKernelTimes compares what two sockets say of the same frames: it is the kernel's time, so it is the same.
func TestKernelTimes(t *testing.T) {
	a, b := open(t, "vcan0"), open(t, "vcan0")
	subA, subB := a.Subscribe(0), b.Subscribe(0)
	const frames = 100
	before := time.Now()
	for i := range frames {
		if err := a.Send(t.Context(), can.New(uint32(i))); err != nil {
			t.Fatal(err)
		}
	}
	worst := time.Duration(0)
	for range frames {
		ra, rb := next(t, subA), next(t, subB)
		if rb.Time.Before(before) || rb.Time.After(time.Now()) {
			t.Errorf("%v: its time is %v, before it was %v", rb.Frame, rb.Time, before)
		}
		before = rb.Time
		worst = max(worst, rb.Time.Sub(ra.Time).Abs())
	}
	// The stamps are equal; each socket puts them onto Go's clock with a reading of both clocks of its own.
	if worst > time.Millisecond {
		t.Errorf("two sockets see a frame %v apart", worst)
	}
}

// TestKernelSendWaitsForTheWire floods a controller whose queue holds ten frames, from two sockets. Nothing is lost.
func TestKernelSendWaitsForTheWire(t *testing.T) {
	const each = 300
	sub := open(t, "can1").Subscribe(2*each + 1)
	results := make(chan error)
	for n := range 2 {
		go func() {
			bus, err := socketcan.Open(t.Context(), "can0", socketcan.Options{})
			if err == nil {
				for i := 0; i < each && err == nil; i++ {
					err = bus.Send(t.Context(), can.New(uint32(n), byte(i>>8), byte(i)))
				}
				_ = bus.Close()
			}
			results <- err
		}()
	}
	for range 2 {
		if err := <-results; err != nil {
			t.Fatal(err)
		}
	}
	var seen [2]int
	for range 2 * each {
		r := next(t, sub)
		if got := int(r.Data[0])<<8 | int(r.Data[1]); got != seen[r.ID] {
			t.Fatalf("sender %d: frame %d came, want %d", r.ID, got, seen[r.ID])
		}
		seen[r.ID]++
	}
}

// TestKernelCountsOverflow lets a small receive queue overflow while a tap holds up the receive path: what is missing is
// counted to the frame.
func TestKernelCountsOverflow(t *testing.T) {
	slow, err := socketcan.Open(t.Context(), "vcan0", socketcan.Options{ReceiveBuffer: 1})
	if err != nil {
		t.Fatal(err)
	}
	const sent = 1000
	hold := make(chan struct{})
	received, lost, last := 0, uint64(0), make(chan struct{})
	slow.Tap(func(r can.Received) {
		<-hold
		received++
		lost += r.Lost
		if r.ID == 2 {
			close(last)
		}
	})
	from := open(t, "vcan0")
	for i := range sent {
		if err := from.Send(t.Context(), can.New(1, byte(i))); err != nil {
			t.Fatal(err)
		}
	}
	close(hold)
	awaitTaken(t, slow)
	if err := from.Send(t.Context(), can.New(2)); err != nil {
		t.Fatal(err)
	}
	select {
	case <-last:
	case <-time.After(patience):
		t.Fatal("the last frame did not come")
	}
	if err := slow.Close(); err != nil { // waits for the tap
		t.Fatal(err)
	}
	if received+int(lost) != sent+1 || lost == 0 {
		t.Errorf("received %d, lost %d, sent %d", received, lost, sent+1)
	}
}

// awaitTaken waits until a bus has taken all frames that the kernel held for it.
func awaitTaken(t *testing.T, bus *socketcan.Bus) {
	t.Helper()
	sub := bus.Subscribe(0)
	defer sub.Cancel()
	for {
		select {
		case <-sub.C():
		case <-time.After(100 * time.Millisecond):
			return
		}
	}
}

// python runs a script with Debian's python-can.
func python(t *testing.T, script string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, "/usr/bin/python3", "-c", script).CombinedOutput()
	if err != nil {
		t.Fatalf("python3: %v\n%s", err, out)
	}
	return string(out)
}

func TestKernelPythonCAN(t *testing.T) {
	bus := open(t, "vcan0")
	frames := []can.Frame{
		can.New(0x123, 1, 2, 3), fd(can.BRS|can.Extended, 0x18DA10F1, 64), {ID: 0x55, Flags: can.Remote, Len: 3}, fd(0, 7, 12),
	}
	// It answers each frame with the next identifier, so both directions are seen.
	sub := bus.Subscribe(0)
	go func() {
		for _, f := range frames {
			for r := range sub.C() {
				if !r.Own && r.ID == f.ID+1 {
					break
				}
				if !r.Own && r.ID == 0x7FF { // it listens
					_ = bus.Send(t.Context(), f)
				}
			}
		}
	}()
	got := python(t, fmt.Sprintf(`
import can
bus = can.Bus("vcan0", interface="socketcan", fd=True)
for i in range(%d):
    bus.send(can.Message(arbitration_id=0x7FF, is_extended_id=False))
    m = bus.recv(10)
    print("%%X" %% m.arbitration_id, m.is_extended_id, m.is_fd, m.bitrate_switch, m.is_remote_frame, m.dlc, m.data.hex())
    m.arbitration_id += 1
    bus.send(m)
bus.shutdown()
`, len(frames)))
	want := "123 False False False False 3 010203\n" +
		"18DA10F1 True True True False 64 " + fmt.Sprintf("%x", frames[1].Data) + "\n" +
		"55 False False False True 3 \n" +
		"7 False True False False 12 0102030405060708090a0b0c\n"
	if got != want {
		t.Errorf("python-can saw\n%swant\n%s", got, want)
	}
}

func TestKernelCanplayerAndCangen(t *testing.T) {
	bus := open(t, "vcan0")
	sub := bus.Subscribe(2000)
	play := exec.CommandContext(t.Context(), "canplayer", "-t", "-I", "-")
	play.Args = []string{"canplayer", "-t"}
	play.Stdin = strings.NewReader("(1.000001) vcan0 123#0102\n(1.000002) vcan0 18DA10F1##1" + strings.Repeat("AB", 64) + "\n")
	if out, err := play.CombinedOutput(); err != nil {
		t.Fatalf("canplayer: %v\n%s", err, out)
	}
	long := can.Frame{ID: 0x18DA10F1, Flags: can.Extended | can.FD | can.BRS, Len: 64}
	for i := range long.Data {
		long.Data[i] = 0xAB
	}
	for _, want := range []can.Frame{can.New(0x123, 1, 2), long} {
		if r := next(t, sub); r.Frame != want {
			t.Errorf("canplayer: got %v, want %v", r.Frame, want)
		}
	}
	const frames = 1000
	run(t, "cangen", "vcan0", "-g", "0", "-p", "10", "-n", fmt.Sprint(frames), "-m", "-I", "42", "-D", "i", "-L", "8")
	for range frames {
		if r := next(t, sub); r.ID != 0x42 || r.Lost > 0 {
			t.Fatalf("cangen: got %v, lost %d", r.Frame, r.Lost)
		}
	}
}

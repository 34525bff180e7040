//go:build kernelcan

// These tests run inside a kernel that has CAN: see .ci/kernel.

package slcan_test

import (
	"bufio"
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"otabench/can"
	"otabench/can/slcan/sim"
)

// The kernel's own slcan driver makes an interface of the simulated adapter; can-utils talk through it to our bus.
func TestKernelDriver(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	wire := newWire(t)
	other := wire.Attach("other")
	frames := other.Subscribe(0)
	daemon := exec.CommandContext(ctx, "slcand", "-F", "-o", "-c", "-s6", onPTY(t, wire, sim.Quirks{}), "slcan7")
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = daemon.Process.Kill(); _ = daemon.Wait() }()
	for exec.CommandContext(ctx, "ip", "link", "set", "slcan7", "up").Run() != nil {
		if ctx.Err() != nil {
			t.Fatal("slcand made no interface")
		}
	}
	dump := exec.CommandContext(ctx, "candump", "-n", "2", "-L", "slcan7")
	out, err := dump.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := dump.Start(); err != nil {
		t.Fatal(err)
	}
	if sent, err := exec.CommandContext(ctx, "cansend", "slcan7", "123#010203").CombinedOutput(); err != nil {
		t.Fatalf("cansend: %v\n%s", err, sent)
	}
	if r := <-frames.C(); r.Frame != can.New(0x123, 1, 2, 3) {
		t.Errorf("cansend sent %v", r.Frame)
	}
	received := make(chan string, 2)
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			received <- lines.Text()
		}
		close(received)
	}()
	extended := can.New(0x1ABCDEF0, 0xAA)
	extended.Flags = can.Extended
	for again := time.NewTicker(100 * time.Millisecond); ; { // candump does not say when it listens
		if err := other.Send(ctx, extended); err != nil {
			t.Fatal(err)
		}
		select {
		case line := <-received:
			if strings.Contains(line, "123#010203") {
				continue // candump was quick enough to see that one
			}
			if !strings.HasSuffix(line, "slcan7 1ABCDEF0#AA") {
				t.Errorf("candump saw %q", line)
			}
			return
		case <-again.C:
		}
	}
}

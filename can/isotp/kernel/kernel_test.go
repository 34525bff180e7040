//go:build kernelcan

// These tests run inside a kernel that has CAN: see .ci/kernel.

package kernel_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"otabench/can"
	"otabench/can/isotp"
	"otabench/can/isotp/isotptest"
	"otabench/can/isotp/kernel"
	"otabench/can/socketcan"
)

// longest is Debian's kernel's limit.
const longest = 66_000

func openKernel(t *testing.T, cfg isotp.Config) isotp.Conn {
	t.Helper()
	c, err := kernel.Open(t.Context(), "vcan0", cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func openSoftware(t *testing.T, cfg isotp.Config) isotp.Conn {
	t.Helper()
	bus := openBus(t)
	c, err := isotp.Open(bus, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func openBus(t *testing.T) can.Bus {
	t.Helper()
	bus, err := socketcan.Open(t.Context(), "vcan0", socketcan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bus.Close() })
	return bus
}

// TestKernelContract has the kernel at both ends, the software at both ends on the same wire, and each with the other.
func TestKernelContract(t *testing.T) {
	type opener = func(*testing.T, isotp.Config) isotp.Conn
	for name, ends := range map[string]struct {
		a, b   opener
		limits isotptest.Limits
	}{
		"kernel to kernel":     {openKernel, openKernel, isotptest.Limits{Longest: longest}},
		"software to software": {openSoftware, openSoftware, isotptest.Limits{}},
		"software to kernel":   {openSoftware, openKernel, isotptest.Limits{Longest: longest}},
		// The kernel expects flow control only once it has seen its own frame. On vcan, which takes no time, another
		// processor may have answered by then.
		"kernel to software": {openKernel, openSoftware, isotptest.Limits{Longest: longest, Unblocked: true}},
	} {
		t.Run(name, func(t *testing.T) {
			isotptest.TestConn(t, ends.limits, func(t *testing.T, a, b isotp.Config) (isotp.Conn, isotp.Conn) {
				return ends.a(t, a), ends.b(t, b)
			})
		})
	}
}

// A message that has begun in time is waited for, and has the times of its first and last frame.
func TestKernelTimesOfAMessage(t *testing.T) {
	a := isotp.Address{Tx: 0x7E0, Rx: 0x7E8}
	slow := isotp.Config{Address: a.Reversed(), STmin: 20 * time.Millisecond}
	receiver, sender := openKernel(t, slow), openSoftware(t, isotp.Config{Address: a})
	defer receiver.Close()
	defer sender.Close()
	sent := make(chan error, 1)
	go func() { sent <- sender.Send(t.Context(), isotptest.Message(62)) }() // 8 consecutive frames, 7 gaps
	m, err := receiver.Receive(t.Context(), 100*time.Millisecond)
	if err := errors.Join(err, <-sent); err != nil {
		t.Fatal(err)
	}
	if took := m.Last.Sub(m.First); took < 7*20*time.Millisecond || took > 5*time.Second {
		t.Errorf("the message took %v", took)
	}
	if age := time.Since(m.Last); age < 0 || age > 5*time.Second {
		t.Errorf("it ended %v ago", age)
	}
}

func TestKernelErrors(t *testing.T) {
	a := isotp.Address{Tx: 0x7E0, Rx: 0x7E8}
	flow := func(status byte) can.Frame { return can.New(a.Rx, 0x30|status, 0, 0) }
	tests := []struct {
		name  string
		frame can.Frame // answers each first frame
		want  error
	}{
		{"overflow", flow(2), isotp.ErrBufferOverflow},
		{"silence", can.New(0x123), isotp.ErrTimeoutBs},
		{"wait for ever", flow(1), isotp.ErrTimeoutBs},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, bus := openKernel(t, isotp.Config{Address: a}), openBus(t)
			defer c.Close()
			frames := bus.Subscribe(0, can.Exactly(a.Tx, false))
			go func() {
				<-frames.C()
				_ = bus.Send(t.Context(), tt.frame)
			}()
			if err := c.Send(t.Context(), isotptest.Message(20)); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
	for name, tt := range map[string]struct {
		frames []can.Frame
		want   error
	}{
		"a consecutive frame is missing": {
			[]can.Frame{can.New(a.Rx, 0x10, 20, 1, 2, 3, 4, 5, 6), can.New(a.Rx, 0x22, 1, 2, 3, 4, 5, 6, 7)}, isotp.ErrWrongSN,
		},
		"the sender falls silent":  {[]can.Frame{can.New(a.Rx, 0x10, 20, 1, 2, 3, 4, 5, 6)}, isotp.ErrTimeoutCr},
		"nothing but flow control": {[]can.Frame{flow(0)}, isotp.ErrNoMessage},
	} {
		t.Run(name, func(t *testing.T) {
			c, bus := openKernel(t, isotp.Config{Address: a}), openBus(t)
			defer c.Close()
			for _, f := range tt.frames {
				if err := bus.Send(t.Context(), f); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := c.Receive(t.Context(), 50*time.Millisecond); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

// A Send that gives up leaves the transfer to the kernel; the next one waits for its end and has its own result.
func TestKernelSendThatGivesUp(t *testing.T) {
	a := isotp.Address{Tx: 0x7E0, Rx: 0x7E8}
	c := openKernel(t, isotp.Config{Address: a})
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := c.Send(ctx, isotptest.Message(20)); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	if err := c.Send(t.Context(), isotptest.Message(5)); err != nil {
		t.Error(err)
	}
}

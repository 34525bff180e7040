//go:build kernelcan

package candump_test

import (
	"context"
	"io"
	"os/exec"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/can"
	"otabench/can/trace"
	"otabench/can/trace/candump"
	"otabench/can/trace/tracetest"
)

// Frames that mark the beginning and the end of what canplayer plays.
const begin, end = "7FD#", "7FE#"

// TestKernelCandumpAndCanplayer lets canplayer play our log, and reads what candump logs of it.
func TestKernelCandumpAndCanplayer(t *testing.T) {
	var played []trace.Record
	for _, rec := range tracetest.Sample() {
		if !rec.Is(can.Error) { // nobody can send one
			played = append(played, rec)
		}
	}
	logged := logBuses(t, "vcan0", "vcan1")
	send := func(bus, frame string) { tracetest.Run(t, "", "cansend", bus, frame) }

	// candump does not say when it listens, so a frame is repeated until it does.
	const patience = 10 * time.Second
	deadline := time.After(patience)
	for ready := false; !ready; {
		send("vcan1", begin)
		select {
		case <-logged:
			ready = true
		case <-time.After(50 * time.Millisecond):
		case <-deadline:
			t.Fatal("candump logs nothing")
		}
	}
	tracetest.Run(t, "", "canplayer", "-I", file(t, write(t, played)), "vcan0=can0", "vcan1=can1")
	send("vcan0", end)
	send("vcan1", end)

	got := make(map[string][]can.Frame)
	for ends := 0; ends < 2; {
		select {
		case rec := <-logged:
			switch rec.Frame.String() {
			case begin:
			case end:
				ends++
			default:
				got[rec.Bus] = append(got[rec.Bus], rec.Frame)
			}
		case <-deadline:
			t.Fatalf("candump logged %v and no end", got)
		}
	}
	want := make(map[string][]can.Frame)
	for _, rec := range played {
		want["v"+rec.Bus] = append(want["v"+rec.Bus], rec.Frame)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// logBuses starts candump, and delivers what it logs until the test ends.
func logBuses(t *testing.T, buses ...string) <-chan trace.Record {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, "candump", append([]string{"-L"}, buses...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	logged, ended := make(chan trace.Record), make(chan error, 1)
	go func() {
		r := candump.NewReader(out)
		for {
			rec, err := r.Next()
			if err != nil {
				ended <- err
				return
			}
			select {
			case logged <- rec:
			case <-ctx.Done():
				ended <- io.EOF
				return
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != io.EOF {
			t.Errorf("candump's log ended with %v", err)
		}
		_ = cmd.Wait() // killed
	})
	return logged
}

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// In a terminal there is a plot, on a screen of its own; the output that is on stays on, and can be set.
func TestWatchAnEnergisedRail(t *testing.T) {
	s := startSupply(t)
	bench := writeBench(t, s.address)
	if out, err := exec.Command("otabench", "power", "on", "kl30", "-b", bench).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command("otabench", "power", "watch", "-b", bench, "--for", "1s", "--every", "100ms")
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	var screen bytes.Buffer
	_, _ = screen.ReadFrom(terminal) // a terminal ends with an error when its last process does
	if err := cmd.Wait(); err != nil {
		t.Errorf("watch: %v\n%s", err, &screen)
	}
	text := screen.String()
	if !strings.HasPrefix(text, otherScreen) || !strings.HasSuffix(text, firstScreen) ||
		!strings.Contains(text, "by terminals") || !strings.Contains(text, "┤") {
		t.Errorf("printed %q", text)
	}
	if out, err := exec.Command("otabench", "power", "set", "kl30", "9V", "-b", bench).CombinedOutput(); err != nil ||
		!bytes.Contains(out, []byte(" on ")) {
		t.Errorf("set: %v\n%s", err, out)
	}
	if last := s.settled(); last == "CH1 off" {
		t.Error("the output went off")
	}
	if out, err := exec.Command("otabench", "power", "off", "-b", bench).CombinedOutput(); err != nil {
		t.Errorf("off: %v\n%s", err, out)
	}
}

// A rail whose limits somebody has changed at the front is not set.
func TestSetRefusesAnUnlimitedOutput(t *testing.T) {
	s := startSupply(t)
	bench := writeBench(t, s.address)
	for _, args := range [][]string{{"power", "on", "kl30", "-b", bench}, {"power", "off", "-b", bench}} {
		if out, err := exec.Command("otabench", args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	by, err := net.Dial("tcp", strings.TrimPrefix(s.address, "tcp:"))
	if err != nil {
		t.Fatal(err)
	}
	defer by.Close()
	if _, err := fmt.Fprint(by, ":APPL CH1,13.5,1.0;:OUTP CH1,ON;*OPC?\n"); err != nil {
		t.Fatal(err)
	}
	if done, err := bufio.NewReader(by).ReadString('\n'); err != nil || done != "1\n" {
		t.Fatalf("%q, %v", done, err)
	}
	out, err := exec.Command("otabench", "power", "set", "kl30", "9V", "-b", bench).CombinedOutput()
	if code := err.(*exec.ExitError).ExitCode(); code != exitBench || !bytes.Contains(out, []byte("switch it off first")) {
		t.Errorf("ended with %d\n%s", code, out)
	}
}

// The plot keeps no more points than there are columns.
func TestPlotIsBounded(t *testing.T) {
	var out bytes.Buffer
	p := newPlot(&out, func() (int, int) { return 40, 10 })
	for n := range 500 {
		p.show([]watched{
			{Rail: "kl30", Source: "psu", Volts: 12, Least: 12 - float64(n%3), Most: 12},
			{Rail: "kl15", Least: 1, Most: 2},
		})
	}
	if n := len(p.past["kl30"]); n != 40-axis {
		t.Errorf("%d points for 40 columns", n)
	}
	p.end()
	if !strings.Contains(out.String(), "kl15") || strings.Count(out.String(), otherScreen) != 1 {
		t.Errorf("printed %.200q", out.String())
	}
}

func TestWatchRow(t *testing.T) {
	b, err := json.Marshal(watched{Rail: "kl30", Source: "terminals", Volts: 12, Least: 9, Most: 13, Amps: 1, Peak: 2})
	if err != nil || !strings.Contains(string(b), `"v":12,"v_min":9,"v_max":13,"a":1,"a_max":2`) {
		t.Errorf("%s, %v", b, err)
	}
}

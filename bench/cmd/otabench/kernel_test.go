//go:build kernelcan

package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"otabench/bench/embedded"
)

// TestKernelECU updates an ECU in a process of its own over the kernel's CAN, with a supply in another: as on a bench
// with hardware, nothing is simulated inside the tester.
func TestKernelECU(t *testing.T) {
	s := startSupply(t)
	startECU(t, "vcan0")
	bench := writeKernelBench(t, s.address, "socketcan:vcan0")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"check"}, "socketcan:vcan0 vcan0 (vcan) error-active, FD"},
		{[]string{"uds", "identify", "bcm"}, "BCM 1.0.0"},
		{[]string{"uds", "send", "bcm", "22 F1 90"}, "62 F1 90"},
		{[]string{"flash", "bcm", "next"}, "BCM 1.1.0"},
		{[]string{"uds", "read", "bcm", "software_version"}, "1.1.0"},
	} {
		out, err := exec.Command("otabench", append(c.args, "-b", bench)...).CombinedOutput()
		if err != nil || !bytes.Contains(out, []byte(c.want)) {
			t.Fatalf("%v: %v, want %q in\n%s", c.args, err, c.want, out)
		}
	}
	if last := s.settled(); last != "CH1 off" {
		t.Errorf("the output's last change is %q", last)
	}
}

// startECU starts a simulated ECU and waits until it has booted.
func startECU(t *testing.T, bus string) {
	t.Helper()
	cmd := exec.Command("otabench", "sim", "ecu", "--can", bus)
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
			t.Errorf("the ECU ended with %v", err)
		}
	})
	console := bufio.NewScanner(out)
	for console.Scan() {
		if strings.Contains(console.Text(), "app: version") {
			go func() {
				for console.Scan() { // so that it never blocks on its console
				}
			}()
			return
		}
	}
	t.Fatal("the ECU did not boot")
}

// writeKernelBench writes a bench file with a bus and a supply outside of the process, and nothing simulated.
func writeKernelBench(t *testing.T, supply, bus string) (path string) {
	t.Helper()
	text := string(embedded.UnitYAML)
	text, _, _ = strings.Cut(text, "\nsimulation:")
	text = strings.Replace(text, harness(t, text), "", 1)
	for old, replacement := range map[string]string{
		"virtual:psu":  supply,
		"virtual:body": bus,
		"switches:\n  main: {pin: \"virtual:main\"}\n":   "",
		"    switch: main\n":                             "",
		"    sensor: terminals\n":                        "",
		"    console: \"virtual:bcm\"\n":                 "",
		"battery: {bus: body, id: 0x3E0, cycle: 50ms}\n": "",
	} {
		if !strings.Contains(text, old) {
			t.Fatalf("the embedded bench has no %q", old)
		}
		text = strings.Replace(text, old, replacement, 1)
	}
	i := strings.Index(text, "sensors:")
	text = text[:i] + text[i+strings.Index(text[i:], "\n\n"):]
	path = filepath.Join(t.TempDir(), "bench.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

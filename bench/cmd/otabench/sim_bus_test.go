package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"otabench/bench/embedded"
	"otabench/can/socketcand"
)

// start runs a subcommand as a process of its own, which is interrupted at the end of the test and has to end well. Its
// lines are for the test to read.
func start(t *testing.T, args ...string) (lines <-chan string) {
	t.Helper()
	cmd := exec.Command("otabench", args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	printed := make(chan string, 10_000)
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		for range printed { // all of it, before Wait closes the pipe
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v ended with %v", args, err)
		}
	})
	go func() {
		defer close(printed)
		for s := bufio.NewScanner(out); s.Scan(); {
			printed <- s.Text()
		}
	}()
	return printed
}

// A bus, an ECU and a tester are processes of their own, without any CAN of the kernel.
func TestBusBetweenProcesses(t *testing.T) {
	bus := start(t, "sim", "bus", "--listen", "127.0.0.1:0", "--name", "body",
		"--bitrate", "500000", "--data-bitrate", "2000000")
	address := next(t, bus)
	if !strings.HasPrefix(address, "socketcand://127.0.0.1:") || !strings.HasSuffix(address, "/body") {
		t.Fatalf("the first line is %q, want the bus's address", address)
	}
	ecu := start(t, "sim", "ecu", "--can", address)
	for !strings.Contains(next(t, ecu), "app: version") {
	}
	if joined := next(t, bus); !strings.HasSuffix(joined, "joined body, clients: 1") {
		t.Errorf("the second line is %q, want the ECU as a client", joined)
	}
	bench := writeServedBench(t, address)
	out, err := exec.Command("otabench", "uds", "identify", "bcm", "-b", bench).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("BCM 1.0.0")) {
		t.Fatalf("identify: %v\n%s", err, out)
	}
	for _, want := range []string{"joined body, clients: 2", "left body, clients: 1"} {
		if line := next(t, bus); !strings.HasSuffix(line, want) {
			t.Errorf("the bus printed %q, want %q", line, want)
		}
	}
}

// writeServedBench writes the embedded bench with a bus, and an ECU on it, outside of the process. The ECU may take its
// time to answer: three processes share a computer that may be busy.
func writeServedBench(t *testing.T, bus string) (path string) {
	t.Helper()
	text := string(embedded.UnitYAML)
	simulation := strings.Index(text, "\nsimulation:")
	ecus := simulation + strings.Index(text[simulation:], "\n  ecus:")
	text = strings.NewReplacer("virtual:body", bus, harness(t, text), "", "    console: \"virtual:bcm\"\n", "",
		"timing: {boot: 1s, ", "timing: {p2: 2s, delta_p2: 1s, boot: 30s, ").Replace(text[:ecus+1])
	path = filepath.Join(t.TempDir(), "bench.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// harness is the lines of the switches that act on a bus or an ECU of the embedded bench, and cannot on others.
func harness(t *testing.T, text string) (lines string) {
	t.Helper()
	_, after, found := strings.Cut(text, "  main: {pin: \"virtual:main\"}\n")
	lines, _, ends := strings.Cut(after, "\n\n")
	if !found || !ends || !strings.Contains(lines, "can-open") {
		t.Fatalf("the embedded bench has other switches: %q", lines)
	}
	return lines + "\n"
}

// Each line is a JSON object with --json, and a client that asks for another bus is told which one there is.
func TestBusForScripts(t *testing.T) {
	lines := start(t, "sim", "bus", "--listen", "127.0.0.1:0", "--json")
	var bus struct{ Address string }
	if err := json.Unmarshal([]byte(next(t, lines)), &bus); err != nil {
		t.Fatal(err)
	}
	server := strings.TrimSuffix(strings.TrimPrefix(bus.Address, "socketcand://"), "/can0")
	if _, err := socketcand.Dial(t.Context(), server, "can1", socketcand.Options{}); err == nil ||
		!strings.Contains(err.Error(), "there is only can0") {
		t.Errorf("another bus: %v", err)
	}
	client, err := socketcand.Dial(t.Context(), server, "can0", socketcand.Options{})
	if err != nil {
		t.Fatal(err)
	}
	wantClient(t, next(t, lines), true, 1)
	if err := client.Close(); err != nil {
		t.Error(err)
	}
	wantClient(t, next(t, lines), false, 0)
}

func wantClient(t *testing.T, line string, joined bool, clients int) {
	t.Helper()
	var got struct {
		Client  string
		Joined  bool
		Clients int
		Error   string
	}
	if err := json.NewDecoder(strings.NewReader(line)).Decode(&got); err != nil && err != io.EOF {
		t.Fatalf("%q: %v", line, err)
	}
	if got.Client == "" || got.Joined != joined || got.Clients != clients || got.Error != "" {
		t.Errorf("line %s, want joined %t and %d clients", line, joined, clients)
	}
}

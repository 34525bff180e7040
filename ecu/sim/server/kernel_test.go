//go:build kernelcan

// These tests run inside a kernel that has CAN: see .ci/kernel.

package server_test

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"otabench/can/isotp"
	"otabench/can/socketcan"
	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// peerPatience bounds a peer's run; the guest is slow, and Python in it slower.
const peerPatience = 4 * time.Minute

// described is an ECU as testers know them. Its memory is what is downloaded, uploaded and read.
func described() server.Config {
	data := &flash{data: make([]byte, 0x200)}
	vin := bytes.Repeat([]byte{0xFF}, 17)
	cfg := transfers(data)
	cfg.S3 = peerPatience // Python in the guest takes longer than any tester
	cfg.Security = &server.Security{Access: notDefault, Levels: map[byte]server.Level{0x01: level()}}
	cfg.Download.Access, cfg.Upload.Access, cfg.Transfer = programming, programming, programming
	cfg.Download.MaxBlock, cfg.Upload.MaxBlock = 130, 130
	cfg.Reset = &server.Reset{Kinds: map[byte]server.ResetKind{0x01: {}}}
	cfg.ReadData, cfg.WriteData, cfg.Dynamic = &server.ReadData{}, &notDefault, &server.Dynamic{Access: notDefault}
	cfg.Data = server.DIDs{
		0xF186: {Read: func(_ context.Context, c server.Call) ([]byte, error) { return []byte{c.Session}, nil }},
		0xF190: {
			Read:        func(context.Context, server.Call) ([]byte, error) { return bytes.Clone(vin), nil },
			Write:       func(_ context.Context, _ server.Call, b []byte) error { copy(vin, b); return nil },
			WriteAccess: server.Access{Levels: []byte{0x01}}, WriteLength: server.Exactly(17),
		},
	}
	cfg.ReadMemory = &server.ReadMemory{
		Access: programming, Ranges: server.Ranges{{Region: server.Region{Size: 0x200}}},
		Read: func(_ context.Context, _ server.Call, r server.Region) ([]byte, error) {
			return data.data[r.Address:][:r.Size], nil
		},
	}
	cfg.Routines = &server.Routines{Access: notDefault, Find: server.RoutineTable{0xFF00: {
		Access: programming, StartOptions: server.Exactly(5),
		Start: func(context.Context, server.Call, []byte) ([]byte, error) {
			time.Sleep(300 * time.Millisecond)
			return []byte{0}, nil
		},
	}}}
	faults, memory := faults()
	memory.Test(0x111111, true)
	cfg.Faults, cfg.ClearDTC, cfg.DTCSetting = faults, &server.Access{}, &server.DTCSetting{Access: notDefault}
	cfg.Communication = &server.Communication{
		Access: notDefault, Controls: map[byte]server.Access{0x00: {}, 0x03: {}},
		Set: func(context.Context, server.Call, server.Switch) error { return nil },
	}
	cfg.Custom = map[byte]server.Custom{0xBB: {Handle: func(context.Context, server.Call, []byte) ([]byte, error) {
		time.Sleep(100 * time.Millisecond)
		return nil, uds.EngineIsRunning
	}}}
	return cfg
}

// serve serves requests on vcan0 until the test ends.
func serve(t *testing.T, requests, responses uint32) {
	t.Helper()
	bus, err := socketcan.Open(t.Context(), "vcan0", socketcan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := isotp.Open(bus, isotp.Config{Address: isotp.Address{Tx: responses, Rx: requests}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.New(conn, described())
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(context.Background())
	}()
	t.Cleanup(func() {
		_ = conn.Close()
		<-done
		_ = bus.Close()
	})
}

//go:embed testdata/tester.py
var tester string

// scapy goes through sessions, security, data, trouble codes, routines and transfers, with the kernel's ISO-TP and with
// its own, to a server for each.
func TestKernelScapy(t *testing.T) {
	serve(t, 0x7E0, 0x7E8)
	serve(t, 0x7E1, 0x7E9)
	ctx, cancel := context.WithTimeout(t.Context(), peerPatience)
	defer cancel()
	out, err := exec.CommandContext(ctx, "/usr/bin/python3", "-c", tester, "vcan0").CombinedOutput()
	if err != nil || !strings.HasSuffix(string(out), "passed\n") {
		t.Errorf("%v\n%s", err, out)
	}
}

// listenFor starts isotprecv, whose lines are the messages of the server.
func listenFor(ctx context.Context, t *testing.T) *bufio.Scanner {
	t.Helper()
	in, out := io.Pipe()
	recv := exec.CommandContext(ctx, "stdbuf", "-oL", "isotprecv", "-l", "-s", "7E0", "-d", "7E8", "vcan0")
	recv.Stdout, recv.Stderr = out, out
	if err := recv.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = recv.Process.Kill()
		_ = in.Close()
		_ = recv.Wait()
	})
	return bufio.NewScanner(in)
}

// isotpsend sends a request.
func isotpsend(ctx context.Context, t *testing.T, request string) {
	t.Helper()
	send := exec.CommandContext(ctx, "isotpsend", "-b", "-s", "7E0", "-d", "7E8", "vcan0")
	send.Stdin = strings.NewReader(request)
	if out, err := send.CombinedOutput(); err != nil {
		t.Fatalf("isotpsend: %v\n%s", err, out)
	}
}

// isotpsend and isotprecv show the responses as they are on the wire, responsePending among them.
func TestKernelIsotpsend(t *testing.T) {
	serve(t, 0x7E0, 0x7E8)
	ctx, cancel := context.WithTimeout(t.Context(), peerPatience)
	defer cancel()
	lines := listenFor(ctx, t)
	ready := make(chan struct{})
	go func() { // isotprecv does not say when it is ready
		for again := time.NewTicker(200 * time.Millisecond); ; {
			isotpsend(ctx, t, "22 F1 86")
			select {
			case <-ready:
				return
			case <-again.C:
			}
		}
	}()
	if !lines.Scan() {
		t.Fatal("isotprecv hears nothing")
	}
	ready <- struct{}{}
	hear := func(request string, wants ...string) {
		t.Helper()
		isotpsend(ctx, t, request)
		for _, want := range wants {
			got := ""
			for lines.Scan() {
				got = strings.TrimSpace(lines.Text())
				before := got == "62 F1 86 01"                                                        // to what was asked before it was ready
				slow := strings.HasPrefix(got, "7F ") && strings.HasSuffix(got, " 78") && got != want // the guest is slow
				if !before && !slow {
					break
				}
			}
			if got != want {
				t.Errorf("%s answered with %s, want %s", request, got, want)
			}
		}
	}
	hear("3E 00", "7E 00")
	hear("BA", "7F BA 11")
	hear("22 F1 90", "62 F1 90"+strings.Repeat(" FF", 17))
	hear("22"+strings.Repeat(" F1 90", 6), strings.TrimSpace("62"+strings.Repeat(" F1 90"+strings.Repeat(" FF", 17), 6)))
	hear("10 83")
	hear("10 02", "50 02 00 19 01 F4")
	hear("31 01 FF 00", "7F 31 33")
	hear("BB", "7F BB 78", "7F BB 83")
	hear("19 02 01", "59 02 7F 11 11 11 2F")
}

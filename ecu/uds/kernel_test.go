//go:build kernelcan

// This test runs inside a kernel that has CAN: see .ci/kernel.

package uds_test

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"otabench/can/isotp"
	"otabench/can/isotp/kernel"
	"otabench/can/socketcan"
	"otabench/ecu/uds"
)

//go:embed testdata/ecu.py
var scapyECU string

// patience bounds the run of scapy, which the guest is slow with.
const patience = 3 * time.Minute

// startScapy starts an ECU made by scapy, and returns once it answers.
func startScapy(t *testing.T, how string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	peer := exec.CommandContext(ctx, "/usr/bin/python3", "-c", scapyECU, how, "vcan0")
	var said bytes.Buffer
	peer.Stderr = &said
	out, err := peer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := peer.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := peer.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		if err := peer.Wait(); err != nil {
			t.Errorf("scapy: %v\n%s", err, said.String())
		}
		cancel()
	})
	if lines := bufio.NewScanner(out); !lines.Scan() || lines.Text() != "ready" {
		t.Fatalf("scapy does not start: %s", said.String())
	}
}

// clientOn returns a client on vcan0, with the kernel's ISO-TP or the one of this module.
func clientOn(t *testing.T, how string) *uds.Client {
	t.Helper()
	cfg := isotp.Config{Address: isotp.Address{Tx: 0x7E0, Rx: 0x7E8}, MaxWait: 16}
	var conn isotp.Conn
	if how == "kernel" {
		cfg.MaxWait = 0
		c, err := kernel.Open(t.Context(), "vcan0", cfg)
		if err != nil {
			t.Fatal(err)
		}
		conn = c
	} else {
		bus, err := socketcan.Open(t.Context(), "vcan0", socketcan.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = bus.Close() })
		if conn, err = isotp.Open(bus, cfg); err != nil {
			t.Fatal(err)
		}
	}
	// Python in the guest does not keep P2 of an ECU; its sessions say so as well.
	client := uds.New(conn, uds.Options{Name: "scapy", Timing: uds.Timing{P2: 20 * time.Second, P2Star: 20 * time.Second}})
	t.Cleanup(func() {
		_ = client.Close()
		_ = conn.Close()
	})
	return client
}

// The client programs an ECU that scapy's answering machine is: sessions, security, data, trouble codes, a routine that
// asks for patience, and a transfer whose counter overflows.
func TestKernelScapyECU(t *testing.T) {
	for _, how := range []struct{ ours, theirs string }{{"software", "kernel"}, {"kernel", "scapy"}} {
		t.Run(how.ours+" to "+how.theirs, func(t *testing.T) {
			startScapy(t, how.theirs)
			program(t, clientOn(t, how.ours))
		})
	}
}

// Blocks of a transfer: some as long as the ECU takes them, and then short ones until the counter overflows, since scapy
// is slow with long ones.
const (
	full        = 4
	single      = 256
	transferred = full*128 + single // bytes
)

func program(t *testing.T, c *uds.Client) {
	t.Helper()
	ctx := t.Context()
	check := func(what string, err error, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Fatalf("%s: %v, want %v", what, err, want)
		}
	}
	session := func(number byte) error {
		_, err := c.DiagnosticSessionControl(ctx, number)
		return err
	}
	xor := func(seed []byte) ([]byte, error) {
		key := bytes.Clone(seed)
		for i := range key {
			key[i] ^= 0x5A
		}
		return key, nil
	}
	vin := []byte("SCAPY000000000001")

	check("tester present", c.TesterPresent(ctx), nil)
	check("programming from the default session", session(2), uds.SubFunctionNotSupportedInActiveSession)
	check("extended session", session(3), nil)
	if got, err := c.ReadDataByIdentifier(ctx, 0xF190); err != nil || !bytes.Equal(got, vin) {
		t.Fatalf("the VIN is %q, %v", got, err)
	}
	_, err := c.ReadDataByIdentifier(ctx, 0x1234)
	check("an identifier that there is not", err, uds.RequestOutOfRange)
	check("write without a key", c.WriteDataByIdentifier(ctx, 0xF190, vin), uds.SecurityAccessDenied)
	check("wrong key", c.Unlock(ctx, 1, func([]byte) ([]byte, error) { return []byte{1, 2, 3, 4}, nil }), uds.InvalidKey)
	check("right key", c.Unlock(ctx, 1, xor), nil)
	check("write", c.WriteDataByIdentifier(ctx, 0xF190, vin), nil)
	codes, err := c.ReadDTCs(ctx, uds.ConfirmedDTC)
	if err != nil || len(codes) != 1 || codes[0].Code != 0x123456 || codes[0].Status != 0x2F {
		t.Fatalf("the trouble codes are %v, %v", codes, err)
	}
	check("clear", c.ClearDiagnosticInformation(ctx, 0xFFFFFF), nil)

	check("programming session", session(2), nil)
	erase := []byte{0x44, 0, 0, 0x80, 0, 0, 0, 1, 0}
	_, err = c.RoutineStart(ctx, 0xFF00, erase...)
	check("erase without a key", err, uds.SecurityAccessDenied)
	check("right key", c.Unlock(ctx, 1, xor), nil)
	status, err := c.RoutineStart(ctx, 0xFF00, erase...) // responsePending comes twice before
	if err != nil || !bytes.Equal(status, []byte{0}) {
		t.Fatalf("erase: % X, %v", status, err)
	}
	limit, err := c.RequestDownload(ctx, 0, uds.Memory{Address: 0x8000, Size: transferred, AddressLength: 4, SizeLength: 4})
	if err != nil || limit != 0x82 {
		t.Fatalf("download: blocks of %d, %v", limit, err)
	}
	for i := range full + single {
		block := make([]byte, 1)
		if i < full {
			block = make([]byte, limit-2)
		}
		check("block", c.TransferData(ctx, byte(i+1), block), nil)
	}
	_, err = c.RequestTransferExit(ctx)
	check("transfer exit", err, nil)
	check("reset", c.ECUReset(ctx, 1), nil)
	_, err = c.RequestTransferExit(ctx)
	check("transfer exit after the reset", err, uds.GeneralReject)
	if err == nil || !strings.Contains(err.Error(), "scapy") {
		t.Errorf("the error does not name the ECU: %v", err)
	}
}

package trace_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/can"
	"otabench/can/trace"
)

// tshark runs Wireshark's command line on a trace. The tests that use it are about a peer, so they fail in CI when it is
// not there; elsewhere what they would have shown is left out.
func tshark(t *testing.T, records []trace.Record, args ...string) (lines []string, ran bool) {
	t.Helper()
	if _, err := exec.LookPath("tshark"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("tshark is missing; run .ci/install")
		}
		t.Log("not checked: tshark is not installed")
		return nil, false
	}
	path := filepath.Join(t.TempDir(), "trace.pcapng")
	if err := os.WriteFile(path, write(t, records), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "tshark", append([]string{"-r", path}, args...)...).Output()
	if err != nil {
		t.Fatalf("tshark %v: %v", args, err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"), true
}

// show makes tshark print the fields, one packet a line.
func show(fields ...string) []string {
	args := []string{"-T", "fields", "-E", "separator=;"}
	for _, field := range fields {
		args = append(args, "-e", field)
	}
	return args
}

func TestTsharkReadsIt(t *testing.T) {
	fields := []string{
		"frame.interface_name", "frame.time_epoch", "can.id", "can.len", "can.flags.xtd", "can.flags.rtr", "can.flags.err",
		"frame.packet_flags_direction", "frame.comment",
	}
	got, ran := tshark(t, sample(), show(fields...)...)
	if !ran {
		return
	}
	want := []string{
		"powertrain;1772366400.123456789;2016;3;0;0;0;0x00000002;open an extended session,on the engine",
		"powertrain;1772366400.124456789;2024;7;0;0;0;0x00000001;",
		"body;1772366400.125456789;0;0;0;0;0;0x00000001;",
		"body;1772366400.125456790;291;8;1;0;0;0x00000001;",
		"body;1772366400.126456789;2047;4;0;1;0;0x00000002;",
		"powertrain;1772366400.127456789;416944369;64;1;;;0x00000002;größer",
		"powertrain;1772366400.128456789;1;0;0;;;0x00000001;",
		"powertrain;1772366400.129456789;;8;;;1;0x00000001;",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTsharkDecodesUDS(t *testing.T) {
	exchange := []trace.Record{
		{Bus: "powertrain", Received: own(0, can.New(0x7E0, 2, 0x10, 3))},
		{Bus: "powertrain", Received: after(time.Millisecond, can.New(0x7E8, 6, 0x50, 3, 0, 50, 1, 244))},
		{Bus: "powertrain", Received: own(2*time.Millisecond, can.New(0x7E0, 0x10, 9, 0x31, 1, 0xFF, 0, 1, 2))},
		{Bus: "powertrain", Received: after(3*time.Millisecond, can.New(0x7E8, 0x30, 0, 0))},
		{Bus: "powertrain", Received: own(4*time.Millisecond, can.New(0x7E0, 0x21, 3, 4, 5))},
		{Bus: "powertrain", Received: after(5*time.Millisecond, can.New(0x7E8, 3, 0x7F, 0x31, 0x78))},
	}
	args := append(show("frame.number", "uds.sid", "uds.reply", "uds.err.code"),
		"-d", "can.subdissector,iso15765", "-d", "iso15765.subdissector,uds", "-Y", "uds")
	got, ran := tshark(t, exchange, args...)
	if !ran {
		return
	}
	want := []string{
		"1;0x10;0x00;",
		"2;0x10;0x01;",
		"5;0x31;0x00;",     // two frames, put together at the second one
		"6;0x3f;0x01;0x78", // 7F without the reply bit
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

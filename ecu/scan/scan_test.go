package scan_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/can/isotp"
	"otabench/can/virtual"
	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/scan"
	"otabench/ecu/sim"
	"otabench/ecu/uds"
)

// onSimulation runs test with a client of a simulated ECU, and with what that was asked.
func onSimulation(t *testing.T, test func(t *testing.T, client *uds.Client, asked *[][]byte)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
		software, err := firmware.Build(firmware.Manifest{ECU: "BCM", Hardware: "HW-1", Version: "1.0", Counter: 1}, sim.Application{Version: "1.0"}.Image(4<<10), key)
		if err != nil {
			t.Fatal(err)
		}
		bus := virtual.NewBus("diag", virtual.Options{Bitrate: 500_000})
		t.Cleanup(func() { _ = bus.Close() })
		simulated, err := sim.New(sim.Config{
			Name: "BCM", Gates: sim.Gates{MinCharge: new(0.0)}, DTCs: []uint32{0xC10000},
			Factory: software, TrustedKey: firmware.PublicKey(key),
		}, bus.Attach("bcm"), sim.Fixed(13*physic.Volt), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := simulated.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = simulated.Close() })
		conn, err := isotp.Open(bus.Attach("tester"), isotp.Config{Address: isotp.Address{Tx: 0x7E0, Rx: 0x7E8}})
		if err != nil {
			t.Fatal(err)
		}
		var asked [][]byte
		client := uds.New(conn, uds.Options{Name: "bcm", Observe: func(e uds.Exchange) { asked = append(asked, e.Request) }})
		t.Cleanup(func() { _ = client.Close() })
		time.Sleep(time.Second) // it boots
		test(t, client, &asked)
	})
}

func TestScan(t *testing.T) {
	onSimulation(t, func(t *testing.T, client *uds.Client, asked *[][]byte) {
		var parts []string
		report, err := scan.Run(t.Context(), client, scan.Options{Progress: func(p scan.Progress) {
			if part := fmt.Sprintf("%02X %s", p.Session, p.What); !slices.Contains(parts, part) {
				parts = append(parts, part)
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		if len(report.Sessions) != 2 || report.Sessions[0].Number != 1 || report.Sessions[1].Number != 3 || report.Sessions[0].P2 != 50*time.Millisecond {
			t.Fatalf("sessions %+v", report.Sessions)
		}
		inDefault, inExtended := report.Sessions[0], report.Sessions[1]
		if has(inDefault, uds.SIDRoutineControl) || !has(inExtended, uds.SIDRoutineControl) || !has(inDefault, uds.SIDReadDTCInformation) {
			t.Errorf("services %+v and %+v", inDefault.Services, inExtended.Services)
		}
		var routines []string
		for _, r := range inExtended.Routines {
			routines = append(routines, fmt.Sprintf("%04X", r.ID))
		}
		if want := []string{"0203", "0211", "0212", "0213"}; !slices.Equal(routines, want) {
			t.Errorf("routines %v, want %v: those that the extended session has", routines, want)
		}
		if len(report.DTCs) != 1 || report.DTCs[0].Code != 0xC10000 {
			t.Errorf("trouble codes %v", report.DTCs)
		}
		if len(parts) != 6 || report.Requests < 1000 {
			t.Errorf("parts %v in %d requests", parts, report.Requests)
		}
		gentle(t, *asked)
		d, notes := report.Describe(description.ECU{Address: description.Address{Request: 0x7E0, Response: 0x7E8}})
		if vin := d.Identifiers["vin"]; vin.Format != description.ASCII || vin.Length != 17 {
			t.Errorf("vin is %+v", vin)
		}
		if d.Routines["preconditions"].ID != 0x0203 || d.Routines["erase"].Exists() || d.Routines["routine_0211"].ID != 0x0211 {
			t.Errorf("routines %+v", d.Routines)
		}
		text, err := description.Marshal(d, notes...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := config.ParseDescription("bcm.yaml", text); err != nil {
			t.Errorf("the description is no description: %v\n%s", err, text)
		}
		if !strings.Contains(string(text), "# the programming session was left alone") {
			t.Errorf("the notes are not in\n%s", text)
		}
	})
}

func has(s scan.Session, sid byte) bool {
	return slices.ContainsFunc(s.Services, func(one scan.Service) bool { return one.ID == sid })
}

// gentle fails for requests that do more than look.
func gentle(t *testing.T, asked [][]byte) {
	t.Helper()
	for _, r := range asked {
		looks := len(r) == 1 || r[0] == uds.SIDReadDataByIdentifier || r[0] == uds.SIDReadDTCInformation ||
			r[0] == uds.SIDDiagnosticSessionControl && r[1] != 2 || r[0] == uds.SIDRoutineControl && r[1] == 3
		if !looks {
			t.Errorf("a gentle scan asks % X", r)
		}
	}
}

func TestScanWithSeedsAndProgramming(t *testing.T) {
	onSimulation(t, func(t *testing.T, client *uds.Client, _ *[][]byte) {
		few := []scan.Range{{First: 0xF190, Last: 0xF190}}
		report, err := scan.Run(t.Context(), client, scan.Options{Programming: true, Seeds: true, DIDs: few, Routines: []scan.Range{{First: 0xFF00, Last: 0xFF01}}, Pause: -1})
		if err != nil {
			t.Fatal(err)
		}
		last := report.Sessions[len(report.Sessions)-1]
		if last.Number != 2 || len(last.Levels) != 1 || last.Levels[0].Level != 1 || last.Levels[0].Seed != 16 || !has(last, uds.SIDRequestDownload) {
			t.Errorf("the programming session is %+v", last)
		}
		if _, notes := report.Describe(description.ECU{}); !slices.ContainsFunc(notes, func(n string) bool { return strings.Contains(n, "level 01 has a seed of 16 bytes") }) {
			t.Errorf("notes %q", notes)
		}
	})
}

// odd is an ECU that answers as told, at once.
type odd struct {
	answer func(request []byte) []byte
	reply  []byte
}

func (o *odd) String() string { return "odd ECU" }
func (o *odd) Drain() int     { return 0 }
func (o *odd) Close() error   { return nil }

func (o *odd) Send(_ context.Context, request []byte) error {
	o.reply = o.answer(bytes.Clone(request))
	return nil
}

func (o *odd) Receive(ctx context.Context, begin time.Duration) (isotp.Message, error) {
	if o.reply != nil {
		m := isotp.Message{Data: o.reply, First: time.Now(), Last: time.Now()}
		o.reply = nil
		return m, nil
	}
	select {
	case <-time.After(begin):
		return isotp.Message{}, isotp.ErrNoMessage
	case <-ctx.Done():
		return isotp.Message{}, ctx.Err()
	}
}

// An ECU that refuses everything in the same way has nothing.
func TestNothingIsMadeUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := uds.New(&odd{answer: func(r []byte) []byte {
			switch {
			case r[0] == 0x10 && len(r) == 2 && r[1] == 1:
				return []byte{0x50, 1, 0, 50, 1, 0xF4}
			case r[0] == 0x10 && len(r) == 2:
				return []byte{0x7F, 0x10, 0x12}
			case len(r) == 1:
				return []byte{0x7F, r[0], 0x13}
			}
			return []byte{0x7F, r[0], 0x33}
		}}, uds.Options{})
		report, err := scan.Run(t.Context(), client, scan.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if s := report.Sessions[0]; len(report.Sessions) != 1 || len(s.DIDs) > 0 || len(s.Routines) > 0 {
			t.Errorf("sessions %+v", report.Sessions)
		}
		if !slices.ContainsFunc(report.Notes, func(n string) bool {
			return strings.Contains(n, "data identifiers that do not exist are answered with securityAccessDenied")
		}) {
			t.Errorf("notes %q", report.Notes)
		}
	})
}

func TestSilentECU(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		requests := 0
		client := uds.New(&odd{answer: func(r []byte) []byte {
			if requests++; requests > 50 {
				return nil
			}
			if r[0] == 0x10 && len(r) == 2 && r[1] == 1 {
				return []byte{0x50, 1, 0, 50, 1, 0xF4}
			}
			return []byte{0x7F, r[0], 0x12}
		}}, uds.Options{})
		report, err := scan.Run(t.Context(), client, scan.Options{})
		if !errors.Is(err, scan.ErrSilent) || requests != 53 || len(report.Sessions) == 0 {
			t.Errorf("Run = %+v, %v after %d requests; want it to end three requests after the ECU fell silent", report, err, requests)
		}
	})
}

func TestParseRanges(t *testing.T) {
	got, err := scan.ParseRanges("F100-F1FF, 0x0200,fd00-FD3F")
	if err != nil || fmt.Sprint(got) != "[F100-F1FF 0200-0200 FD00-FD3F]" {
		t.Errorf("ranges %v, %v", got, err)
	}
	for _, bad := range []string{"", "x", "F1FF-F100", "10000", "1-2-3"} {
		if got, err := scan.ParseRanges(bad); err == nil {
			t.Errorf("%q is taken for %v", bad, got)
		}
	}
}

func ExampleParseRanges() {
	ranges, err := scan.ParseRanges("F180-F19F,0200")
	fmt.Println(ranges, err)
	// Output: [F180-F19F 0200-0200] <nil>
}

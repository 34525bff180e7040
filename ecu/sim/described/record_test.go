package described_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/physic"

	"otabench/can"
	"otabench/can/trace"
	"otabench/can/virtual"
	"otabench/ecu"
	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/scan"
	"otabench/ecu/sim"
	"otabench/ecu/sim/described"
	"otabench/ecu/uds"
)

// realECU is a simulated ECU that has much more than its description says; for these tests it is the real one.
func realECU() sim.Config {
	return sim.Config{
		Name: "BCM", Hardware: "HW-1", TrustedKey: firmware.PublicKey(testKey), MaxBlock: 200,
		Flash:    sim.Flash{SlotSize: 24 << 10, SectorSize: 1 << 10, HeaderSize: 2 << 10, PageSize: 64, DataSector: 1 << 10},
		Security: sim.Security{Level: 0x11, Algorithm: description.AlgorithmHMACSHA256}, Gates: sim.Gates{MinCharge: new(0.0)},
	}
}

func realRelease(t testing.TB, version string, counter uint32) *firmware.Package {
	t.Helper()
	p, err := firmware.Build(firmware.Manifest{ECU: "BCM", Hardware: "HW-1", Version: version, Counter: counter, RXSWIN: "R156 " + version},
		sim.Application{Version: version}.Image(3000), testKey)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ask returns what an ECU answers to requests that change nothing, refusals among them.
func ask(t testing.TB, c *uds.Client, report *scan.Report) map[string]string {
	t.Helper()
	all := map[string]string{}
	requests := [][]byte{{0x19, 0x02, 0xFF}, {0x19, 0x0A}, {0x3E, 0}}
	for _, s := range report.Sessions {
		for _, d := range s.DIDs {
			if d.Data != nil && d.ID != 0xFD05 { // the reason for the last reset
				requests = append(requests, []byte{0x22, byte(d.ID >> 8), byte(d.ID)})
			}
		}
	}
	requests = append(requests, []byte{0x10, 3}, []byte{0x31, 1, 2, 3}, []byte{0x31, 3, 2, 3}, []byte{0x10, 1})
	for _, r := range requests {
		response, err := c.Do(t.Context(), r)
		all[fmt.Sprintf("% X", r)] = fmt.Sprintf("% X %v", response, err)
	}
	return all
}

// running is a simulated ECU of any kind.
type running interface {
	Start(context.Context) error
	Close() error
}

// onBus runs f with a tester's client for an ECU that start makes on a bus, and returns a trace of it all.
func onBus(t *testing.T, d description.ECU, start func(can.Bus) (running, error), f func(*ecu.Unit)) []byte {
	t.Helper()
	var file bytes.Buffer
	wire := virtual.NewBus("body", virtual.Options{})
	theirs, ours := wire.Attach("ecu"), wire.Attach("tester")
	recorder := trace.NewRecorder(&file, "body")
	stop := ours.Tap(func(r can.Received) { recorder.Record("body", r) })
	simulated, err := start(theirs)
	if err != nil {
		t.Fatal(err)
	}
	unit, err := ecu.New("bcm", d, ours, ecu.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(simulated.Start(t.Context()), unit.AwaitBoot(t.Context())); err != nil {
		t.Fatal(err)
	}
	f(unit)
	stop()
	if err := errors.Join(unit.Close(), simulated.Close(), theirs.Close(), ours.Close(), wire.Close(), recorder.Close()); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// A scan and an update of one ECU are recorded. What is made of its description and the trace gives the same answers, and
// takes the same update.
func TestRoundTrip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := slotted()
		d.Programming.Blocks[1].Address = 0xA00800 // behind its header
		cfg := realECU()
		cfg.Factory = realRelease(t, "1.0", 1)
		var report *scan.Report
		var want map[string]string
		file := onBus(t, d, func(b can.Bus) (running, error) { return sim.New(cfg, b, sim.Fixed(battery), nil) }, func(u *ecu.Unit) {
			var err error
			if report, err = scan.Run(t.Context(), u.Client(), scan.Options{}); err != nil {
				t.Fatal(err)
			}
			want = ask(t, u.Client(), report)
			if err := u.Update(t.Context(), realRelease(t, "2.0", 2)); err != nil {
				t.Fatal(err)
			}
		})
		recording, err := described.Record(trace.NewReader(bytes.NewReader(file)), d, "body")
		if err != nil {
			t.Fatal(err)
		}
		again := described.Config{Name: "BCM", Description: d, Recorded: recording}
		onBus(t, d, func(b can.Bus) (running, error) { return described.New(again, b, sim.Fixed(battery)) }, func(u *ecu.Unit) {
			if diff := cmp.Diff(want, ask(t, u.Client(), report)); diff != "" || len(want) < 20 {
				t.Errorf("of %d answers (-real +described):\n%s", len(want), diff)
			}
			if err := u.Update(t.Context(), realRelease(t, "2.0", 2)); err != nil {
				t.Error(err)
			}
			if id, err := u.Identify(t.Context()); err != nil || id.Software != "2.0" || id.RXSWIN != "R156 2.0" {
				t.Errorf("after the update it is %v, %v", id, err)
			}
		})
	})
}

// frames is a trace in pcapng.
func frames(t testing.TB, lines ...string) []byte {
	t.Helper()
	var file bytes.Buffer
	w := trace.NewWriter(&file, "body", "other")
	for i, line := range lines {
		bus, text, _ := strings.Cut(line, " ")
		f, err := can.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(bus, can.Received{Frame: f, Time: time.Unix(int64(i), 0)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// conversation asks for two identifiers, with everything in between that is no answer to the first.
func conversation(t testing.TB) []byte {
	t.Helper()
	return frames(t,
		"body 7E0#0322F18C", "body 7DF#023E80", "body 7E8#037F2278", "other 7E8#0462F18C31", "body 123#00",
		"body 7E8#100862F18C414243", "body 7E0#300000", "body 7E8#214445",
		"body 7E0#0322F190", "body 7E8#037F2231", "body 7E8#0462F19031",
		"body 7E8#0462F19132", "body 7E0#0322F197", "body 7E8#0462F19741")
}

func TestRecord(t *testing.T) {
	d := slotted()
	whole := conversation(t)
	for name, tt := range map[string]struct {
		file []byte
		bus  string
		want string // in the error
		data []string
	}{
		"all":       {whole, "body", "", []string{"ABCDE", "", "A"}},
		"any bus":   {whole, "", "", []string{"ABCDE", "", "A"}},
		"other bus": {whole, "other", "14 frames and no answer of the ECU: requests 7E0 and responses 7E8 on other", []string{"", "", ""}},
		"cut short": {whole[:len(whole)-9], "body", "damaged behind 13 frames, which have 2 answers: trace breaks off", []string{"ABCDE", "", ""}},
		"no trace":  {[]byte("nothing"), "body", "damaged behind 0 frames", []string{"", "", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			recording, err := described.Record(trace.NewReader(bytes.NewReader(tt.file)), d, tt.bus)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Record = %v, want %q", err, tt.want)
			}
			cfg := slottedConfig(t)
			cfg.Factory, cfg.Recorded = nil, recording
			with(t, cfg, func(t *testing.T, r *rig) {
				for i, id := range []uint16{0xF18C, 0xF190, 0xF197} {
					got, _ := r.Client().ReadDataByIdentifier(t.Context(), id)
					want := tt.data[i]
					if id == 0xF197 && want == "" {
						want = "BCM" // by its description
					}
					if string(got) != want {
						t.Errorf("%04X reads %q, want %q", id, got, want)
					}
				}
			})
		})
	}
}

// Whatever a trace has, an ECU can be made of it.
func FuzzRecord(f *testing.F) {
	f.Add(conversation(f))
	f.Add(frames(f, "body 7E0#0319020F", "body 7E8#0759022F0102032F", "body 7E0#0431010203", "body 7E8#0571010203"))
	d := slotted()
	f.Fuzz(func(t *testing.T, file []byte) {
		recording, _ := described.Record(trace.NewReader(bytes.NewReader(file)), d, "")
		if recording == nil {
			t.Fatal("there is no recording")
		}
		cfg := described.Config{Name: "BCM", Description: d, Recorded: recording}
		if _, err := described.New(cfg, nil, sim.Fixed(12*physic.Volt)); err != nil {
			t.Fatal(err)
		}
	})
}

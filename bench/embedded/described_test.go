package embedded_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/bench/packages"
	"otabench/can/isotp"
	"otabench/can/trace"
)

// described is the embedded bench with an ECU that is simulated by its description.
func described(t *testing.T, d config.Described) *config.File {
	t.Helper()
	f := parse(t)
	delete(f.Simulation.ECUs, "bcm")
	f.Simulation.Described = map[string]config.Described{"bcm": d}
	return f
}

const answers = `(1700000000.000000) can0 7E0#0322F18C
(1700000000.001000) can0 7E8#0662F18C414243
(1700000000.002000) can0 7E0#0322F187
(1700000000.003000) can0 7E8#0662F187504E31
`

func write(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "a.log")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// What a bench file says of an ECU that is made of its description: values, a trace, and the software in its packages.
func TestDescribed(t *testing.T) {
	d := config.Described{Replay: write(t, answers), ReplayBus: "can0", Values: map[string]string{"vin": "WOB00000000000009"}}
	f := described(t, d)
	f.Supplies["psu"] = config.Supply{Model: "rigol-dp832", Address: "tcp:192.0.2.1:5555"} // for which something stands in
	f.Switches["main"] = config.Switch{Pin: "gpio:GPIO17"}
	onBench(t, f, func(t *testing.T, b *embedded.Bench) {
		bus, err := b.Bus("body")
		if err != nil {
			t.Fatal(err)
		}
		defer bus.Close()
		conn, err := isotp.Open(bus, isotp.Config{Address: isotp.Address{Tx: 0x7E0, Rx: 0x7E8}})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		time.Sleep(time.Second) // it boots
		for request, want := range map[string]string{
			"\x22\xF1\x90": "WOB00000000000009", "\x22\xF1\x8C": "ABC", "\x22\xF1\x87": "PN1", "\x22\xF1\x89": "1.0.0",
		} {
			if err := conn.Send(t.Context(), []byte(request)); err != nil {
				t.Fatal(err)
			}
			m, err := conn.Receive(t.Context(), time.Second)
			if err != nil || !strings.HasSuffix(string(m.Data), want) {
				t.Errorf("% X is answered with %q, %v; want %q", request, m.Data, err, want)
			}
		}
	})
}

func TestDescribedFails(t *testing.T) {
	for name, tt := range map[string]struct {
		d      config.Described
		change func(*config.File)
		wants  func(error) bool
	}{
		"no trace": {config.Described{Replay: "/nosuch.log"}, nil, func(err error) bool { return errors.Is(err, os.ErrNotExist) }},
		"damaged trace": {config.Described{Replay: write(t, answers+"(170")}, nil, func(err error) bool {
			return errors.Is(err, trace.ErrTruncated) || errors.Is(err, trace.ErrCorrupt)
		}},
		"value": {config.Described{Values: map[string]string{"vin": "WOB00000000000009 and more"}}, nil, nil},
		"package": {config.Described{}, func(f *config.File) {
			f.ECUs["bcm"].Packages["current"] = "/nosuch.otapkg"
		}, func(err error) bool {
			var e *packages.Error
			return errors.As(err, &e)
		}},
		"description": {config.Described{}, func(f *config.File) {
			e := f.ECUs["bcm"]
			e.Description.Sessions.Default = 5
			f.ECUs["bcm"] = e
		}, nil},
		"bus": {config.Described{}, func(f *config.File) { f.Buses["body"] = config.Bus{Address: "socketcan:can0"} }, nil},
		"model": {config.Described{}, func(f *config.File) {
			f.Simulation.Described = nil
			f.Simulation.Models = map[string]config.Model{"bcm": {Model: "inverter", Package: "none"}}
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := described(t, tt.d)
				if tt.change != nil {
					tt.change(f)
				}
				b, err := embedded.New(f)
				if b != nil || err == nil || !strings.Contains(err.Error(), "bcm") || tt.wants != nil && !tt.wants(err) {
					t.Errorf("%v, %v", b, err)
				}
			})
		})
	}
}

package inverter_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/can/isotp"
	"otabench/can/virtual"
	"otabench/ecu"
	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/image"
	"otabench/ecu/sim"
	"otabench/ecu/sim/inverter"
)

// outlet is a supply that can be switched.
type outlet struct {
	sim.Fixed
	mu      sync.Mutex
	off     bool
	watched []func(bool)
}

func (o *outlet) Voltage() physic.ElectricPotential {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.off {
		return 0
	}
	return o.Fixed.Voltage()
}

func (o *outlet) Notify(_ physic.ElectricPotential, f func(bool)) func() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.watched = append(o.watched, f)
	return func() {}
}

func (o *outlet) turn(on bool) {
	o.mu.Lock()
	o.off = !on
	watched := o.watched
	o.mu.Unlock()
	for _, f := range watched {
		f(on)
	}
}

// describe is how a tester knows the unit.
func describe() description.ECU {
	address := isotp.NormalFixed(0xF1, 0x1D)
	block := func(name string, at, size uint64) description.Block {
		return description.Block{
			Name: name, Source: name, Address: at, Size: size, Fill: new(byte(0xFF)), Align: 256,
			DataFormat: new(byte(0x10)), Compression: "lzss-vbf", Check: "check",
		}
	}
	return description.ECU{
		Address:   description.Address{Request: address.Tx, Response: address.Rx, Extended: true},
		Transport: description.Transport{FD: true, BRS: true},
		Security:  description.Security{Level: 0x09, Algorithm: description.AlgorithmCMACAES, Secret: "env:INVERTER_KEY"},
		Routines: map[string]description.Routine{
			description.Preconditions: {}, description.Verify: {},
			description.Erase: {ID: 0x0301, Options: "{memory}"}, "check": {ID: 0x0302, Options: "{memory}{crc32}"},
			description.Dependencies: {ID: 0x0303},
		},
		Programming: description.Programming{
			Hardware: inverter.Hardware, Fingerprint: "{date:4} 0000000001",
			Blocks: []description.Block{block("application", 0x80000, 0x20000), block("calibration", 0xA0000, 0x8000)},
			Sequence: []description.Step{
				{Step: description.StepSession, Session: 3},
				{Step: description.StepSession},
				{Step: description.StepUnlock},
				{Step: description.StepFingerprint},
				{Step: description.StepBlocks},
				{Step: description.StepDependencies},
			},
		},
	}
}

func release(t *testing.T, application, calibration string) *firmware.Package {
	t.Helper()
	part := func(at uint64, offset int, version string) *image.Image {
		data := bytes.Repeat([]byte("software "), 500)
		copy(data[offset:], version+"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")
		m, err := image.New(image.Segment{Address: at, Data: data})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	return &firmware.Package{
		Manifest: firmware.Manifest{Hardware: inverter.Hardware, Version: application},
		Files: map[string]*image.Image{
			"application": part(0x80000, 0x100, application), "calibration": part(0xA0000, 0, calibration),
		},
	}
}

type rig struct {
	*ecu.Unit
	t      *testing.T
	outlet *outlet
}

func with(t *testing.T, volts physic.ElectricPotential, f func(t *testing.T, r *rig)) {
	t.Helper()
	t.Setenv("INVERTER_KEY", hex.EncodeToString(inverter.ExampleKey()))
	synctest.Test(t, func(t *testing.T) {
		first := release(t, "1.0", "1.0")
		software, err := image.Merge(first.Files["application"], first.Files["calibration"])
		if err != nil {
			t.Fatal(err)
		}
		wire := virtual.NewBus("powertrain", virtual.Options{})
		theirs, ours := wire.Attach("inverter"), wire.Attach("tester")
		r := &rig{t: t, outlet: &outlet{Fixed: sim.Fixed(volts)}}
		unit, err := inverter.New(inverter.Config{Serial: "7", Key: inverter.ExampleKey(), Software: software}, theirs, r.outlet)
		if err != nil {
			t.Fatal(err)
		}
		if r.Unit, err = ecu.New("inverter", describe(), ours, ecu.Hooks{}); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(unit.Start(t.Context()), r.AwaitBoot(t.Context())); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := errors.Join(r.Close(), unit.Close(), theirs.Close(), ours.Close(), wire.Close()); err != nil {
				t.Error(err)
			}
		}()
		f(t, r)
	})
}

// says checks one exchange in hexadecimal.
func (r *rig) says(request, want string) {
	r.t.Helper()
	response, err := r.Client().Do(r.t.Context(), description.Bytes(request).Decode())
	got := fmt.Sprintf("%X", response)
	if err != nil {
		got = err.Error()
	}
	if !strings.Contains(got, want) {
		r.t.Errorf("%s is answered with %s, want %s", request, got, want)
	}
}

func TestUpdate(t *testing.T) {
	with(t, 13*physic.Volt, func(t *testing.T, r *rig) {
		id, err := r.Identify(t.Context())
		if want := (ecu.Identity{Name: "INV", Serial: "7", Hardware: "INV-HW-7", Software: "1.0"}); err != nil || id != want {
			t.Errorf("it is %v, %v", id, err)
		}
		if err := r.Update(t.Context(), release(t, "2.0", "2.0")); err != nil {
			t.Fatal(err)
		}
		r.says("22 F1 5A", "62F15A") // the fingerprint
		r.says("22 FD 10", "62FD10322E30")
	})
}

// Versions that do not fit are refused.
func TestVersionsThatDoNotFit(t *testing.T) {
	with(t, 13*physic.Volt, func(t *testing.T, r *rig) {
		if err := r.Update(t.Context(), release(t, "2.0", "1.9")); !errors.Is(err, ecu.ErrRejected) {
			t.Errorf("Update = %v", err)
		}
	})
}

func TestRefusals(t *testing.T) {
	with(t, 13*physic.Volt, func(t *testing.T, r *rig) {
		r.says("10 02", "subFunctionNotSupportedInActiveSession")
		r.says("10 03", "5003")
		r.says("27 09", "serviceNotSupportedInActiveSession")
		r.says("10 02", "5002")
		const region = "44 00 0A 00 00 00 00 80 00"
		r.says("31 01 03 01"+region, "securityAccessDenied")
		r.says("34 10"+region, "securityAccessDenied")
		if err := r.Programmer().Unlock(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.says("31 01 03 01 44 00 0A 01 00 00 00 70 00", "requestOutOfRange") // not where a block begins
		r.says("31 01 03 02"+region+"00 00 00 00", "7101030201")
		r.says("34 10 44 00 0C 00 00 00 00 01 00", "requestOutOfRange")
		r.says("34 00"+region, "requestOutOfRange")                     // not compressed
		r.says("34 10 44 00 0A 00 80 00 00 01 00", "requestOutOfRange") // not where a page begins
		r.says("34 10 44 00 0A 00 00 00 00 01 00", "742004")
		r.says("36 01"+strings.Repeat("00", 800), "transferDataSuspended")
		r.says("34 10 44 00 0A 00 00 00 00 00 01", "742004")
		r.says("36 01 A0 00 00", "7601")     // one byte, compressed
		r.says("37", "requestSequenceError") // and nothing was erased
		r.says("31 01 03 01"+region, "7101030100")
		r.says("31 01 03 03", "7101030302")
		r.says("22 F1 89", "conditionsNotCorrect")
	})
	with(t, 8*physic.Volt, func(_ *testing.T, r *rig) {
		r.says("10 03", "5003")
		r.says("10 02", "voltageTooLow")
	})
}

// The power is cut everywhere in an update, and a complete one helps.
func TestPowerCuts(t *testing.T) {
	under := true
	bootloader := 0
	for d := time.Millisecond; under; d += 17 * time.Millisecond {
		with(t, 13*physic.Volt, func(t *testing.T, r *rig) {
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- r.Update(ctx, release(t, "2.0", "2.0")) }()
			select {
			case <-done:
				under = false
			case <-time.After(d):
				r.outlet.turn(false)
				time.Sleep(10 * time.Millisecond)
				cancel()
				<-done
				r.outlet.turn(true)
			}
			cancel()
			if err := r.AwaitBoot(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := r.ReadDID(t.Context(), "software_version"); err != nil {
				bootloader++
			}
			if err := r.Update(t.Context(), release(t, "3.0", "3.0")); err != nil {
				t.Fatalf("after a cut at %v: %v", d, err)
			}
		})
	}
	if bootloader < 5 {
		t.Errorf("only %d cuts left the bootloader alone", bootloader)
	}
}

func TestKeys(t *testing.T) {
	if _, err := inverter.New(inverter.Config{Key: []byte("short")}, nil, sim.Fixed(0)); err == nil {
		t.Error("a short key is taken")
	}
	with(t, 13*physic.Volt, func(_ *testing.T, r *rig) {
		r.says("10 03", "5003")
		r.says("10 02", "5002")
		for i := range 5 {
			r.says("27 09", "6709")
			want := "invalidKey"
			if i == 4 {
				want = "exceedNumberOfAttempts"
			}
			r.says("27 0A"+strings.Repeat("00", 16), want)
		}
		r.outlet.turn(false)
		time.Sleep(time.Second)
		r.outlet.turn(true)
		time.Sleep(time.Second)
		r.says("10 03", "5003")
		r.says("10 02", "5002")
		r.says("27 09", "requiredTimeDelayNotExpired")
	})
}

func Example() {
	bus := virtual.NewBus("powertrain", virtual.Options{})
	defer bus.Close()
	_, err := inverter.New(inverter.Config{Key: inverter.ExampleKey()}, bus.Attach("inverter"), sim.Fixed(13*physic.Volt))
	fmt.Println(err)
	// Output: <nil>
}

package described_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/can/virtual"
	"otabench/ecu"
	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/flash"
	"otabench/ecu/image"
	"otabench/ecu/sim/described"
	"otabench/ecu/uds"
)

// testKey signs everything in these tests.
var testKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

// outlet is a supply whose voltage a test sets.
type outlet struct {
	mu      sync.Mutex
	volts   physic.ElectricPotential
	current physic.ElectricCurrent
	watched []watched
}

type watched struct {
	level physic.ElectricPotential
	f     func(bool)
}

func (o *outlet) Voltage() physic.ElectricPotential {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.volts
}

func (o *outlet) Draw(i physic.ElectricCurrent) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.current = i
}

func (o *outlet) drawn() physic.ElectricCurrent {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.current
}

func (o *outlet) Notify(level physic.ElectricPotential, f func(bool)) func() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.watched = append(o.watched, watched{level, f})
	i := len(o.watched) - 1
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.watched[i].f = func(bool) {}
	}
}

func (o *outlet) set(v physic.ElectricPotential) {
	o.mu.Lock()
	before := o.volts
	o.volts = v
	var crossed []func(bool)
	for _, w := range o.watched {
		if (before < w.level) != (v < w.level) {
			crossed = append(crossed, w.f)
		}
	}
	o.mu.Unlock()
	for _, f := range crossed {
		f(v > before)
	}
}

// battery is the voltage of the tests.
const battery = 13500 * physic.MilliVolt

// rig is an ECU with its tester, which has the same description.
type rig struct {
	*ecu.Unit
	t      *testing.T
	outlet *outlet
	sim    *described.ECU

	mu   sync.Mutex
	sent []string // requests for downloads, in hexadecimal
}

// observe notes the downloads that a tester asks for.
func (r *rig) observe(x uds.Exchange) {
	if len(x.Request) == 0 || x.Request[0] != uds.SIDRequestDownload {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent = append(r.sent, fmt.Sprintf("%X", x.Request))
}

// downloads are those since the last call.
func (r *rig) downloads() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.sent
	r.sent = nil
	return all
}

// with runs f with a started ECU in virtual time.
func with(t *testing.T, cfg described.Config, f func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		wire := virtual.NewBus("test", virtual.Options{})
		theirs, ours := wire.Attach("ecu"), wire.Attach("tester")
		r := &rig{t: t, outlet: &outlet{volts: battery}}
		var err error
		if r.sim, err = described.New(cfg, theirs, r.outlet); err != nil {
			t.Fatal(err)
		}
		if r.Unit, err = ecu.New("unit", cfg.Description, ours, ecu.Hooks{Exchange: r.observe}); err != nil {
			t.Fatal(err)
		}
		if err := r.sim.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := errors.Join(r.Unit.Close(), r.sim.Close(), theirs.Close(), ours.Close(), wire.Close()); err != nil {
				t.Error(err)
			}
		}()
		if err := r.AwaitBoot(t.Context()); err != nil {
			t.Fatal(err)
		}
		f(t, r)
	})
}

// cycle takes the power away and gives it back.
func (r *rig) cycle() {
	r.t.Helper()
	r.outlet.set(0)
	synctest.Wait()
	r.outlet.set(battery)
	if err := r.AwaitBoot(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// reads checks an identifier.
func (r *rig) reads(ref, want string) {
	r.t.Helper()
	if got, err := r.ReadDID(r.t.Context(), ref); err != nil || got != want {
		r.t.Errorf("%s reads %q, %v; want %q", ref, got, err, want)
	}
}

// says checks one exchange in hexadecimal.
func (r *rig) says(request, want string) {
	r.t.Helper()
	response, err := r.Client().Do(r.t.Context(), description.Bytes(request).Decode())
	got := fmt.Sprintf("%X", response)
	if err != nil {
		got = err.Error()
	}
	if !bytes.Contains([]byte(got), []byte(want)) {
		r.t.Errorf("%s is answered with %s, want %s", request, got, want)
	}
}

func (r *rig) updates(p *firmware.Package) {
	r.t.Helper()
	if err := r.Update(r.t.Context(), p); err != nil {
		r.t.Fatal(err)
	}
}

// program goes through the sequence and restarts the ECU, as ecu.Unit does, but with other options.
func (r *rig) program(ctx context.Context, p *firmware.Package, opt flash.Options) error {
	programmer := r.NewProgrammer(opt)
	defer programmer.Close()
	if err := programmer.Program(ctx, p); err != nil {
		return err
	}
	return errors.Join(programmer.Reset(ctx), programmer.AwaitBoot(ctx), programmer.Finish(ctx))
}

// slotted is an ECU that takes signed packages into another slot and runs them on trial.
func slotted() description.ECU {
	return description.ECU{
		Address:   description.Address{Request: 0x7E0, Response: 0x7E8},
		Transport: description.Transport{Padding: new(byte(0xCC))},
		Timing:    description.Timing{Boot: time.Second, Confirm: 3 * time.Second},
		Security: description.Security{
			Level: 0x11, Algorithm: description.AlgorithmHMACSHA256, Secret: "example", Attempts: 3, Delay: time.Second,
		},
		Identifiers: map[string]description.DID{
			description.BootState:       {ID: 0xFD01, Codec: description.Codec{Format: description.ASCII}},
			description.SecurityCounter: {ID: 0xFD02, Codec: description.Codec{Format: description.Uint}},
		},
		Routines: map[string]description.Routine{
			description.Preconditions: {ID: 0x0203, Values: map[description.Bytes]string{"01": "voltage too low"}},
			description.Verify:        {ID: 0x0202, Values: map[description.Bytes]string{"02": "wrong software"}},
			description.Activate:      {ID: 0x0210}, description.Confirm: {ID: 0x0211}, description.Rollback: {ID: 0x0212},
		},
		Programming: description.Programming{
			Hardware: "HW-1", System: "BCM", Fingerprint: "0102", MaxBlock: 200,
			Blocks: []description.Block{
				{Name: "manifest", Source: "manifest", Address: 0xA00000},
				{Name: "application", Source: "image", Address: 0xA08000},
			},
		},
		Gates: description.Gates{MinVoltage: 11 * physic.Volt, MaxVoltage: 16 * physic.Volt},
	}
}

func signed(t *testing.T, m firmware.Manifest) *firmware.Package {
	t.Helper()
	p, err := firmware.Build(m, bytes.Repeat([]byte(m.Version), 300), testKey)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func release(t *testing.T, version string, counter uint32) *firmware.Package {
	t.Helper()
	return signed(t, firmware.Manifest{ECU: "BCM", Hardware: "HW-1", Version: version, Counter: counter, RXSWIN: "R156 " + version})
}

func slottedConfig(t *testing.T) described.Config {
	t.Helper()
	return described.Config{
		Name: "BCM", Description: slotted(), Factory: release(t, "1.0", 1), Trust: firmware.PublicKey(testKey),
		Erase: 80 * time.Millisecond, Byte: 10 * time.Microsecond,
	}
}

// inPlace is an ECU that is programmed in place: other addressing, order, compression, checksums, and it resumes.
func inPlace() description.ECU {
	return description.ECU{
		Address: description.Address{
			Request: 0x18CE10F1, Response: 0x18CEF110, Functional: 0x18CDFFF1, Extended: true,
			Format: "mixed", RequestByte: 0x42, ResponseByte: 0x42, FunctionalByte: 0x42,
		},
		Transport: description.Transport{FD: true},
		Timing:    description.Timing{Boot: time.Second},
		Sessions:  description.Sessions{Programming: 0x60},
		Security:  description.Security{Level: 0x03, Algorithm: description.AlgorithmXOR, Secret: "example", Request: "01"},
		Memory:    map[string]description.Region{"version": {Address: 0x8010, Size: 3}},
		Identifiers: map[string]description.DID{
			description.SoftwareVersion: {ID: 0xF195, Codec: description.Codec{Format: description.ASCII}, Region: "version"},
			"kept":                      {ID: 0x0300, Codec: description.Codec{Format: description.Uint, Length: 3}},
			"workshop":                  {ID: 0xF198},
		},
		Routines: map[string]description.Routine{
			description.Preconditions: {}, description.Verify: {},
			description.Erase: {ID: 0xFF00, Options: "{address}{erase_size}", Running: []description.Bytes{"7F"}},
			"check": {
				ID: 0x0204, Options: "{index}{crc32}", Pass: []description.Bytes{"10"},
				Values: map[description.Bytes]string{"20": "wrong CRC"},
			},
		},
		DTCs: map[string]description.DTC{"voltage": {Code: 0x123456}},
		Programming: description.Programming{
			Hardware: "IPC-1", Fingerprint: "{date}", AddressLength: 2, SizeLength: 3, MaxBlock: 66, Reset: 0x03,
			Blocks: []description.Block{
				{
					Name: "calibration", Source: "software", Address: 0x9000, Size: 0x400, Index: 3, Fill: new(byte(0)),
					DataFormat: new(byte(0x10)), Compression: "lzss", Check: "check",
				},
				{
					Name: "application", Source: "software", Address: 0x8000, Size: 0x1000, Index: 2, Fill: new(byte(0xFF)),
					Check: "check", Resume: "kept",
				},
				{Name: "sounds", Source: "sounds", Address: 0xA000, Index: 4, Optional: true, Check: "check"},
			},
			Sequence: []description.Step{
				{Step: description.StepSession},
				{Step: description.StepUnlock},
				{Step: description.StepFingerprint},
				{Step: description.StepWrite, Identifier: "workshop", Value: "AA {version}"},
				{Step: description.StepBlocks},
				{Step: description.StepDependencies},
			},
		},
	}
}

// files is a release of the ECU that inPlace describes.
func files(t *testing.T, version string, optional ...string) *firmware.Package {
	t.Helper()
	software, err := image.New(
		image.Segment{Address: 0x8000, Data: bytes.Repeat([]byte("app "), 4)},
		image.Segment{Address: 0x8010, Data: append([]byte(version), bytes.Repeat([]byte(version), 400)...)},
		image.Segment{Address: 0x9004, Data: bytes.Repeat([]byte("calibration "+version), 9)},
	)
	if err != nil {
		t.Fatal(err)
	}
	p := &firmware.Package{
		Manifest: firmware.Manifest{Hardware: "IPC-1", Version: version}, Files: map[string]*image.Image{"software": software},
	}
	for _, name := range optional {
		if p.Files[name], err = image.New(image.Segment{Address: 0xA000, Data: []byte(name + version)}); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func inPlaceConfig(t *testing.T) described.Config {
	t.Helper()
	return described.Config{
		Name: "IPC", Description: inPlace(), Factory: files(t, "1.0"), Erase: 80 * time.Millisecond, Byte: 100 * time.Microsecond,
	}
}

package ecu_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/can"
	"otabench/can/virtual"
	"otabench/ecu"
	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/firmware/hostile"
	"otabench/ecu/flash"
	"otabench/ecu/sim"
	"otabench/ecu/uds"
)

const (
	bitrate   = 500_000
	imageSize = 16 << 10
)

func signingKey() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
}

// release builds software for the simulated ECU.
func release(version string, counter uint32, change func(*firmware.Manifest, *sim.Application)) *firmware.Package {
	m := firmware.Manifest{ECU: "BCM", Hardware: "HW-1", Version: version, Counter: counter, RXSWIN: "R156 " + version}
	a := sim.Application{Version: version}
	if change != nil {
		change(&m, &a)
	}
	p, err := firmware.Build(m, a.Image(imageSize), signingKey())
	if err != nil {
		panic(err)
	}
	return p
}

func testDescription() description.ECU {
	flashed := sim.Flash{}
	return description.ECU{
		Address:  description.Address{Request: 0x7E0, Response: 0x7E8},
		Security: description.Security{Level: 1, Algorithm: "hmac-sha256", Secret: "example"},
		Identifiers: map[string]description.DID{
			description.ActiveSlot:      {ID: 0xFD00, Codec: description.Codec{Format: description.ASCII}},
			description.BootState:       {ID: 0xFD01, Codec: description.Codec{Format: description.ASCII}},
			description.SecurityCounter: {ID: 0xFD02, Codec: description.Codec{Format: description.Uint}},
		},
		Routines: map[string]description.Routine{
			description.Activate: {ID: 0x0210}, description.Confirm: {ID: 0x0211}, description.Rollback: {ID: 0x0212},
			description.Preconditions: {ID: 0x0203, Values: map[description.Bytes]string{"01": "voltage too low"}},
		},
		Programming: description.Programming{
			Hardware: "HW-1", System: "BCM", Fingerprint: "20260115",
			Blocks: []description.Block{
				{Name: "manifest", Source: description.SourceManifest, Address: uint64(flashed.HeaderAddress())},
				{Name: "application", Source: description.SourceImage, Address: uint64(flashed.ImageAddress())},
			},
		},
	}
}

// simulation leaves nothing that the tests look at to the simulation's defaults.
func simulation(factory *firmware.Package) sim.Config {
	noGate := 0.0
	return sim.Config{
		Name: "BCM", Hardware: "HW-1", Serial: "SIM00000001", VIN: "WOB00000000000001",
		Address:  sim.Address{Request: 0x7E0, Response: 0x7E8},
		Timing:   sim.Timing{Confirm: 10 * time.Second},
		Security: sim.Security{Level: 0x01, Algorithm: "hmac-sha256"},
		Gates:    sim.Gates{MinCharge: &noGate},
		Factory:  factory, TrustedKey: firmware.PublicKey(signingKey()),
	}
}

// bench is a simulated ECU, its bus and the tester's view of it.
type bench struct {
	bus       *virtual.Bus
	unit      *ecu.Unit
	exchanges atomic.Int64
	progress  []flash.Progress
	// onProgress, if set, is called as well.
	onProgress func(flash.Progress)
}

// testUnit runs test in a bubble, on an ECU that has booted version 1.0.0.
func testUnit(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Helper()
	testFactory(t, release("1.0.0", 1, nil), test)
}

// testFactory is testUnit for an ECU with other software, or with none.
func testFactory(t *testing.T, factory *firmware.Package, test func(t *testing.T, b *bench)) {
	t.Helper()
	testTerminal(t, sim.Fixed(13500*physic.MilliVolt), factory, test)
}

// testTerminal is testFactory at another supply.
func testTerminal(t *testing.T, terminal sim.Terminal, factory *firmware.Package, test func(t *testing.T, b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		bus := virtual.NewBus("diag", virtual.Options{Bitrate: bitrate})
		t.Cleanup(func() { _ = bus.Close() })
		simulated, err := sim.New(simulation(factory), bus.Attach("bcm"), terminal, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := simulated.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = simulated.Close() })
		b := &bench{bus: bus}
		b.unit = open(t, b, bus.Attach("tester"))
		if err := b.unit.AwaitBoot(t.Context()); err != nil {
			t.Fatal(err)
		}
		test(t, b)
	})
}

func open(t *testing.T, b *bench, bus can.Bus) *ecu.Unit {
	t.Helper()
	u, err := ecu.New("bcm", testDescription(), bus, ecu.Hooks{
		Exchange: func(uds.Exchange) { b.exchanges.Add(1) },
		Progress: func(p flash.Progress) {
			b.progress = append(b.progress, p)
			if b.onProgress != nil {
				b.onProgress(p)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := u.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return u
}

func identity(version, slot, state string, counter uint32) ecu.Identity {
	return ecu.Identity{
		Name: "BCM", Serial: "SIM00000001", Hardware: "HW-1", Software: version, VIN: "WOB00000000000001",
		RXSWIN: "R156 " + version, Slot: slot, BootState: state, Counter: counter,
	}
}

func (b *bench) expect(t *testing.T, want ecu.Identity) {
	t.Helper()
	got, err := b.unit.Identify(t.Context())
	if err != nil || got != want {
		t.Errorf("Identify = %v, %v; want %v", got, err, want)
	}
}

func TestUpdate(t *testing.T) {
	testUnit(t, func(t *testing.T, b *bench) {
		b.expect(t, identity("1.0.0", "A", "confirmed", 1))
		pkg := release("2.0.0", 2, nil)
		if err := b.unit.Update(t.Context(), pkg); err != nil {
			t.Fatal(err)
		}
		b.expect(t, identity("2.0.0", "B", "confirmed", 2))
		last := b.progress[len(b.progress)-1]
		if want := int64(len(pkg.Header()) + imageSize); last.Phase != flash.PhaseConfirm || b.exchanges.Load() == 0 || b.progress[len(b.progress)-2].Done != want {
			t.Errorf("last progress %+v after %d exchanges, want %d bytes and confirm", last, b.exchanges.Load(), want)
		}
		if err := b.unit.Update(t.Context(), release("3.0.0", 3, nil)); err != nil {
			t.Fatal(err)
		}
		b.expect(t, identity("3.0.0", "A", "confirmed", 3))
	})
}

func TestTrial(t *testing.T) {
	onTrial := identity("2.0.0", "B", "trial", 1)
	onTrial.RXSWIN = "R156 1.0.0" // the approval follows the confirmation
	t.Run("ends with a rollback", func(t *testing.T) {
		testUnit(t, func(t *testing.T, b *bench) {
			if err := b.unit.Install(t.Context(), release("2.0.0", 2, nil)); err != nil {
				t.Fatal(err)
			}
			b.expect(t, onTrial)
			if before := identity("1.0.0", "A", "confirmed", 1); before.Same(onTrial) || !before.Same(identity("1.0.0", "A", "reverted", 1)) {
				t.Error("Same must see other software and overlook the boot state")
			}
			if err := b.unit.Rollback(t.Context()); err != nil {
				t.Fatal(err)
			}
			b.expect(t, identity("1.0.0", "A", "reverted", 1))
		})
	})
	t.Run("ends when nobody confirms", func(t *testing.T) {
		testUnit(t, func(t *testing.T, b *bench) {
			if err := b.unit.Install(t.Context(), release("2.0.0", 2, nil)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(11 * time.Second)
			b.expect(t, identity("1.0.0", "A", "reverted", 1))
		})
	})
	t.Run("refuses to be confirmed when unhealthy", func(t *testing.T) {
		testUnit(t, func(t *testing.T, b *bench) {
			sick := release("2.0.0", 2, func(_ *firmware.Manifest, a *sim.Application) { a.Behaviour = sim.Unhealthy })
			err := b.unit.Update(t.Context(), sick)
			var failed *flash.Error
			if !errors.Is(err, uds.ConditionsNotCorrect) || !errors.As(err, &failed) || failed.Phase != flash.PhaseConfirm {
				t.Errorf("Update = %v, want conditionsNotCorrect at confirm", err)
			}
		})
	})
}

// Status records of the simulated ECU's verification.
const (
	badSignature byte = 1 + iota
	badDigest
	wrongHardware
	wrongECU
	counterTooLow
	incomplete
)

func TestHostilePackages(t *testing.T) {
	good := release("2.0.0", 2, nil)
	status := map[string]byte{
		"manifest": badSignature, "signature": badSignature,
		"image start": badDigest, "image middle": badDigest, "image end": badDigest,
	}
	type attempt struct {
		name string
		pkg  *firmware.Package
		want byte
	}
	attempts := []attempt{
		{"cut short", hostile.Truncate(good, imageSize/2).Package, incomplete},
		{"wrong hardware", release("2.0.0", 2, func(m *firmware.Manifest, _ *sim.Application) { m.Hardware = "HW-2" }), wrongHardware},
		{"another ECU's", release("2.0.0", 2, func(m *firmware.Manifest, _ *sim.Application) { m.ECU = "GW" }), wrongECU},
		{"downgrade", release("0.9.0", 0, nil), counterTooLow},
	}
	for _, r := range hostile.Regions() {
		attempts = append(attempts, attempt{"tampered " + r.String(), hostile.Tamper(good, r).Package, status[r.String()]})
	}
	for _, tt := range attempts {
		t.Run(tt.name, func(t *testing.T) {
			testUnit(t, func(t *testing.T, b *bench) {
				err := b.unit.NewProgrammer(flash.Options{Force: true}).Program(t.Context(), tt.pkg)
				var rejected *flash.Rejected
				if !errors.Is(err, ecu.ErrRejected) || !errors.As(err, &rejected) || !bytes.Equal(rejected.Status, []byte{tt.want}) {
					t.Errorf("Program = %v, want status %v", err, tt.want)
				}
				b.expect(t, identity("1.0.0", "A", "confirmed", 1))
				if err := b.unit.Update(t.Context(), good); err != nil {
					t.Errorf("the ECU does not recover: %v", err)
				}
			})
		})
	}
}

func TestInterruptedUpdate(t *testing.T) {
	testUnit(t, func(t *testing.T, b *bench) {
		ctx, cancel := context.WithCancel(t.Context())
		b.onProgress = func(p flash.Progress) {
			if p.Done > p.Total/2 {
				cancel()
			}
		}
		err := b.unit.Update(ctx, release("2.0.0", 2, nil))
		var failed *flash.Error
		if !errors.Is(err, context.Canceled) || !errors.As(err, &failed) || failed.Phase != flash.PhaseTransfer {
			t.Errorf("Update = %v, want context.Canceled in transfer", err)
		}
		b.expect(t, identity("1.0.0", "A", "confirmed", 1))
		if err := b.unit.Update(t.Context(), release("2.0.0", 2, nil)); err != nil {
			t.Errorf("the ECU does not recover: %v", err)
		}
	})
}

// TestPhaseByPhase pauses for longer than the ECU's S3 between phases, and then lets go.
func TestPhaseByPhase(t *testing.T) {
	testUnit(t, func(t *testing.T, b *bench) {
		p, session := b.unit.Programmer(), func() string {
			got, err := b.unit.ReadDID(t.Context(), description.ActiveSession)
			if err != nil {
				t.Error(err)
			}
			return got
		}
		if err := p.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Second)
		if got := session(); got != "3" {
			t.Errorf("session %s after a pause, want the extended one", got)
		}
		for _, phase := range []func(context.Context) error{p.Enter, p.Unlock, p.Fingerprint} {
			if err := phase(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		p.Close()
		time.Sleep(6 * time.Second)
		if got := session(); got != "1" {
			t.Errorf("session %s after the tester fell silent, want the default one", got)
		}
		if got, err := b.unit.ReadDID(t.Context(), description.Fingerprint); err != nil || got != "20260115" {
			t.Errorf("fingerprint %s, %v", got, err)
		}
	})
}

func TestPreconditions(t *testing.T) {
	testTerminal(t, sim.Fixed(9*physic.Volt), release("1.0.0", 1, nil), func(t *testing.T, b *bench) {
		err := b.unit.Update(t.Context(), release("2.0.0", 2, nil))
		var unmet *flash.Unmet
		if !errors.Is(err, ecu.ErrPreconditions) || !errors.As(err, &unmet) || len(unmet.Conditions) != 1 || unmet.Conditions[0].Meaning != "voltage too low" {
			t.Errorf("Update at 9 V = %v, want ErrPreconditions with VoltageLow", err)
		}
	})
}

func TestWrongVersion(t *testing.T) {
	testUnit(t, func(t *testing.T, b *bench) {
		mislabelled := release("2.0.0", 2, func(_ *firmware.Manifest, a *sim.Application) { a.Version = "1.9.9" })
		err := b.unit.Update(t.Context(), mislabelled)
		var wrong *ecu.WrongVersion
		if !errors.As(err, &wrong) || wrong.Want != "2.0.0" || wrong.Got != "1.9.9" || !strings.Contains(err.Error(), "may have reverted") {
			t.Errorf("Update = %v, want *WrongVersion", err)
		}
	})
}

func TestSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := virtual.NewBus("diag", virtual.Options{Bitrate: bitrate})
		defer bus.Close()
		bus.Attach("somebody else") // acknowledges frames
		u := open(t, &bench{}, bus.Attach("tester"))
		if _, err := u.Identify(t.Context()); !errors.Is(err, ecu.ErrSilent) {
			t.Errorf("Identify = %v, want ErrSilent", err)
		}
		if err := u.AwaitBoot(t.Context()); !errors.Is(err, ecu.ErrSilent) || !errors.Is(err, flash.ErrNoBoot) {
			t.Errorf("AwaitBoot = %v, want ErrSilent and ErrNoBoot", err)
		}
		if err := u.Update(t.Context(), release("2.0.0", 2, nil)); !errors.Is(err, ecu.ErrSilent) {
			t.Errorf("Update = %v, want ErrSilent", err)
		}
	})
}

func TestUnitNames(t *testing.T) {
	testUnit(t, func(t *testing.T, b *bench) {
		if b.unit.Name() != "bcm" || !strings.HasPrefix(b.unit.String(), "bcm at ISO-TP 7E0/7E8") {
			t.Errorf("Name %q, String %q", b.unit.Name(), b.unit)
		}
		if got := b.unit.Description().Address.Functional; got != 0x7DF {
			t.Errorf("Description().Address.Functional = %X, want the default", got)
		}
		if err := b.unit.Functional().TesterPresent(t.Context()); err != nil {
			t.Error(err)
		}
		if err := b.unit.Client().TesterPresent(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestIdentityString(t *testing.T) {
	got := identity("1.0.0", "A", "confirmed", 7).String()
	want := "BCM 1.0.0, hardware HW-1, serial SIM00000001, VIN WOB00000000000001, RXSWIN R156 1.0.0, slot A, boot state confirmed, security counter 7"
	if got != want {
		t.Errorf("String() = %q\nwant %q", got, want)
	}
}

// TestBootloaderOnly talks to an ECU without software: it has an identity and no version.
func TestBootloaderOnly(t *testing.T) {
	testFactory(t, nil, func(t *testing.T, b *bench) {
		want := identity("", "-", "bootloader", 0)
		want.RXSWIN = ""
		b.expect(t, want)
		if err := b.unit.Update(t.Context(), release("2.0.0", 2, nil)); err != nil {
			t.Fatal(err)
		}
		got, err := b.unit.Identify(t.Context())
		if err != nil || got.Software != "2.0.0" || got.BootState != "confirmed" {
			t.Errorf("Identify = %v, %v; want version 2.0.0 confirmed", got, err)
		}
	})
}

func TestOddCounter(t *testing.T) {
	testUnit(t, func(t *testing.T, b *bench) {
		d := testDescription()
		d.Identifiers[description.SecurityCounter] = description.DID{ID: 0xF190, Codec: description.Codec{Format: description.ASCII}}
		b.unit.Close()
		u, err := ecu.New("bcm", d, b.bus.Attach("other tester"), ecu.Hooks{})
		if err != nil {
			t.Fatal(err)
		}
		defer u.Close()
		if _, err := u.Identify(t.Context()); err == nil || !strings.Contains(err.Error(), "security counter reads") {
			t.Errorf("Identify = %v, want an error about the counter", err)
		}
	})
}

func TestReadAndWrite(t *testing.T) {
	testUnit(t, func(t *testing.T, b *bench) {
		for _, ref := range []string{"vin", "F190", "0xf190"} {
			if got, err := b.unit.ReadDID(t.Context(), ref); err != nil || got != "WOB00000000000001" {
				t.Errorf("Read(%s) = %q, %v", ref, got, err)
			}
		}
		if _, err := b.unit.ReadDID(t.Context(), "colour"); err == nil || !strings.Contains(err.Error(), "bcm: no data identifier") {
			t.Errorf("Read of an unknown name = %v", err)
		}
		if _, err := b.unit.ReadDID(t.Context(), "1234"); !errors.Is(err, uds.RequestOutOfRange) {
			t.Errorf("Read of an identifier that the ECU does not have = %v, want requestOutOfRange", err)
		}
		if err := b.unit.WriteDID(t.Context(), "colour", "red"); err == nil {
			t.Error("an unknown name was written")
		}
		if err := b.unit.WriteDID(t.Context(), "vin", "short"); err == nil {
			t.Error("a VIN of 5 characters was written")
		}
		var refused *uds.NegativeResponse
		if err := b.unit.WriteDID(t.Context(), "rxswin", "R156 9.9.9"); !errors.As(err, &refused) {
			t.Errorf("Write of the RXSWIN = %v, want a negative response", err)
		}
	})
}

func TestNewErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := virtual.NewBus("diag", virtual.Options{})
		defer bus.Close()
		d := testDescription()
		d.Security.Secret = "env:OTABENCH_TEST_UNSET"
		if _, err := ecu.New("bcm", d, bus.Attach("tester"), ecu.Hooks{}); err == nil || !strings.Contains(err.Error(), "bcm: security access") {
			t.Errorf("New without a secret = %v", err)
		}
		d.Security.Level = 2
		if _, err := ecu.New("bcm", d, bus.Attach("tester"), ecu.Hooks{}); err == nil || !strings.Contains(err.Error(), "security.level") {
			t.Errorf("New with a wrong description = %v", err)
		}
	})
}

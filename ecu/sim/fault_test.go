package sim

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"slices"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/can"
	"otabench/ecu/firmware"
)

// effect is what a fault does to an ECU that is in order without it.
type effect struct {
	// config changes the ECU beforehand; it may be nil.
	config func(*Config)
	// shows says whether the effect is there. The ECU has booted and is in its extended session.
	shows func(r *rig) bool
}

// effects has one for each fault. A fault that only a sweep finds has its effect in sweep_fault_test.go.
func effects() map[Fault]effect {
	all := map[Fault]effect{}
	for _, some := range []map[Fault]effect{
		verificationEffects(), trialEffects(), memoryEffects(), gateEffects(), securityEffects(), sessionEffects(),
		transferEffects(), communicationEffects(),
	} {
		for f, e := range some {
			all[f] = e
		}
	}
	return all
}

// TestFaults shows of each fault what it does, and that nothing else does that.
func TestFaults(t *testing.T) {
	all := effects()
	for _, d := range Catalogue() {
		e, known := all[d.Name]
		if known == d.Sweep {
			t.Errorf("%s: has an effect without a sweep: %v; is found by a sweep only: %v", d.Name, known, d.Sweep)
		}
		if !known {
			continue
		}
		t.Run(string(d.Name), func(t *testing.T) {
			t.Parallel()
			for _, faults := range [][]Fault{nil, {d.Name}} {
				cfg := small()
				cfg.Faults = faults
				if e.config != nil {
					e.config(&cfg)
				}
				withRig(t, cfg, func(t *testing.T, r *rig) {
					r.expect([]byte{0x50}, 0x10, 0x03)
					if got, want := e.shows(r), faults != nil; got != want {
						t.Errorf("with faults %v the effect shows: %v\n%s", faults, got, r.console)
					}
				})
			}
		})
	}
}

func TestCatalogue(t *testing.T) {
	seen := map[Fault]bool{}
	sweeps := 0
	for _, d := range Catalogue() {
		if d.Name == "" || seen[d.Name] || len(d.Story) < 40 || d.Group == "" {
			t.Errorf("%+v", d)
		}
		seen[d.Name] = true
		if d.Sweep {
			sweeps++
		}
	}
	if len(seen) < 60 || sweeps < 10 {
		t.Errorf("%d faults, %d of them for a sweep; want at least 60 and 10", len(seen), sweeps)
	}
}

const low, nominal, high = 10 * physic.Volt, 13500 * physic.MilliVolt, 17 * physic.Volt

// Requests.
var (
	region   = rangeOf(0x00A00000, 200)
	eraseIt  = append([]byte{0x31, 0x01, 0xFF, 0x00}, region...)
	activate = []byte{0x31, 0x01, 0x02, 0x10}
)

func good() *firmware.Package { return release("2.0.0", 2, Normal) }

// with is a good package with other contents of its manifest, signed.
func with(change func(*firmware.Manifest)) *firmware.Package {
	m := good().Manifest
	change(&m)
	return signed(m, Application{Version: m.Version})
}

// damaged is a good package with a bit flipped in its image.
func damaged(at int) *firmware.Package {
	p := good()
	p.Image[at] ^= 1
	return p
}

func verificationEffects() map[Fault]effect {
	takes := func(p *firmware.Package) effect {
		return effect{shows: func(r *rig) bool { return r.verdictAfter(p) == pass && r.agrees(activate...) }}
	}
	forged, err := firmware.Build(good().Manifest, good().Image, ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		panic(err)
	}
	unsigned := good()
	unsigned.Signature = make([]byte, len(unsigned.Signature))
	return map[Fault]effect{
		SignatureNotChecked: takes(forged),
		UnsignedAccepted:    takes(unsigned),
		DigestNotChecked:    takes(damaged(1000)),
		DigestOfFirstHalf:   takes(damaged(2000)),
		HardwareNotChecked:  takes(with(func(m *firmware.Manifest) { m.Hardware = "HW-2" })),
		ECUNotChecked:       takes(with(func(m *firmware.Manifest) { m.ECU = "tcu" })),
		DowngradeAccepted:   takes(with(func(m *firmware.Manifest) { m.Counter = 0 })),
		VerdictAlwaysPass:   {shows: func(r *rig) bool { return r.verdictAfter(damaged(1000)) == pass }},
		VerdictIgnored: {shows: func(r *rig) bool {
			return r.verdictAfter(damaged(1000)) == badDigest && r.agrees(activate...)
		}},
		VerdictRemembered: {shows: func(r *rig) bool {
			if r.verdictAfter(good()) != pass {
				r.t.Error("a good package does not pass")
			}
			if err := r.download(r.ecu.Config().Flash.ImageAddress(), damaged(1000).Image); err != nil {
				r.t.Fatal(err)
			}
			return r.agrees(activate...)
		}},
	}
}

func trialEffects() map[Fault]effect {
	// after lets an update run on its own for a while.
	after := func(b Behaviour, d time.Duration, shows func(r *rig) bool) effect {
		return effect{shows: func(r *rig) bool {
			r.toTrial(b)
			time.Sleep(d)
			return shows(r)
		}}
	}
	trial := func(shows func(r *rig) bool) effect { return after(Normal, 0, shows) }
	reverted := func(shows func(r *rig) bool) effect {
		return trial(func(r *rig) bool {
			r.powerCycle()
			return shows(r)
		})
	}
	runsNew := func(r *rig) bool { return r.did(didVersion) == "2.0.0" }
	reads := func(id uint16, want string) func(r *rig) bool {
		return func(r *rig) bool { return r.did(id) == want }
	}
	return map[Fault]effect{
		ConfirmsItself:        trial(reads(didBootState, "confirmed")),
		SelfTestIgnored:       after(Unhealthy, 0, func(r *rig) bool { return r.confirm() == nil }),
		NoConfirmationTimeout: after(Normal, 15*time.Second, runsNew),
		TrialNeverCounted:     reverted(runsNew),
		OneTrialTooMany:       reverted(runsNew),
		NoWatchdog: {shows: func(r *rig) bool {
			if err := r.install(release("2.0.0", 2, Hang)); err != nil {
				r.t.Fatal(err)
			}
			time.Sleep(15 * time.Second)
			return isSilent(r)
		}},
		FatalBoot: {shows: func(r *rig) bool {
			r.expect([]byte{0x51}, 0x11, 0x01)
			r.outlet.set(low)
			return r.isDead()
		}},
		NoRevert: reverted(reads(didBootState, "bootloader")),
		RevertLoops: reverted(func(r *rig) bool {
			r.powerCycle()
			return runsNew(r)
		}),
		RevertFormatsNVM: reverted(reads(didVIN, blank().VIN)),
		RollbackErasesFallback: trial(func(r *rig) bool {
			r.expect([]byte{0x50}, 0x10, 0x03)
			r.expect([]byte{0x71}, 0x31, 0x01, 0x02, 0x12)
			r.powerCycle()
			return runsNew(r)
		}),
		RollbackNotSupervised: trial(func(r *rig) bool {
			r.expect([]byte{0x50}, 0x10, 0x03)
			r.expect([]byte{0x71}, 0x31, 0x01, 0x02, 0x12) // and nobody resets it
			time.Sleep(12 * time.Second)
			r.awaitBoot()
			return runsNew(r)
		}),
		FallbackNotProtected: trial(func(r *rig) bool {
			r.mayProgram()
			return r.agrees(eraseIt...)
		}),
		CounterAtActivation:      trial(reads(didCounter, "\x00\x00\x00\x02")),
		VersionRemembered:        reverted(runsNew),
		RXSWINBeforeConfirmation: trial(reads(didRXSWIN, "R156 2.0.0")),
		TrialCalledConfirmed:     trial(reads(didBootState, "confirmed")),
		CounterNeverAdvances: {shows: func(r *rig) bool {
			r.update(good())
			return r.did(didCounter) == "\x00\x00\x00\x01"
		}},
	}
}

func memoryEffects() map[Fault]effect {
	return map[Fault]effect{
		ErasesRunningSoftware: {shows: func(r *rig) bool {
			r.mayProgram()
			r.expect([]byte{0x71}, eraseIt...)
			r.powerCycle()
			return !r.agrees(0x22, 0xF1, 0x89)
		}},
		BlankCheckOfFirstPage: {shows: func(r *rig) bool {
			r.mayProgram()
			flash, second := r.ecu.Flash(), r.ecu.Config().Flash.slotAddr(slotB)+r.ecu.Flash().Page()
			if err := flash.Preload(second, []byte{0}); err != nil {
				r.t.Fatal(err)
			}
			r.expect([]byte{0x71}, eraseIt...)
			return !flash.Erased(second, 1)
		}},
		SlowErase: {shows: func(r *rig) bool {
			r.mayProgram()
			began := time.Now()
			r.expect([]byte{0x71}, eraseIt...)
			return time.Since(began) > time.Second
		}},
		FatalDip: {shows: func(r *rig) bool {
			r.mayProgram()
			r.outlet.set(7 * physic.Volt)
			return r.isDead()
		}},
		EraseTakesNVM: {shows: func(r *rig) bool {
			r.mayProgram()
			r.expect([]byte{0x71}, eraseIt...)
			return r.did(didVIN) == ""
		}},
		NVMFormattedAtLowVoltage: {shows: func(r *rig) bool {
			r.outlet.set(0)
			time.Sleep(100 * time.Millisecond)
			r.outlet.set(low)
			r.awaitBoot()
			return r.did(didVIN) == blank().VIN
		}},
		UpdateClearsTroubleCodes: {
			config: func(c *Config) { c.DTCs = []uint32{0x123456} },
			shows: func(r *rig) bool {
				r.toTrial(Normal)
				return len(r.expect([]byte{0x59, 0x02, 0x09}, 0x19, 0x02, 0xFF)) == 3
			},
		},
		FingerprintNotStored: {shows: func(r *rig) bool {
			r.mayProgram()
			r.expect([]byte{0x6E}, 0x2E, 0xF1, 0x5A, 0xCA, 0xFE)
			return r.did(didFingerprint) != "\xCA\xFE"
		}},
	}
}

func gateEffects() map[Fault]effect {
	agreesAt := func(v physic.ElectricPotential) effect {
		return effect{shows: func(r *rig) bool {
			r.outlet.set(v)
			return r.allowed()
		}}
	}
	// charged is an effect at a state of charge.
	charged := func(shows func(r *rig) bool) effect {
		return effect{config: func(c *Config) { c.Gates.MinCharge = new(30.0) }, shows: shows}
	}
	return map[Fault]effect{
		MinVoltageTooLow:  agreesAt(10450 * physic.MilliVolt),
		MaxVoltageTooHigh: agreesAt(16100 * physic.MilliVolt),
		NoOvervoltageGate: agreesAt(high),
		NoHysteresis: {shows: func(r *rig) bool {
			r.outlet.set(low)
			r.outlet.set(10550 * physic.MilliVolt)
			return r.allowed()
		}},
		LatchedGate: {shows: func(r *rig) bool {
			r.outlet.set(low)
			r.outlet.set(nominal)
			return !r.allowed()
		}},
		GatesNotEnforced: {shows: func(r *rig) bool {
			r.outlet.set(low)
			return !r.allowed() && r.agrees(0x10, 0x02)
		}},
		EraseAtAnyVoltage: {shows: func(r *rig) bool {
			r.mayProgram()
			r.outlet.set(low)
			return r.agrees(eraseIt...)
		}},
		TransferAtAnyVoltage: {shows: func(r *rig) bool {
			r.mayProgram()
			r.expect([]byte{0x71}, eraseIt...)
			r.outlet.set(low)
			r.agrees(append([]byte{0x34, 0x00}, region...)...)
			return r.agrees(0x36, 0x01, 0x00)
		}},
		ActivateAtAnyVoltage: {shows: func(r *rig) bool {
			if err := r.transfer(good()); err != nil {
				r.t.Fatal(err)
			}
			r.outlet.set(low)
			return r.agrees(activate...)
		}},
		MinChargeTooLow: charged(func(r *rig) bool {
			r.battery(29, false)
			return r.allowed()
		}),
		NoChargeGate: charged(func(r *rig) bool {
			r.battery(1, false)
			return r.allowed()
		}),
		ChargerIgnored: charged(func(r *rig) bool {
			r.battery(10, true)
			return !r.allowed()
		}),
		StaleChargeBelieved: charged(func(r *rig) bool {
			r.battery(80, false)
			time.Sleep(2 * time.Second)
			return r.allowed()
		}),
	}
}

func securityEffects() map[Fault]effect {
	wrong := append([]byte{0x27, 0x02}, make([]byte, 16)...)
	// keyed sends a key that is made of the right one.
	keyed := func(change func(key []byte)) effect {
		return effect{shows: func(r *rig) bool {
			key := r.keyFor(r.seed())
			change(key)
			return r.agrees(append([]byte{0x27, 0x02}, key...)...)
		}}
	}
	// lockedOut is the code for the third wrong key, the last one that an ECU in order takes.
	lockedOut := func(r *rig) (code byte) {
		for range 3 {
			r.seed()
			code = r.request(wrong...)[2]
		}
		return code
	}
	third := effect{shows: func(r *rig) bool { return lockedOut(r) == 0x35 }}
	return map[Fault]effect{
		ConstantSeed: {shows: func(r *rig) bool { return bytes.Equal(r.seed(), r.seed()) }},
		SeedsRepeatAfterReset: {shows: func(r *rig) bool {
			first, second := r.seed(), r.seed()
			r.powerCycle()
			r.expect([]byte{0x50}, 0x10, 0x03)
			return !bytes.Equal(first, second) && bytes.Equal(r.seed(), first) && bytes.Equal(r.seed(), second)
		}},
		AnyKeyAccepted:    keyed(func(key []byte) { key[0]++ }),
		KeyComparedInPart: keyed(func(key []byte) { key[15]++ }),
		SeedUsedAgain: {shows: func(r *rig) bool {
			seed := r.seed()
			r.agrees(wrong...)
			return r.agrees(append([]byte{0x27, 0x02}, r.keyFor(seed)...)...)
		}},
		NoLockOut:         third,
		OneAttemptTooMany: third,
		LockOutTooShort: {shows: func(r *rig) bool {
			lockedOut(r)
			time.Sleep(6 * time.Second)
			r.expect([]byte{0x50}, 0x10, 0x03)
			return r.agrees(0x27, 0x01)
		}},
		LockOutLostOverReset: {shows: func(r *rig) bool {
			lockedOut(r)
			r.powerCycle()
			r.expect([]byte{0x50}, 0x10, 0x03)
			return r.agrees(0x27, 0x01)
		}},
		UnlockedOverSession: {shows: func(r *rig) bool {
			r.mayProgram()
			r.expect([]byte{0x50}, 0x10, 0x03)
			return bytes.Equal(r.seed(), make([]byte, 16))
		}},
		ProgrammingWithoutSecurity: {shows: func(r *rig) bool {
			r.expect([]byte{0x50}, 0x10, 0x02)
			return r.agrees(eraseIt...)
		}},
		VINWithoutSecurity: {shows: func(r *rig) bool {
			return r.agrees(append([]byte{0x2E, 0xF1, 0x90}, r.did(didVIN)...)...)
		}},
		RXSWINWritable: {shows: func(r *rig) bool {
			r.mayProgram()
			return r.agrees(0x2E, 0xF1, 0xEF, 'R')
		}},
	}
}

func sessionEffects() map[Fault]effect {
	sessionAfter := func(d time.Duration, want byte) effect {
		return effect{shows: func(r *rig) bool {
			time.Sleep(d)
			return r.did(didSession) == string(want)
		}}
	}
	return map[Fault]effect{
		SessionNeverEnds: sessionAfter(6*time.Second, extendedSession),
		SessionEndsEarly: sessionAfter(4*time.Second, 0x01),
		TesterPresentNotHeard: {shows: func(r *rig) bool {
			time.Sleep(4 * time.Second)
			if err := r.all.Send(r.t.Context(), []byte{0x3E, 0x80}); err != nil {
				r.t.Fatal(err)
			}
			time.Sleep(4 * time.Second)
			return r.did(didSession) == "\x01"
		}},
		CommunicationLeftOff: {
			config: func(c *Config) { c.Status.ID = 0x3A0 },
			shows: func(r *rig) bool {
				if !r.hears(0x3A0) {
					r.t.Error("there is no status to begin with")
				}
				r.expect([]byte{0x68}, 0x28, 0x03, 0x01)
				r.expect([]byte{0x50}, 0x10, 0x01)
				return !r.hears(0x3A0)
			},
		},
		ResetNotDone: {shows: func(r *rig) bool {
			r.expect([]byte{0x51}, 0x11, 0x01)
			time.Sleep(time.Second)
			return r.did(didResetReason) == "power-on"
		}},
		ResetWithoutResponse: {shows: func(r *rig) bool {
			_, err := r.ask(0x11, 0x01)
			return err != nil
		}},
		SlowTrialBoot: {shows: func(r *rig) bool {
			if err := r.install(good()); err != nil {
				r.t.Fatal(err)
			}
			time.Sleep(time.Second)
			return isSilent(r)
		}},
	}
}

func transferEffects() map[Fault]effect {
	// begun is an effect on a download of 200 bytes.
	begun := func(shows func(r *rig) bool) effect {
		return effect{shows: func(r *rig) bool {
			r.mayProgram()
			r.expect([]byte{0x71}, eraseIt...)
			r.expect([]byte{0x74}, append([]byte{0x34, 0x00}, region...)...)
			return shows(r)
		}}
	}
	block := func(counter byte, n int) []byte { return append([]byte{0x36, counter}, make([]byte, n)...) }
	return map[Fault]effect{
		TransferSurvivesSession: begun(func(r *rig) bool {
			r.mayProgram()
			return !r.agrees(append([]byte{0x34, 0x00}, region...)...)
		}),
		AnyBlockCounter: begun(func(r *rig) bool {
			return r.agrees(block(1, 10)...) && r.agrees(block(3, 10)...)
		}),
		RepeatedBlockWritten: begun(func(r *rig) bool {
			r.expect([]byte{0x76}, block(1, 64)...)
			before := r.ecu.Flash().Ops()
			r.expect([]byte{0x76}, block(1, 64)...)
			return r.ecu.Flash().Ops() != before
		}),
		RepeatedBlockRefused: begun(func(r *rig) bool {
			return r.agrees(block(1, 64)...) && !r.agrees(block(1, 64)...)
		}),
		ShortTransferAccepted: begun(func(r *rig) bool {
			return r.agrees(block(1, 100)...) && r.agrees(0x37)
		}),
		LongTransferAccepted: begun(func(r *rig) bool {
			return r.agrees(block(1, 150)...) && r.agrees(block(2, 100)...)
		}),
	}
}

func communicationEffects() map[Fault]effect {
	return map[Fault]effect{
		SuppressionIgnored: {shows: func(r *rig) bool { return r.agrees(0x3E, 0x80) }},
		LengthNotChecked:   {shows: func(r *rig) bool { return r.agrees(0x3E, 0x00, 0x00) }},
		GeneralReject:      {shows: func(r *rig) bool { return r.request(0xBA)[2] == 0x10 }},
		PendingForEver: {shows: func(r *rig) bool {
			if err := r.transfer(good()); err != nil {
				r.t.Fatal(err)
			}
			_, err := r.verdictOf()
			return err != nil
		}},
		NoResponsePending: {shows: func(r *rig) bool { return r.pendings(0x31, 0x01, 0x02, 0x13) == 0 }},
		FunctionalRefusals: {shows: func(r *rig) bool {
			r.conn.Drain()
			if err := r.all.Send(r.t.Context(), []byte{0xBA, 0x00}); err != nil {
				r.t.Fatal(err)
			}
			_, err := r.final(r.t.Context())
			return err == nil
		}},
	}
}

func isSilent(r *rig) bool {
	_, err := r.ask(0x3E, 0x00)
	return err != nil
}

// mayProgram enters the programming session and unlocks.
func (r *rig) mayProgram() {
	r.t.Helper()
	if err := r.program(); err != nil {
		r.t.Fatal(err)
	}
}

// toTrial installs a release that behaves so, and lets it boot.
func (r *rig) toTrial(b Behaviour) {
	r.t.Helper()
	if err := r.install(release("2.0.0", 2, b)); err != nil {
		r.t.Fatalf("%v\n%s", err, r.console)
	}
	r.awaitBoot()
}

// verdictAfter transfers a package and has it verified.
func (r *rig) verdictAfter(p *firmware.Package) verdict {
	r.t.Helper()
	if err := r.transfer(p); err != nil {
		r.t.Fatal(err)
	}
	v, err := r.verdictOf()
	if err != nil {
		r.t.Fatal(err)
	}
	return v
}

// agrees says whether a request is answered, and positively.
func (r *rig) agrees(request ...byte) bool { return r.positive(request...) == nil }

// allowed asks whether all preconditions for programming are met.
func (r *rig) allowed() bool { return r.request(0x31, 0x01, 0x02, 0x03)[4] == 0 }

// request returns the response, with zeros behind it.
func (r *rig) request(request ...byte) []byte {
	r.t.Helper()
	got, err := r.ask(request...)
	if err != nil {
		r.t.Fatalf("% X: %v", request, err)
	}
	return append(got, make([]byte, 5)...)
}

func (r *rig) seed() []byte {
	r.t.Helper()
	return r.expect([]byte{0x67, 0x01}, 0x27, 0x01)[2:]
}

func (r *rig) keyFor(seed []byte) []byte {
	cfg := r.ecu.Config()
	return keys{cfg.Security, cfg.Secret}.key(seed)
}

// battery tells the ECU of the state of charge.
func (r *rig) battery(percent byte, charger bool) {
	r.t.Helper()
	if err := r.node.Send(r.t.Context(), can.New(0x3E0, 2*percent, 0x10|flag(charger))); err != nil {
		r.t.Fatal(err)
	}
}

// hears says whether a message comes within a second.
func (r *rig) hears(id uint32) bool {
	heard := make(chan struct{}, 1)
	stop := r.node.Tap(func(m can.Received) {
		if m.ID == id {
			select {
			case heard <- struct{}{}:
			default:
			}
		}
	})
	defer stop()
	select {
	case <-heard:
		return true
	case <-time.After(time.Second):
		return false
	}
}

// pendings counts the responses that ask for patience, up to the final one.
func (r *rig) pendings(request ...byte) (n int) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	if err := r.conn.Send(ctx, request); err != nil {
		r.t.Fatal(err)
	}
	for {
		m, err := r.conn.Receive(ctx, 0)
		if err != nil {
			r.t.Fatal(err)
		}
		if !slices.Equal(m.Data, []byte{0x7F, request[0], 0x78}) {
			return n
		}
		n++
	}
}

// isDead looks for life after a power cycle.
func (r *rig) isDead() bool {
	time.Sleep(time.Second)
	r.outlet.set(0)
	time.Sleep(time.Second)
	r.outlet.set(nominal)
	time.Sleep(time.Second)
	return isSilent(r)
}

// TestFaultsWithoutSecurity makes ECUs that have no security access, with every fault.
func TestFaultsWithoutSecurity(t *testing.T) {
	for _, f := range Faults() {
		cfg := small()
		cfg.Security.Algorithm = algorithmNone
		cfg.Faults = []Fault{f}
		withRig(t, cfg, func(t *testing.T, r *rig) { r.expect([]byte{0x50}, 0x10, 0x03) })
	}
}

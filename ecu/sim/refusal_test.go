package sim

import (
	"bytes"
	"crypto/ed25519"
	"testing"
	"time"

	"otabench/ecu/firmware"
	"otabench/ecu/uds"
)

// TestRefusals walks through the answers in each state of the server.
func TestRefusals(t *testing.T) {
	slotA := rangeOf(0x00100000, 0x400)
	update := rangeOf(0x00A00000, 0x400)
	erase := func(r []byte) []byte { return append([]byte{0x31, 0x01, 0xFF, 0x00}, r...) }
	download := func(r []byte) []byte { return append([]byte{0x34, 0x00}, r...) }
	steps := []struct {
		name     string
		unlock   bool
		session  byte // entered before, 0 to stay
		req      []byte
		want     uds.NRC
		positive bool
	}{
		{name: "unknown service", req: []byte{0xBA, 0x01}, want: uds.ServiceNotSupported},
		{name: "upload", req: append([]byte{0x35, 0x00}, update...), want: uds.ServiceNotSupported},
		{name: "no sub-function", req: []byte{0x10}, want: uds.IncorrectMessageLengthOrInvalidFormat},
		{name: "unknown sub-function", req: []byte{0x10, 0x55}, want: uds.SubFunctionNotSupported},
		{name: "programming from the default session", req: []byte{0x10, 0x02}, want: uds.SubFunctionNotSupportedInActiveSession},
		{name: "session with more bytes", req: []byte{0x10, 0x03, 0x00}, want: uds.IncorrectMessageLengthOrInvalidFormat},
		{name: "reset with more bytes", req: []byte{0x11, 0x01, 0x00}, want: uds.IncorrectMessageLengthOrInvalidFormat},
		{name: "tester present with more bytes", req: []byte{0x3E, 0x00, 0x00}, want: uds.IncorrectMessageLengthOrInvalidFormat},
		{name: "unlock in the default session", req: []byte{0x27, 0x01}, want: uds.ServiceNotSupportedInActiveSession},
		{name: "write in the default session", req: []byte{0x2E, 0xF1, 0x90, 0x00}, want: uds.ServiceNotSupportedInActiveSession},
		{name: "routine in the default session", req: []byte{0x31, 0x01, 0x02, 0x03}, want: uds.ServiceNotSupportedInActiveSession},
		{name: "download in the default session", req: download(update), want: uds.ServiceNotSupportedInActiveSession},
		{name: "half an identifier", req: []byte{0x22, 0xF1, 0x90, 0xF1}, want: uds.IncorrectMessageLengthOrInvalidFormat},
		{name: "unknown identifier", req: []byte{0x22, 0x12, 0x34}, want: uds.RequestOutOfRange},
		{name: "too many identifiers", req: append([]byte{0x22}, bytes.Repeat([]byte{0xF1, 0x90}, 17)...), want: uds.IncorrectMessageLengthOrInvalidFormat},
		{name: "clear one group", req: []byte{0x14, 0x00, 0x00, 0x00}, want: uds.RequestOutOfRange},
		{name: "clear with more bytes", req: []byte{0x14, 0xFF, 0xFF, 0xFF, 0x00, 0x00}, want: uds.IncorrectMessageLengthOrInvalidFormat},
		{name: "read codes without a mask", req: []byte{0x19, 0x02}, want: uds.IncorrectMessageLengthOrInvalidFormat},
		{name: "supported codes with a mask", req: []byte{0x19, 0x0A, 0xFF}, want: uds.IncorrectMessageLengthOrInvalidFormat},

		{name: "erase in the extended session", session: 0x03, req: erase(update), want: uds.RequestOutOfRange},
		{name: "unknown routine", req: []byte{0x31, 0x01, 0x12, 0x34}, want: uds.RequestOutOfRange},
		{name: "stop a routine", req: []byte{0x31, 0x02, 0x02, 0x03}, want: uds.SubFunctionNotSupported},
		{name: "result of a routine that did not run", req: []byte{0x31, 0x03, 0x02, 0x03}, want: uds.RequestSequenceError},
		{name: "preconditions with options", req: []byte{0x31, 0x01, 0x02, 0x03, 0x00}, want: uds.IncorrectMessageLengthOrInvalidFormat},
		{name: "preconditions", req: []byte{0x31, 0x01, 0x02, 0x03}, positive: true},
		{name: "result of the preconditions", req: []byte{0x31, 0x03, 0x02, 0x03}, positive: true},
		{name: "result with options", req: []byte{0x31, 0x03, 0x02, 0x03, 0x00}, want: uds.IncorrectMessageLengthOrInvalidFormat},
		{name: "VIN while locked", req: append([]byte{0x2E, 0xF1, 0x90}, make([]byte, 17)...), want: uds.SecurityAccessDenied},
		{name: "VIN too short while locked", req: []byte{0x2E, 0xF1, 0x90, 0x00}, want: uds.SecurityAccessDenied},
		{name: "RXSWIN", req: []byte{0x2E, 0xF1, 0xEF, 0x00}, want: uds.RequestOutOfRange},
		{name: "version", req: []byte{0x2E, 0xF1, 0x89, 0x00}, want: uds.RequestOutOfRange},
		{name: "confirm what is no trial", req: []byte{0x31, 0x01, 0x02, 0x11}, want: uds.ConditionsNotCorrect},
		{name: "roll back what is no trial", req: []byte{0x31, 0x01, 0x02, 0x12}, want: uds.ConditionsNotCorrect},
		{name: "key without a seed", req: append([]byte{0x27, 0x02}, make([]byte, 16)...), want: uds.RequestSequenceError},
		{name: "seed with a record", req: []byte{0x27, 0x01, 0x00}, want: uds.IncorrectMessageLengthOrInvalidFormat},
		{name: "another level", req: []byte{0x27, 0x03}, want: uds.SubFunctionNotSupported},
		{name: "communication without a type", req: []byte{0x28, 0x03}, want: uds.IncorrectMessageLengthOrInvalidFormat},
		{name: "communication of no type", req: []byte{0x28, 0x03, 0x00}, want: uds.RequestOutOfRange},
		{name: "communication off", req: []byte{0x28, 0x03, 0x01}, positive: true},
		{name: "trouble codes off", req: []byte{0x85, 0x02}, positive: true},

		{name: "erase while locked", session: 0x02, req: erase(update), want: uds.SecurityAccessDenied},
		{name: "verify while locked", req: []byte{0x31, 0x01, 0x02, 0x02}, want: uds.SecurityAccessDenied},
		{name: "download while locked", req: download(update), want: uds.SecurityAccessDenied},
		{name: "trouble codes in the programming session", req: []byte{0x19, 0x02, 0xFF}, want: uds.ServiceNotSupportedInActiveSession},
		{name: "VIN too short", unlock: true, session: 0x03, req: []byte{0x2E, 0xF1, 0x90, 0x00}, want: uds.IncorrectMessageLengthOrInvalidFormat},
		{name: "VIN in the programming session", session: 0x02, unlock: true, req: append([]byte{0x2E, 0xF1, 0x90}, make([]byte, 17)...), want: uds.RequestOutOfRange},
		{name: "erase the active slot", req: erase(slotA), want: uds.ConditionsNotCorrect},
		{name: "download to the active slot", req: download(slotA), want: uds.UploadDownloadNotAccepted},
		{name: "erase nowhere", req: erase(rangeOf(0x00300000, 0x400)), want: uds.RequestOutOfRange},
		{name: "erase nothing", req: erase(rangeOf(0x00A00000, 0)), want: uds.RequestOutOfRange},
		{name: "erase from within a sector", req: erase(rangeOf(0x00A00010, 0x10)), want: uds.RequestOutOfRange},
		{name: "erase more than there is", req: erase(rangeOf(0x00A00800, 0x1001)), want: uds.RequestOutOfRange},
		{name: "erase without a size", req: erase([]byte{0x04, 0, 0xA0, 0, 0}), want: uds.RequestOutOfRange},
		{name: "erase with half an address", req: erase([]byte{0x44, 0, 0xA0}), want: uds.IncorrectMessageLengthOrInvalidFormat},
		{name: "erase without a range", req: []byte{0x31, 0x01, 0xFF, 0x00}, want: uds.IncorrectMessageLengthOrInvalidFormat},
		{name: "block without a download", req: []byte{0x36, 0x01, 0x00}, want: uds.RequestSequenceError},
		{name: "exit without a download", req: []byte{0x37}, want: uds.RequestSequenceError},
		{name: "activate nothing", req: []byte{0x31, 0x01, 0x02, 0x10}, want: uds.ConditionsNotCorrect},
		{name: "erase", req: erase(update), positive: true},
		{name: "compressed download", req: append([]byte{0x34, 0x10}, update...), want: uds.RequestOutOfRange},
		{name: "download from within a page", req: download(rangeOf(0x00A00001, 0x10)), want: uds.RequestOutOfRange},
		{name: "download", req: download(rangeOf(0x00A00000, 100)), positive: true},
		{name: "second download", req: download(update), want: uds.ConditionsNotCorrect},
		{name: "erase in a download", req: erase(update), want: uds.RequestSequenceError},
		{name: "verify in a download", req: []byte{0x31, 0x01, 0x02, 0x02}, want: uds.RequestSequenceError},
		{name: "block 0 first", req: []byte{0x36, 0x00, 0x00}, want: uds.WrongBlockSequenceCounter},
		{name: "block 2 first", req: []byte{0x36, 0x02, 0x00}, want: uds.WrongBlockSequenceCounter},
		{name: "block without data", req: []byte{0x36, 0x01}, want: uds.IncorrectMessageLengthOrInvalidFormat},
		{name: "block that is too long", req: append([]byte{0x36, 0x01}, make([]byte, 199)...), want: uds.IncorrectMessageLengthOrInvalidFormat},
		{name: "exit with a record", req: []byte{0x37, 0x00}, want: uds.IncorrectMessageLengthOrInvalidFormat},
		{name: "exit too early", req: []byte{0x37}, want: uds.RequestSequenceError},
		{name: "block 1", req: append([]byte{0x36, 0x01}, make([]byte, 100)...), positive: true},
		{name: "block 1 again", req: append([]byte{0x36, 0x01}, make([]byte, 100)...), positive: true},
		{name: "exit", req: []byte{0x37}, positive: true},
		{name: "erase again", req: erase(update), positive: true},
		{name: "download again", req: download(rangeOf(0x00A00000, 100)), positive: true},
		{name: "block that is too long for the download", req: append([]byte{0x36, 0x01}, make([]byte, 101)...), want: uds.TransferDataSuspended},
		{name: "block after that", req: []byte{0x36, 0x01, 0x00}, want: uds.RequestSequenceError},
		{name: "download after that", req: download(rangeOf(0x00A00000, 100)), positive: true},
		{name: "whole block", req: append([]byte{0x36, 0x01}, make([]byte, 100)...), positive: true},
		{name: "whole exit", req: []byte{0x37}, positive: true},
		{name: "download without an erase", req: download(rangeOf(0x00A00000, 100)), want: uds.UploadDownloadNotAccepted},
	}
	withRig(t, small(), func(t *testing.T, r *rig) {
		for _, s := range steps {
			if s.session != 0 {
				r.expect([]byte{0x50}, 0x10, s.session)
			}
			if s.unlock {
				if err := r.unlock(); err != nil {
					t.Fatalf("%s: %v", s.name, err)
				}
			}
			got, err := r.ask(s.req...)
			want := negative(s.req[0], s.want)
			if s.positive {
				want = []byte{s.req[0] + positiveOffset}
			}
			if err != nil || !bytes.HasPrefix(got, want) {
				t.Errorf("%s: % X answered with % X, %v; want % X", s.name, s.req[:min(8, len(s.req))], got, err, want)
			}
		}
		if got := r.did(didVersion); got != "1.0.0" {
			t.Errorf("after all this version %q runs", got)
		}
	})
}

// TestVerdicts sends packages that must not be installed.
func TestVerdicts(t *testing.T) {
	manifest := firmware.Manifest{ECU: "bcm", Hardware: "HW-1", Version: "2.0.0", Counter: 2}
	app := Application{Version: "2.0.0"}
	other := func(change func(*firmware.Manifest)) *firmware.Package {
		m := manifest
		change(&m)
		return signed(m, app)
	}
	damaged := func(change func(*firmware.Package)) *firmware.Package {
		p := signed(manifest, app)
		change(p)
		return p
	}
	forged, err := firmware.Build(manifest, app.Image(3000), ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		p    *firmware.Package
		want verdict
	}{
		"sound":                {signed(manifest, app), pass},
		"another key":          {forged, badSignature},
		"manifest changed":     {damaged(func(p *firmware.Package) { p.Raw[len(p.Raw)/2] ^= 1 }), badSignature},
		"image changed":        {damaged(func(p *firmware.Package) { p.Image[1500] ^= 1 }), badDigest},
		"image cut short":      {damaged(func(p *firmware.Package) { p.Image = p.Image[:1500] }), incomplete},
		"hardware":             {other(func(m *firmware.Manifest) { m.Hardware = "HW-2" }), wrongHardware},
		"ECU":                  {other(func(m *firmware.Manifest) { m.ECU = "tcu" }), wrongECU},
		"downgrade":            {other(func(m *firmware.Manifest) { m.Counter = 0 }), counterTooLow},
		"no header at all":     {damaged(func(p *firmware.Package) { p.Raw, p.Signature = nil, nil }), badSignature},
		"signed, no manifest":  {damaged(func(p *firmware.Package) { p.Raw = []byte("{}"); p.Signature = ed25519.Sign(testKey, p.Raw) }), incomplete},
		"signed, but too long": {damaged(tooLong), incomplete},
	} {
		t.Run(name, func(t *testing.T) {
			withRig(t, small(), func(t *testing.T, r *rig) {
				if err := r.transfer(c.p); err != nil {
					t.Fatal(err)
				}
				got, err := r.verdictOf()
				if err != nil || got != c.want {
					t.Fatalf("verdict %v, %v, want %v", got, err, c.want)
				}
				if c.want == pass {
					return
				}
				r.refused(uds.ConditionsNotCorrect, 0x31, 0x01, 0x02, 0x10)
				r.powerCycle()
				if got := r.did(didVersion) + r.did(didBootState); got != "1.0.0confirmed" {
					t.Fatalf("then %s runs", got)
				}
			})
		})
	}
}

// tooLong makes a manifest that speaks of more than a slot holds.
func tooLong(p *firmware.Package) {
	p.Raw = bytes.Replace(p.Raw, []byte(`"size":3000`), []byte(`"size":9000`), 1)
	p.Signature = ed25519.Sign(testKey, p.Raw)
}

func TestBlockCounterWraps(t *testing.T) {
	cfg := small()
	cfg.MaxBlock = 12 // 10 bytes a block
	withRig(t, cfg, func(t *testing.T, r *rig) {
		r.update(release("2.0.0", 2, Normal)) // 300 blocks
		if got := r.did(didVersion); got != "2.0.0" {
			t.Fatalf("version %q", got)
		}
	})
}

// TestRepeatedBlock resends each block, as a tester does that lost the response.
func TestRepeatedBlock(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		if err := r.program(); err != nil {
			t.Fatal(err)
		}
		data := release("2.0.0", 2, Normal).Image[:300]
		request := append([]byte{0x31, 0x01, 0xFF, 0x00}, rangeOf(0x00A00800, 300)...)
		r.expect([]byte{0x71}, request...)
		r.expect([]byte{0x74, 0x20, 0x00, 200}, append([]byte{0x34, 0x00}, rangeOf(0x00A00800, 300)...)...)
		for i := range 3 {
			block := append([]byte{0x36, byte(i + 1)}, data[i*100:i*100+100]...)
			before := r.ecu.Flash().Ops()
			r.expect([]byte{0x76, byte(i + 1)}, block...)
			wrote := r.ecu.Flash().Ops()
			r.expect([]byte{0x76, byte(i + 1)}, block...)
			if again := r.ecu.Flash().Ops(); wrote == before || again != wrote {
				t.Errorf("block %d took %d operations and its repetition %d", i+1, wrote-before, again-wrote)
			}
		}
		r.expect([]byte{0x77}, 0x37)
		f := r.ecu.Config().Flash
		if got, err := r.ecu.Flash().Read(f.imageAddr(slotB), 300); err != nil || !bytes.Equal(got, data) {
			t.Error("the flash does not hold what was sent", err)
		}
	})
}

// TestActivationIsWithdrawnByErase erases what was activated, before any boot.
func TestActivationIsWithdrawnByErase(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		if err := r.transfer(release("2.0.0", 2, Normal)); err != nil {
			t.Fatal(err)
		}
		r.expect([]byte{0x71, 0x01, 0x02, 0x10, 0x00}, 0x31, 0x01, 0x02, 0x10)
		if got := r.did(didBootState); got != "confirmed" {
			t.Errorf("activated and not tried: %s", got)
		}
		r.expect([]byte{0x71}, append([]byte{0x31, 0x01, 0xFF, 0x00}, rangeOf(0x00A00000, 10)...)...)
		r.powerCycle()
		if got := r.did(didVersion) + r.did(didBootState); got != "1.0.0confirmed" {
			t.Errorf("then %s", got)
		}
	})
}

// TestFallbackSlotIsProtectedInTrial keeps a tester from erasing what a trial falls back to.
func TestFallbackSlotIsProtectedInTrial(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		if err := r.install(release("2.0.0", 2, Normal)); err != nil {
			t.Fatal(err)
		}
		r.awaitBoot()
		if err := r.program(); err != nil {
			t.Fatal(err)
		}
		for _, base := range []uint32{0x00A00000, 0x00100000, 0x00200000} {
			r.refused(uds.ConditionsNotCorrect, append([]byte{0x31, 0x01, 0xFF, 0x00}, rangeOf(base, 10)...)...)
		}
		r.expect([]byte{0x71}, 0x31, 0x01, 0x02, 0x12) // roll back
		r.expect([]byte{0x51}, 0x11, 0x03)
		r.awaitBoot()
		if got := r.did(didVersion) + r.did(didBootState) + r.did(didResetReason); got != "1.0.0revertedsoft reset" {
			t.Errorf("then %s", got)
		}
	})
}

func TestUnhealthyTrialIsNotConfirmed(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		if err := r.install(release("2.0.0", 2, Unhealthy)); err != nil {
			t.Fatal(err)
		}
		r.awaitBoot()
		r.expect([]byte{0x50}, 0x10, 0x03)
		r.refused(uds.ConditionsNotCorrect, 0x31, 0x01, 0x02, 0x11)
		time.Sleep(10 * time.Second)
		r.awaitBoot()
		if got := r.did(didVersion) + r.did(didBootState); got != "1.0.0reverted" {
			t.Errorf("then %s", got)
		}
	})
}

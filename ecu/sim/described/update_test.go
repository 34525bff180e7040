package described_test

import (
	"errors"
	"testing"
	"time"

	"otabench/ecu"
	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/flash"
	"otabench/ecu/image"
	"otabench/ecu/sim/described"
)

func TestTrialAndConfirmation(t *testing.T) {
	with(t, slottedConfig(t), func(t *testing.T, r *rig) {
		r.reads("software_version", "1.0")
		if err := r.Install(t.Context(), release(t, "2.0", 2)); err != nil {
			t.Fatal(err)
		}
		id, err := r.Identify(t.Context())
		want := ecu.Identity{Name: "BCM", Hardware: "HW-1", Software: "2.0", RXSWIN: "R156 1.0", BootState: "trial", Counter: 1}
		if err != nil || id != want {
			t.Errorf("on trial it is %+v, %v; want %+v", id, err, want)
		}
		if err := r.Confirm(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.cycle()
		id, err = r.Identify(t.Context())
		want.RXSWIN, want.BootState, want.Counter = "R156 2.0", "confirmed", 2
		if err != nil || id != want {
			t.Errorf("confirmed it is %+v, %v; want %+v", id, err, want)
		}
		r.says("31 01 02 11", "serviceNotSupportedInActiveSession")
	})
}

// A trial ends with a reset, with its time, with the power, or when the tester says so.
func TestTrialWithoutConfirmation(t *testing.T) {
	ends := map[string]func(t *testing.T, r *rig){
		"reset": func(t *testing.T, r *rig) {
			r.says("11 01", "5101")
			if err := r.AwaitBoot(t.Context()); err != nil {
				t.Error(err)
			}
		},
		"time":  func(*testing.T, *rig) { time.Sleep(3100 * time.Millisecond) },
		"power": func(_ *testing.T, r *rig) { r.cycle() },
		"rollback": func(t *testing.T, r *rig) {
			if err := r.Rollback(t.Context()); err != nil {
				t.Error(err)
			}
		},
		"rollback before a confirmation": func(t *testing.T, r *rig) {
			if err := r.Programmer().Rollback(t.Context()); err != nil {
				t.Error(err)
			}
			if err := r.Confirm(t.Context()); !errors.Is(err, ecu.ErrRejected) {
				t.Errorf("Confirm = %v, want it refused", err)
			}
			r.cycle()
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			with(t, slottedConfig(t), func(t *testing.T, r *rig) {
				if err := r.Install(t.Context(), release(t, "2.0", 2)); err != nil {
					t.Fatal(err)
				}
				end(t, r)
				r.reads("software_version", "1.0")
				r.reads("boot_state", "reverted")
				r.updates(release(t, "3.0", 3))
				r.reads("boot_state", "confirmed")
			})
		})
	}
}

func TestManifestIsJudged(t *testing.T) {
	broken := release(t, "2.0", 2)
	broken.Image[3] ^= 1
	forged := release(t, "2.0", 2)
	forged.Signature[0] ^= 1
	bad := map[string]*firmware.Package{
		"hardware": signed(t, firmware.Manifest{ECU: "BCM", Hardware: "HW-2", Version: "2.0", Counter: 2}),
		"system":   signed(t, firmware.Manifest{ECU: "GW", Hardware: "HW-1", Version: "2.0", Counter: 2}),
		"counter":  release(t, "0.9", 0),
		"image":    broken, "signature": forged,
	}
	for name, p := range bad {
		t.Run(name, func(t *testing.T) {
			with(t, slottedConfig(t), func(t *testing.T, r *rig) {
				err := r.program(t.Context(), p, flash.Options{Force: true})
				var rejected *flash.Rejected
				if !errors.As(err, &rejected) || rejected.Meaning != "wrong software" {
					t.Errorf("the package is answered with %v", err)
				}
				r.cycle()
				r.reads("software_version", "1.0")
				r.updates(release(t, "2.0", 2))
			})
		})
	}
	t.Run("nobody to trust", func(t *testing.T) {
		cfg := slottedConfig(t)
		cfg.Trust = nil
		with(t, cfg, func(t *testing.T, r *rig) { r.updates(forged) })
	})
}

func TestInPlace(t *testing.T) {
	with(t, inPlaceConfig(t), func(t *testing.T, r *rig) {
		r.reads("software_version", "1.0")
		r.updates(files(t, "2.0", "sounds"))
		r.reads("software_version", "2.0")
		r.reads("workshop", "AA322E30")
		r.updates(files(t, "3.0"))
		r.cycle()
		r.reads("software_version", "3.0")
		r.reads("kept", "0")
		r.says("10 03", "5003")
		r.says("23 14 00 00 80 10 03", "63332E30")
	})
}

func TestWrongCRC(t *testing.T) {
	with(t, inPlaceConfig(t), func(t *testing.T, r *rig) {
		programming(t, r)
		r.says("31 01 FF 00 80 00 00 10 00", "7101FF007F")
		r.says("31 03 FF 00", "7103FF0000")
		r.says("34 00 32 80 00 00 00 04", "742000")
		r.says("36 01 01 02 03 04", "7601")
		r.says("37", "77")
		r.says("31 01 02 04 02 00 00 00 00", "7101020420")
		r.says("31 01 FF 01", "7101FF0100") // all is there, and part of it is not good
		r.cycle()
		r.says("22 F1 95", "conditionsNotCorrect") // only the bootloader runs
		r.updates(files(t, "2.0"))
	})
}

// programming enters the programming session and unlocks it.
func programming(t *testing.T, r *rig) {
	t.Helper()
	r.says("10 60", "5060")
	if err := r.Programmer().Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// What is sent in the wrong order is refused, as the standard has it.
func TestOrder(t *testing.T) {
	with(t, inPlaceConfig(t), func(t *testing.T, r *rig) {
		const download = "34 00 32 80 00 00 00 04"
		r.says(download, "serviceNotSupportedInActiveSession")
		r.says("10 60", "5060")
		r.says(download, "securityAccessDenied")
		r.says("31 01 FF 00 80 00 00 10 00", "securityAccessDenied")
		r.says("2E F1 98 00", "securityAccessDenied")
		r.says("27 03", "requestOutOfRange") // without the record
		programming(t, r)
		r.says(download, "uploadDownloadNotAccepted") // nothing was erased
		r.says("31 01 FF 00 70 00 00 10 00", "requestOutOfRange")
		r.says("31 01 FF 00 80 00 00 10", "requestOutOfRange")
		r.says("31 01 FF 00 80 00 00 10 00", "7101FF007F")
		r.says("31 01 FF 01", "7101FF0101")                            // nothing is there yet
		r.says("34 10 32 90 10 00 00 04", "uploadDownloadNotAccepted") // that of another block
		r.says("34 11 32 80 00 00 00 04", "74")
		r.says("36 01 00", "7601")
		r.says("37", "77")
		r.says("34 00 32 80 00 00 10 01", "requestOutOfRange") // more than the block has
		r.says("34 00 32 90 00 00 00 04", "requestOutOfRange") // another format than the block's
		r.says("31 01 12 34", "requestOutOfRange")
	})
}

// Data that does not unpack to what was said is refused at the end of its transfer, and has to be erased.
func TestCompression(t *testing.T) {
	with(t, inPlaceConfig(t), func(t *testing.T, r *rig) {
		programming(t, r)
		r.says("31 01 FF 00 90 00 00 04 00", "7101FF007F")
		r.says("34 10 32 90 00 00 00 04", "74")
		r.says("36 01 FF 41 42", "7601")
		r.says("37", "generalProgrammingFailure")
		r.says("34 10 32 90 00 00 00 04", "uploadDownloadNotAccepted")
		r.says("31 01 FF 00 90 00 00 04 00", "7101FF007F")
		r.says("34 10 32 90 00 00 00 04", "74")
		r.says("36 01 0F 41 42 43 44", "7601")
		r.says("37", "77")
		r.says("31 01 02 04 03 DB 17 20 A5", "7101020410") // the CRC of ABCD
	})
}

// A loader goes to RAM, where nothing is erased, and is gone after a reset. Its place and that of the software are in
// their files.
func TestLoader(t *testing.T) {
	d := inPlace()
	d.Programming.Blocks = []description.Block{
		{Name: "loader", Source: "loader", Keep: true, Check: "check"},
		{Name: "application", Source: "software", Check: "check"},
		{Name: "sounds", Source: "sounds", Check: "check"},
	}
	d.Routines["check"] = description.Routine{ID: 0x0204, Options: "{sha256}", Pass: []description.Bytes{"10"}}
	d.Routines["start"] = description.Routine{ID: 0x0301, Options: "{address}", Pass: []description.Bytes{"any"}}
	d.Programming.Sequence = []description.Step{
		{Step: description.StepSession},
		{Step: description.StepUnlock},
		{Step: description.StepTransfer, Blocks: []string{"loader"}},
		{Step: description.StepRoutine, Routine: "start", Block: "loader"},
		{Step: description.StepErase},
		{Step: description.StepBlocks},
		{Step: description.StepDependencies},
	}
	pkg := func(version string) *firmware.Package {
		p := files(t, version, "sounds")
		p.Files["sounds"].Segments[0].Address = 0xB000
		loader, err := image.New(image.Segment{Address: 0x8000, Data: []byte("loader")}, image.Segment{Address: 0x20, Data: []byte("more")})
		if err != nil {
			t.Fatal(err)
		}
		p.Files["loader"] = loader
		return p
	}
	for name, factory := range map[string]*firmware.Package{"known": pkg("1.0"), "unknown": nil} {
		t.Run(name, func(t *testing.T) {
			cfg := described.Config{Description: d, Factory: factory, Values: map[string][]byte{"software_version": []byte("1.0")}}
			with(t, cfg, func(t *testing.T, r *rig) {
				r.reads("software_version", "1.0")
				r.updates(pkg("2.0"))
				r.updates(pkg("3.0"))
				r.reads("software_version", "3.0")
			})
		})
	}
}

// What an encryption makes of data is not known, so that its checksum is taken for right.
func TestEncryption(t *testing.T) {
	cfg := inPlaceConfig(t)
	b := &cfg.Description.Programming.Blocks[0]
	b.Compression, b.DataFormat = "", new(byte(0x01))
	b.Transform = []string{"sh", "-c", `cat >/dev/null; echo '{"data":"AQID"}'`}
	cfg.Description.Programming.Blocks[0].Fill = nil
	with(t, cfg, func(t *testing.T, r *rig) {
		programming(t, r)
		r.says("31 01 FF 00 90 00 00 04 00", "7101FF007F")
		r.says("34 01 32 90 04 00 00 03", "74")
		r.says("36 01 01 02 03", "7601")
		r.says("37", "77")
		r.says("31 01 02 04 03 00 00 00 00", "7101020410")
	})
}

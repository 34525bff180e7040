package sim

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/can"
	"otabench/ecu/sim/flashmem"
	"otabench/ecu/uds"
)

func TestBrownOut(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		lives := func(v physic.ElectricPotential, want bool) {
			t.Helper()
			r.outlet.set(v)
			time.Sleep(time.Second)
			if _, err := r.ask(0x3E, 0x00); (err == nil) != want {
				t.Errorf("at %s it answers with %v", v, err)
			}
		}
		lives(5600*physic.MilliVolt, true)
		lives(5400*physic.MilliVolt, false)
		lives(6400*physic.MilliVolt, false)
		lives(6600*physic.MilliVolt, true)
		lives(6*physic.Volt, true)
	})
}

func TestCurrent(t *testing.T) {
	cfg := small()
	var writing atomic.Int64
	o := newOutlet()
	cfg.OnFlashOp = func(int, flashmem.Op) {
		time.AfterFunc(time.Microsecond, func() { writing.Store(max(writing.Load(), int64(o.drawn()))) })
	}
	synctest.Test(t, func(t *testing.T) {
		o.set(0)
		r, stop := newRig(t, cfg, o)
		defer stop()
		check := func(when string, want physic.ElectricCurrent) {
			t.Helper()
			if got := o.drawn(); got != want {
				t.Errorf("%s: %s, want %s", when, got, want)
			}
		}
		time.Sleep(time.Second)
		check("off", 0)
		o.set(12 * physic.Volt)
		time.Sleep(time.Millisecond)
		check("booting", 300*physic.MilliAmpere)
		r.awaitBoot()
		check("running", 500*physic.MilliAmpere)
		r.update(release("2.0.0", 2, Normal))
		if got := physic.ElectricCurrent(writing.Load()); got != 700*physic.MilliAmpere {
			t.Errorf("writing: %s", got)
		}
		o.set(0)
		time.Sleep(time.Millisecond)
		check("off again", 0)
	})
}

// TestSilenceAfterPowerLoss cuts in the middle of a response and of the console's lines.
func TestSilenceAfterPowerLoss(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		lines := strings.Count(r.console.String(), "\n")
		if lines == 0 || strings.Count(r.console.String(), "\r\n") != lines || !strings.Contains(r.console.String(), "boot: slot A, confirmed") {
			t.Fatalf("the console says %q", r.console)
		}
		frames := 0
		defer r.node.Tap(func(f can.Received) {
			if f.ID == 0x7E8 {
				frames++
				r.outlet.set(0)
			}
		})()
		if got, err := r.ask(0x22, 0xF1, 0x90, 0xF1, 0x89, 0xF1, 0x97); err == nil {
			t.Errorf("a dead ECU answered % X", got)
		}
		time.Sleep(time.Minute)
		if frames != 1 || strings.Count(r.console.String(), "\n") != lines {
			t.Errorf("after power was lost there were %d frames and the console said\n%s", frames-1, r.console)
		}
	})
}

// TestNoFlowControlFromTheDead cuts when the first frame of a request is on the wire.
func TestNoFlowControlFromTheDead(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		frames := 0
		defer r.node.Tap(func(f can.Received) {
			switch f.ID {
			case 0x7E0:
				r.outlet.set(0)
			case 0x7E8:
				frames++
			}
		})()
		if _, err := r.ask(append([]byte{0x22}, make([]byte, 20)...)...); err == nil || frames != 0 {
			t.Errorf("a dead ECU sent %d frames, %v", frames, err)
		}
	})
}

// TestStatus watches the cyclic message while communication is controlled.
func TestStatus(t *testing.T) {
	cfg := small()
	cfg.Status.ID = 0x5A0
	withRig(t, cfg, func(t *testing.T, r *rig) {
		status := r.node.Subscribe(0, can.Exactly(0x5A0, false))
		defer status.Cancel()
		count := func(want int, mode byte) {
			t.Helper()
			for len(status.C()) > 0 {
				<-status.C()
			}
			time.Sleep(1050 * time.Millisecond)
			if n := len(status.C()); n < want || n > want+1 {
				t.Errorf("%d messages in a second, want %d", n, want)
			}
			for len(status.C()) > 0 {
				if f := <-status.C(); f.Data[1] != mode {
					t.Errorf("the message says %d, want %d", f.Data[1], mode)
				}
			}
		}
		count(10, 0)
		r.expect([]byte{0x50}, 0x10, 0x03)
		r.expect([]byte{0x68}, 0x28, 0x03, 0x01)
		count(0, 0)
		r.expect([]byte{0x50}, 0x10, 0x02)
		count(0, 1)
		r.expect([]byte{0x68}, 0x28, 0x00, 0x01)
		count(10, 1)
		r.expect([]byte{0x68}, 0x28, 0x01, 0x01)
		count(0, 1)
		r.expect([]byte{0x50}, 0x10, 0x01)
		count(10, 0)
	})
}

// TestTrialIsCheckedAtItsBoot damages what was activated before it boots.
func TestTrialIsCheckedAtItsBoot(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		if err := r.transfer(release("2.0.0", 2, Normal)); err != nil {
			t.Fatal(err)
		}
		r.expect([]byte{0x71}, 0x31, 0x01, 0x02, 0x10)
		if err := r.ecu.Flash().Preload(r.ecu.Config().Flash.imageAddr(slotB)+2000, make([]byte, 8)); err != nil {
			t.Fatal(err)
		}
		r.powerCycle()
		if got := r.did(didVersion) + r.did(didBootState); got != "1.0.0reverted" {
			t.Errorf("then %s\n%s", got, r.console)
		}
	})
}

func TestVoltageGates(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		r.expect([]byte{0x50}, 0x10, 0x03)
		for _, c := range []struct {
			v      physic.ElectricPotential
			status byte
			code   uds.NRC
		}{
			{10500 * physic.MilliVolt, 0, 0},
			{10400 * physic.MilliVolt, 1, uds.VoltageTooLow},
			{10600 * physic.MilliVolt, 1, uds.VoltageTooLow}, // hysteresis
			{10700 * physic.MilliVolt, 0, 0},
			{16 * physic.Volt, 0, 0},
			{16100 * physic.MilliVolt, 2, uds.VoltageTooHigh},
			{15900 * physic.MilliVolt, 2, uds.VoltageTooHigh},
			{15700 * physic.MilliVolt, 0, 0},
		} {
			r.outlet.set(c.v)
			r.expect([]byte{0x71, 0x01, 0x02, 0x03, c.status}, 0x31, 0x01, 0x02, 0x03)
			if c.code != 0 {
				r.refused(c.code, 0x10, 0x02)
			}
		}
	})
}

// TestVoltageDuringUpdate lets the voltage leave its gate in each phase.
func TestVoltageDuringUpdate(t *testing.T) {
	for v, want := range map[physic.ElectricPotential]uds.NRC{10 * physic.Volt: uds.VoltageTooLow, 17 * physic.Volt: uds.VoltageTooHigh} {
		withRig(t, small(), func(t *testing.T, r *rig) {
			if err := r.transfer(release("2.0.0", 2, Normal)); err != nil {
				t.Fatal(err)
			}
			erase := append([]byte{0x31, 0x01, 0xFF, 0x00}, rangeOf(0x00A00000, 10)...)
			download := append([]byte{0x34, 0x00}, rangeOf(0x00A00000, 10)...)
			r.outlet.set(v)
			r.refused(want, 0x31, 0x01, 0x02, 0x10)
			r.refused(want, erase...)
			r.refused(want, download...)
			r.outlet.set(13 * physic.Volt)
			r.expect([]byte{0x71}, erase...)
			r.expect([]byte{0x74}, download...)
			r.outlet.set(v)
			r.refused(want, 0x36, 0x01, 0x00)
			r.outlet.set(13 * physic.Volt)
			r.refused(uds.RequestSequenceError, 0x36, 0x01, 0x00) // the transfer is over
			r.expect([]byte{0x50}, 0x10, 0x03)
			dtc := dtcVoltageLow
			if want == uds.VoltageTooHigh {
				dtc = dtcVoltageHigh
			}
			r.expect([]byte{0x59, 0x02, 0x09, byte(dtc >> 16), byte(dtc >> 8), byte(dtc), 0x09}, 0x19, 0x02, 0xFF)
		})
	}
}

// TestUnderVoltageWhileErasing has the supply fall so low that the flash is not erased well.
func TestUnderVoltageWhileErasing(t *testing.T) {
	o := newOutlet()
	cfg := small()
	cfg.OnFlashOp = func(_ int, op flashmem.Op) {
		if op.Kind == flashmem.Erase && op.Size == 1<<10 && op.Addr >= 4<<10 {
			time.AfterFunc(op.Duration/3, func() { o.set(7 * physic.Volt) })
			time.AfterFunc(op.Duration/2, func() { o.set(13 * physic.Volt) })
		}
	}
	synctest.Test(t, func(t *testing.T) {
		r, stop := newRig(t, cfg, o)
		defer stop()
		r.awaitBoot()
		if err := r.ecu.Flash().Preload(r.ecu.Config().Flash.slotAddr(slotB), make([]byte, 1<<10)); err != nil {
			t.Fatal(err)
		}
		if err := r.program(); err != nil {
			t.Fatal(err)
		}
		r.refused(uds.GeneralProgrammingFailure, append([]byte{0x31, 0x01, 0xFF, 0x00}, rangeOf(0x00A00000, 10)...)...)
		r.refused(uds.UploadDownloadNotAccepted, append([]byte{0x34, 0x00}, rangeOf(0x00A00000, 1<<10)...)...)
		r.expect([]byte{0x50}, 0x10, 0x03)
		r.expect([]byte{0x59, 0x02, 0x09, 0xF0, 0x03, 0x16}, 0x19, 0x02, 0xFF)
	})
}

func TestChargeGate(t *testing.T) {
	cfg := small()
	cfg.Gates.MinCharge = nil // 30 %
	cfg.Gates.SpeedID = 0x3F0
	withRig(t, cfg, func(t *testing.T, r *rig) {
		r.expect([]byte{0x50}, 0x10, 0x03)
		alive := byte(0)
		state := func(id uint32, data ...byte) {
			t.Helper()
			if id == 0x3E0 {
				alive += 0x10
				data[1] |= alive
			}
			if err := r.node.Send(t.Context(), can.New(id, data...)); err != nil {
				t.Fatal(err)
			}
		}
		unmet := func(want ...byte) {
			t.Helper()
			got := r.expect([]byte{0x71, 0x01, 0x02, 0x03}, 0x31, 0x01, 0x02, 0x03)[4:]
			if !slices.Equal(got, want) {
				t.Errorf("unmet: % X, want % X", got, want)
			}
			if want[0] != 0 {
				r.refused(uds.ConditionsNotCorrect, 0x10, 0x02)
			}
		}
		unmet(3, 4) // nothing is known
		state(0x3F0, 0, 0)
		state(0x3E0, 59, 0)
		unmet(3)
		state(0x3E0, 60, 0)
		unmet(0)
		state(0x3E0, 20, 1)
		unmet(0)
		if got := r.did(didCharge); got != "\x14" {
			t.Errorf("the state of charge reads % X", got)
		}
		state(0x3F0, 0, 1)
		unmet(4)
		time.Sleep(1100 * time.Millisecond)
		unmet(3, 4)
		alive -= 0x10 // a message that is repeated says nothing new
		state(0x3E0, 60, 0)
		state(0x3F0, 0, 0)
		unmet(3)
		state(0x3E0, 60, 0)
		unmet(0)
		r.expect([]byte{0x50}, 0x10, 0x02)
	})
}

// TestDamagedSlots destroys what the ECU boots from.
func TestDamagedSlots(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		r.update(release("2.0.0", 2, Normal))
		f := r.ecu.Config().Flash
		destroy := func(s slot) {
			if err := r.ecu.Flash().Preload(f.imageAddr(s)+500, []byte{0, 0, 0, 0, 0, 0}); err != nil {
				t.Fatal(err)
			}
			r.powerCycle()
		}
		destroy(slotB) // slot A holds 1.0.0, which the counter forbids now
		if got := r.did(didActiveSlot) + r.did(didBootState); got != "-bootloader" {
			t.Fatalf("with its software destroyed: %s\n%s", got, r.console)
		}
		r.refused(uds.ConditionsNotCorrect, 0x22, 0xF1, 0x89)
		r.refused(uds.RequestOutOfRange, 0x22, 0x12, 0x34)
		r.update(release("2.0.1", 2, Normal)) // recovery from the bootloader
		if got := r.did(didVersion) + r.did(didBootState); got != "2.0.1confirmed" {
			t.Fatalf("recovered: %s", got)
		}
		r.update(release("2.0.2", 2, Normal))
		destroy(slotB) // where 2.0.2 is; 2.0.1 is good enough
		if got := r.did(didVersion) + r.did(didBootState); got != "2.0.1reverted" {
			t.Fatalf("fallen back: %s\n%s", got, r.console)
		}
	})
}

// TestLostMetadata destroys both copies of the boot metadata.
func TestLostMetadata(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		r.update(release("2.0.0", 2, Normal))
		for copy := range 2 {
			if err := r.ecu.Flash().Preload(r.ecu.Config().Flash.dataAddr(copy), make([]byte, 16)); err != nil {
				t.Fatal(err)
			}
		}
		r.powerCycle()
		if got := r.did(didVersion) + r.did(didCounter); got != "2.0.0\x00\x00\x00\x02" {
			t.Fatalf("got %q\n%s", got, r.console)
		}
	})
}

func TestImageThatIsNoApplication(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		p := release("2.0.0", 2, Normal)
		if err := r.install(signedImage(p.Manifest, make([]byte, 100))); err != nil {
			t.Fatal(err)
		}
		r.awaitBoot()
		if got := r.did(didVersion) + r.did(didBootState) + r.did(didResetReason); got != "1.0.0revertedexception" {
			t.Fatalf("got %q\n%s", got, r.console)
		}
	})
}

func TestTrialIsTriedAsOftenAsConfigured(t *testing.T) {
	cfg := small()
	cfg.TrialBoots = 3
	withRig(t, cfg, func(t *testing.T, r *rig) {
		if err := r.install(release("2.0.0", 2, Crash)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		r.awaitBoot()
		if n := strings.Count(r.console.String(), "app: exception"); n != 3 {
			t.Errorf("tried %d times\n%s", n, r.console)
		}
	})
}

// TestFlashFile runs, stops and runs again on the same file.
func TestFlashFile(t *testing.T) {
	cfg := small()
	cfg.Flash.File = filepath.Join(t.TempDir(), "flash.bin")
	withRig(t, cfg, func(t *testing.T, r *rig) { r.update(release("2.0.0", 2, Normal)) })
	withRig(t, cfg, func(t *testing.T, r *rig) {
		if got := r.did(didVersion) + r.did(didBootState); got != "2.0.0confirmed" {
			t.Errorf("from the file: %s", got)
		}
	})
	if err := os.Truncate(cfg.Flash.File, 100); err != nil {
		t.Fatal(err)
	}
	if _, err := New(cfg, nil, Fixed(0), nil); err == nil {
		t.Error("a file of another size was accepted")
	}
}

// TestRollbackWithoutResetEndsInOne writes a rollback down whose answer is lost, so that no tester resets the ECU.
func TestRollbackWithoutResetEndsInOne(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		if err := r.install(release("2.0.0", 2, Normal)); err != nil {
			t.Fatal(err)
		}
		r.awaitBoot()
		r.expect([]byte{0x50}, 0x10, 0x03)
		r.expect([]byte{0x71}, 0x31, 0x01, 0x02, 0x12)
		time.Sleep(12 * time.Second)
		r.awaitBoot()
		if got := r.did(didVersion) + r.did(didBootState); got != "1.0.0reverted" {
			t.Errorf("then %s\n%s", got, r.console)
		}
	})
}

// TestWindowEndsAllTries lets a trial that runs, but is not confirmed, use one of its three boots only.
func TestWindowEndsAllTries(t *testing.T) {
	cfg := small()
	cfg.TrialBoots = 3
	withRig(t, cfg, func(t *testing.T, r *rig) {
		if err := r.install(release("2.0.0", 2, Silent)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(12 * time.Second)
		r.awaitBoot()
		if n := strings.Count(r.console.String(), "app: version 2.0.0 started"); n != 1 {
			t.Errorf("tried %d times\n%s", n, r.console)
		}
	})
}

func TestTransceiverIsDeadWithoutPower(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		off := make(chan struct{})
		tr := transceiver{Bus: r.node, off: off}
		if err := tr.Send(t.Context(), can.New(0x123)); err != nil {
			t.Fatal(err)
		}
		close(off)
		if err := tr.Send(t.Context(), can.New(0x123)); !errors.Is(err, can.ErrClosed) {
			t.Errorf("without power: %v", err)
		}
	})
}

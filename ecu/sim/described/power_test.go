package described_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/ecu"
	"otabench/ecu/firmware"
	"otabench/ecu/sim/described"
)

// cutAfter starts an update, cuts the power after a time, and gives it back. It returns false if the update was faster.
func (r *rig) cutAfter(d time.Duration, p *firmware.Package) bool {
	r.t.Helper()
	ctx, cancel := context.WithCancel(r.t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Update(ctx, p) }()
	select {
	case err := <-done:
		cancel()
		if err != nil {
			r.t.Fatal(err)
		}
		return false
	case <-time.After(d):
	}
	r.outlet.set(0)
	time.Sleep(10 * time.Millisecond)
	cancel()
	<-done
	r.cycle()
	if state, err := r.ReadDID(r.t.Context(), "boot_state"); err == nil && state == "trial" {
		r.says("10 02", "5002")
		if err := r.Programmer().Unlock(r.t.Context()); err != nil {
			r.t.Error(err)
		}
		r.says("31 01 FF 00 44 00 A0 80 00 00 00 00 10", "conditionsNotCorrect") // there is what it would go back to
		r.cycle()
	}
	return true
}

// The power is cut at every moment of an update. With two slots the old software or the new runs afterwards, in place
// the new or the bootloader (erasing is the first thing that takes time), and always a complete update succeeds.
func TestPowerCuts(t *testing.T) {
	for _, tt := range []struct {
		name       string
		cfg        func(*testing.T) described.Config
		pkg        func(version string) *firmware.Package
		bootloader bool
	}{
		{"slots", slottedConfig, func(v string) *firmware.Package { return release(t, v, 2) }, false},
		{"in place", inPlaceConfig, func(v string) *firmware.Package { return files(t, v, "sounds") }, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			seen := map[string]int{}
			under := true
			for d := time.Millisecond; under; d += 7 * time.Millisecond {
				with(t, tt.cfg(t), func(t *testing.T, r *rig) {
					under = r.cutAfter(d, tt.pkg("2.0"))
					version, err := r.ReadDID(t.Context(), "software_version")
					if err != nil {
						version = "bootloader"
					}
					seen[version]++
					r.updates(tt.pkg("3.0"))
					r.reads("software_version", "3.0")
				})
			}
			if (seen["1.0"] > 0) == tt.bootloader || seen["2.0"] == 0 || (seen["bootloader"] > 0) != tt.bootloader || len(seen) != 2 {
				t.Errorf("after the cuts ran %v", seen)
			}
		})
	}
}

// An update that was cut goes on behind what the ECU acknowledged, wherever that was, and the software is whole: its
// checksum is that of the file.
func TestResume(t *testing.T) {
	resumed := 0
	under := true
	for d := 100 * time.Millisecond; under; d += 13 * time.Millisecond {
		with(t, inPlaceConfig(t), func(t *testing.T, r *rig) {
			under = r.cutAfter(d, files(t, "2.0"))
			kept, err := r.Client().ReadDataByIdentifier(t.Context(), 0x0300)
			if err != nil {
				t.Fatal(err)
			}
			r.downloads()
			if err := r.Resume(t.Context(), files(t, "2.0")); err != nil {
				t.Fatalf("resumed at % X after %v: %v", kept, d, err)
			}
			r.reads("software_version", "2.0")
			rest := fmt.Sprintf("340032%04X", 0x8000+int(kept[1])<<8+int(kept[2]))
			if begun := strings.Join(r.downloads(), " "); kept[1]|kept[2] != 0 && strings.Contains(begun, rest) {
				resumed++
			}
		})
	}
	if resumed < 5 {
		t.Errorf("only %d updates were resumed", resumed)
	}
}

// Software of another kind than what was left behind is transferred as a whole.
func TestResumeOfOtherSoftware(t *testing.T) {
	with(t, inPlaceConfig(t), func(t *testing.T, r *rig) {
		r.cutAfter(450*time.Millisecond, files(t, "2.0"))
		if kept, err := r.ReadDID(t.Context(), "kept"); err != nil || kept == "0" {
			t.Fatalf("the cut left %s bytes, %v", kept, err)
		}
		if err := r.Resume(t.Context(), files(t, "3.0")); err != nil {
			t.Fatal(err)
		}
		r.reads("software_version", "3.0")
	})
}

func TestCurrent(t *testing.T) {
	with(t, slottedConfig(t), func(t *testing.T, r *rig) {
		if got := r.outlet.drawn(); got != 300*physic.MilliAmpere {
			t.Errorf("it draws %v", got)
		}
		r.outlet.set(6 * physic.Volt) // less than it starts with, and enough to go on
		r.reads("software_version", "1.0")
		r.outlet.set(5 * physic.Volt)
		time.Sleep(time.Millisecond)
		if got := r.outlet.drawn(); got != 0 {
			t.Errorf("without power it draws %v", got)
		}
		if _, err := r.ReadDID(t.Context(), "software_version"); err == nil {
			t.Error("it answers without power")
		}
		r.outlet.set(6 * physic.Volt)
		time.Sleep(time.Second)
		if got := r.outlet.drawn(); got != 0 {
			t.Errorf("at 6 V it starts")
		}
		r.cycle()
	})
}

func TestVoltageGates(t *testing.T) {
	with(t, slottedConfig(t), func(t *testing.T, r *rig) {
		for volts, want := range map[physic.ElectricPotential]string{
			10 * physic.Volt: "7F1093", 17 * physic.Volt: "7F1092", 12 * physic.Volt: "5002",
		} {
			r.outlet.set(volts)
			r.says("10 03", "5003")
			var got string
			if response, err := r.Client().Do(t.Context(), []byte{0x10, 0x02}); err == nil {
				got = fmt.Sprintf("%X", response[:2])
			} else {
				got = err.Error()
			}
			if (want == "5002") != (got == want) {
				t.Errorf("at %v the programming session is answered with %s, want %s", volts, got, want)
			}
		}
		r.outlet.set(10 * physic.Volt)
		if err := r.Update(t.Context(), release(t, "2.0", 2)); !errors.Is(err, ecu.ErrPreconditions) {
			t.Errorf("Update at 10 V = %v", err)
		}
		r.outlet.set(battery)
		r.updates(release(t, "2.0", 2))
	})
}

package sim

import (
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"
)

// TestFaults shows of each fault what it does to an ECU that is in order without it.
func TestFaults(t *testing.T) {
	const low, nominal, high = 10 * physic.Volt, 13500 * physic.MilliVolt, 17 * physic.Volt
	region := rangeOf(0x00A00000, 10)
	erase := append([]byte{0x31, 0x01, 0xFF, 0x00}, region...)
	allowed := func(r *rig) bool { return r.request(0x31, 0x01, 0x02, 0x03)[4] == 0 }
	effects := map[Fault]func(r *rig) bool{
		NoHysteresis: func(r *rig) bool {
			r.outlet.set(low)
			r.outlet.set(10550 * physic.MilliVolt)
			return allowed(r)
		},
		LatchedGate: func(r *rig) bool {
			r.outlet.set(low)
			r.outlet.set(nominal)
			return !allowed(r)
		},
		NoOvervoltageGate: func(r *rig) bool {
			r.outlet.set(high)
			return allowed(r)
		},
		GatesNotEnforced: func(r *rig) bool {
			r.outlet.set(low)
			return !allowed(r) && r.request(0x10, 0x02)[0] == 0x50
		},
		EraseAtAnyVoltage: func(r *rig) bool {
			r.mayProgram()
			r.outlet.set(low)
			return r.request(erase...)[0] == 0x71
		},
		TransferAtAnyVoltage: func(r *rig) bool {
			r.mayProgram()
			r.expect([]byte{0x71}, erase...)
			r.outlet.set(low)
			r.request(append([]byte{0x34, 0x00}, region...)...)
			return r.request(0x36, 0x01, 0x00)[0] == 0x76
		},
		ActivateAtAnyVoltage: func(r *rig) bool {
			if err := r.transfer(release("2.0.0", 2, Normal)); err != nil {
				r.t.Fatal(err)
			}
			r.outlet.set(low)
			return r.request(0x31, 0x01, 0x02, 0x10)[0] == 0x71
		},
		ErasesRunningSoftware: func(r *rig) bool {
			r.mayProgram()
			r.expect([]byte{0x71}, erase...)
			r.powerCycle()
			return r.request(0x22, 0xF1, 0x89)[0] != 0x62
		},
		FatalBoot: func(r *rig) bool {
			r.expect([]byte{0x51}, 0x11, 0x01)
			r.outlet.set(low)
			return r.isDead()
		},
		FatalDip: func(r *rig) bool {
			r.mayProgram()
			r.outlet.set(7 * physic.Volt)
			return r.isDead()
		},
	}
	for _, f := range Faults() {
		for _, faults := range [][]Fault{nil, {f}} {
			cfg := small()
			cfg.Faults = faults
			withRig(t, cfg, func(t *testing.T, r *rig) {
				r.expect([]byte{0x50}, 0x10, 0x03)
				if got, want := effects[f](r), faults != nil; got != want {
					t.Errorf("with faults %v the effect of %s shows: %v", faults, f, got)
				}
			})
		}
	}
}

// mayProgram enters the programming session and unlocks.
func (r *rig) mayProgram() {
	r.t.Helper()
	if err := r.program(); err != nil {
		r.t.Fatal(err)
	}
}

// request returns the response, with zeros behind it.
func (r *rig) request(request ...byte) []byte {
	r.t.Helper()
	got, err := r.ask(request...)
	if err != nil {
		r.t.Fatalf("% X: %v", request, err)
	}
	return append(got, make([]byte, 5)...)
}

// isDead looks for life after a power cycle.
func (r *rig) isDead() bool {
	time.Sleep(time.Second)
	r.outlet.set(0)
	time.Sleep(time.Second)
	r.outlet.set(13500 * physic.MilliVolt)
	time.Sleep(time.Second)
	_, err := r.ask(0x3E, 0x00)
	return err != nil
}

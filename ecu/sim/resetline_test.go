package sim

import (
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"
)

func TestResetLine(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		answers := func() bool {
			_, err := r.ask(0x3E, 0x00)
			return err == nil
		}
		r.ecu.HoldReset(true)
		if answers() {
			t.Error("answers in reset")
		}
		r.ecu.HoldReset(true) // which changes nothing
		if r.outlet.drawn() != 0 {
			t.Errorf("draws %v in reset", r.outlet.drawn())
		}
		r.ecu.HoldReset(false)
		r.awaitBoot()
		if !answers() || !strings.Contains(r.console.String(), "boot: reset by reset line") {
			t.Errorf("the console says %q", r.console)
		}
		r.ecu.Reset()
		r.awaitBoot()
		if n := strings.Count(r.console.String(), "reset line"); n != 2 {
			t.Errorf("%d resets by the line, want 2", n)
		}
	})
}

// Power that comes while the line is held starts nothing, and the boot after it is by power-on.
func TestPowerOnInReset(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		r.outlet.set(0)
		time.Sleep(time.Second)
		r.ecu.HoldReset(true)
		r.outlet.set(12 * physic.Volt)
		time.Sleep(time.Second)
		if _, err := r.ask(0x3E, 0x00); err == nil {
			t.Error("answers in reset")
		}
		r.outlet.set(0)
		time.Sleep(time.Second)
		r.outlet.set(12 * physic.Volt)
		time.Sleep(time.Second)
		r.ecu.HoldReset(false)
		r.awaitBoot()
		if _, err := r.ask(0x3E, 0x00); err != nil || strings.Contains(r.console.String(), "reset line") {
			t.Errorf("%v; the console says %q", err, r.console)
		}
	})
}

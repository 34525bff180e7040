package bench

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"otabench/bench/config"
	"otabench/bench/trigger"
)

// Switch is a contact of the bench outside of its supply lines: KL15, an interrupted or shorted CAN line, an ECU's
// reset line, the contact of the charger's plug. At rest, as it is when nothing drives it, the harness is whole: KL15 off,
// the bus as it should be, nothing in reset, the plug not in. Those in supply lines belong to their [Rail].
type Switch struct {
	contact
	config config.Switch
}

// Switch returns the contact with the given role. It panics if the bench file has no such role, or if the contact is in a
// supply line; see [Rail.Cut] for those.
func (b *Bench) Switch(role string) *Switch {
	return must(b.switches, "switch outside of a supply line", role)
}

// HasSwitch reports whether the bench file has a switch with that role outside of its supply lines.
func (b *Bench) HasSwitch(role string) bool { return b.switches[role] != nil }

// SwitchFor returns the role of the first switch, by name, with a function that acts on an ECU, or on its bus; empty if
// there is none.
func (b *Bench) SwitchFor(function config.Function, ecu string) string {
	for _, role := range slices.Sorted(maps.Keys(b.switches)) {
		c := b.switches[role].config
		if c.Function == function && (c.ECU == ecu || c.ECU == "" && (c.Bus == "" || c.Bus == b.file.ECUs[ecu].Bus)) {
			return role
		}
	}
	return ""
}

func (b *Bench) openSwitches() {
	lines := map[string]bool{}
	for _, r := range b.file.Rails {
		lines[r.Switch] = true
	}
	for role, sw := range b.power.Switches {
		if !lines[role] {
			s := &Switch{config: b.file.Switches[role]}
			s.contact = contact{bench: b, role: role, sw: sw, rest: s.config.ClosedAtRest()}
			if s.config.Function == config.Charger {
				s.moved = s.plugged
			}
			b.switches[role] = s
		}
	}
}

func (s *Switch) String() string { return fmt.Sprintf("%s (%s)", s.role, s.config.Does()) }

// Function is what the contact does.
func (s *Switch) Function() config.Function { return s.config.Function }

// Closed reports the state that was last commanded.
func (s *Switch) Closed() bool { return s.sw.Made() }

// Open opens the contact when its trigger fires.
func (s *Switch) Open() trigger.Action { return trigger.Func("open "+s.role, s.OpenNow) }

// Close closes the contact when its trigger fires.
func (s *Switch) Close() trigger.Action { return trigger.Func("close "+s.role, s.CloseNow) }

// Pulse takes the contact out of its rest for d, from when its trigger fires: it interrupts a CAN line for d, or shorts
// it, or holds an ECU in reset, or switches KL15 on.
func (s *Switch) Pulse(d time.Duration) trigger.Action {
	return trigger.Func(fmt.Sprintf("pulse %s for %v", s.role, d), func() error { return s.PulseNow(d) })
}

// OpenNow opens the contact at once.
func (s *Switch) OpenNow() error { return s.drive(false) }

// CloseNow closes the contact at once.
func (s *Switch) CloseNow() error { return s.drive(true) }

// PulseNow takes the contact out of its rest for d at once.
func (s *Switch) PulseNow(d time.Duration) error {
	return s.driveFor(!s.rest, d)
}

// Rest brings the contact to its rest at once, and ends a pulse.
func (s *Switch) Rest() error { return s.drive(s.rest) }

// plugged lets the battery that the bench plays say what a charger's plug does to it.
func (s *Switch) plugged(closed bool) {
	if s.bench.battery != nil {
		s.bench.battery.plug(closed)
	}
}

// RestSwitches brings all switches outside of supply lines to their rest.
func (b *Bench) RestSwitches() error {
	var errs []error
	for _, role := range slices.Sorted(maps.Keys(b.switches)) {
		errs = append(errs, b.switches[role].Rest())
	}
	return errors.Join(errs...)
}

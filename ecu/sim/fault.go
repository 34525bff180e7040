package sim

import (
	"fmt"
	"slices"
	"strings"

	"periph.io/x/conn/v3/physic"
)

// Fault is a mistake that an ECU can be made with, to show that a suite finds it.
type Fault string

// Faults around the supply voltage.
const (
	// NoHysteresis lets a voltage gate open where it closes, so that a load that comes and goes makes it flutter.
	NoHysteresis Fault = "no-hysteresis"
	// LatchedGate keeps a voltage gate closed until the next reset once it has closed.
	LatchedGate Fault = "latched-gate"
	// NoOvervoltageGate accepts every high voltage.
	NoOvervoltageGate Fault = "no-overvoltage-gate"
	// GatesNotEnforced reports unmet preconditions and opens the programming session all the same.
	GatesNotEnforced Fault = "gates-not-enforced"
	// EraseAtAnyVoltage, TransferAtAnyVoltage and ActivateAtAnyVoltage leave the check of the voltage out in one step.
	EraseAtAnyVoltage    Fault = "erase-at-any-voltage"
	TransferAtAnyVoltage Fault = "transfer-at-any-voltage"
	ActivateAtAnyVoltage Fault = "activate-at-any-voltage"
	// ErasesRunningSoftware erases the header of the confirmed software with the update region.
	ErasesRunningSoftware Fault = "erases-running-software"
	// FatalBoot never boots again after a boot whose voltage is outside of the gates.
	FatalBoot Fault = "fatal-boot"
	// FatalDip never boots again after a voltage in a programming session at which flash cannot be written.
	FatalDip Fault = "fatal-dip"
)

// Faults returns every fault that there is.
func Faults() []Fault {
	return []Fault{
		NoHysteresis, LatchedGate, NoOvervoltageGate, GatesNotEnforced, EraseAtAnyVoltage, TransferAtAnyVoltage,
		ActivateAtAnyVoltage, ErasesRunningSoftware, FatalBoot, FatalDip,
	}
}

func (c Config) has(f Fault) bool { return slices.Contains(c.Faults, f) }

// checkFaults refuses faults that there are not.
func (c Config) checkFaults() error {
	var names []string
	for _, f := range Faults() {
		names = append(names, string(f))
	}
	for _, f := range c.Faults {
		if !slices.Contains(Faults(), f) {
			return fmt.Errorf("faults: %q is none; there are %s", f, strings.Join(names, ", "))
		}
	}
	return nil
}

// beyond is a voltage that no supply has.
const beyond = 1000 * physic.KiloVolt

// thresholds are the gates as the ECU keeps them.
func (c Config) thresholds() Gates {
	g := c.Gates
	if c.has(NoHysteresis) {
		g.Hysteresis = 0
	}
	if c.has(NoOvervoltageGate) {
		g.MaxVoltage = beyond
	}
	return g
}

// dip is told that the voltage has become too low to write flash.
func (e *ECU) dip() {
	e.flash.Disturb()
	e.mu.Lock()
	l := e.life
	e.mu.Unlock()
	if l != nil && e.cfg.has(FatalDip) && l.programming.Load() {
		e.dead.Store(true)
		l.end(watchdog)
	}
}

// booted is told that a boot has come to the choice of its software, and says whether the ECU is still alive.
func (e *ECU) booted() bool {
	v, g := e.supply.terminal.Voltage(), e.cfg.Gates
	if e.cfg.has(FatalBoot) && (v < g.MinVoltage || v > g.MaxVoltage) {
		e.dead.Store(true)
	}
	return !e.dead.Load()
}

package sim

import (
	"sync"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/can"
)

// condition is an unmet condition for programming, as routine 0x0203 lists it.
type condition byte

const (
	voltageLow    condition = 0x01
	voltageHigh   condition = 0x02
	chargeLow     condition = 0x03
	vehicleMoving condition = 0x04
)

// stale is the age from which a signal is not known any more.
const stale = time.Second

// gates watches the conditions for programming.
type gates struct {
	cfg      Gates
	has      func(Fault) bool
	terminal Terminal

	mu      sync.Mutex // guards the following
	tooLow  bool
	tooHigh bool
	charge  chargeSignal
	speed   speedSignal
}

// chargeSignal is the battery's message as it came last.
type chargeSignal struct {
	at      time.Time
	counter byte
	half    byte // state of charge in steps of 0.5 %
	charger bool
}

type speedSignal struct {
	at      time.Time
	hundred uint16 // 0.01 km/h
}

// watch follows voltage and bus until stop.
func (g *gates) watch(bus can.Bus) (stop func()) {
	g.look()
	stops := []func(){
		g.terminal.Notify(g.cfg.MinVoltage, func(bool) { g.look() }),
		g.terminal.Notify(g.cfg.MinVoltage+g.cfg.Hysteresis, func(bool) { g.look() }),
		g.terminal.Notify(g.cfg.MaxVoltage, func(bool) { g.look() }),
		g.terminal.Notify(g.cfg.MaxVoltage-g.cfg.Hysteresis, func(bool) { g.look() }),
		bus.Tap(g.receive),
	}
	return func() {
		for _, stop := range stops {
			stop()
		}
	}
}

// look takes the voltage into account, with hysteresis.
func (g *gates) look() {
	v, latched := g.terminal.Voltage(), g.has(LatchedGate)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tooLow = v < g.cfg.MinVoltage || g.tooLow && (latched || v < g.cfg.MinVoltage+g.cfg.Hysteresis)
	g.tooHigh = v > g.cfg.MaxVoltage || g.tooHigh && (latched || v > g.cfg.MaxVoltage-g.cfg.Hysteresis)
}

func (g *gates) receive(r can.Received) {
	if r.Own || r.Is(can.Remote) || r.Is(can.Error) || r.Len < 2 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch r.ID {
	case g.cfg.ChargeID:
		g.charge.receive(r)
	case g.cfg.SpeedID:
		if g.cfg.SpeedID != 0 {
			g.speed = speedSignal{time.Now(), uint16(r.Data[0])<<8 | uint16(r.Data[1])}
		}
	}
}

// receive ignores a message whose counter stands still: its sender has died and its gateway repeats it.
func (c *chargeSignal) receive(r can.Received) {
	counter := r.Data[1] >> 4
	if !c.at.IsZero() && counter == c.counter {
		return
	}
	*c = chargeSignal{at: time.Now(), counter: counter, half: r.Data[0], charger: r.Data[1]&1 != 0}
}

func fresh(at time.Time) bool { return !at.IsZero() && time.Since(at) <= stale }

// voltage returns the unmet condition of the supply voltage, 0 if there is none.
func (g *gates) voltage() condition {
	g.look()
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.tooLow:
		return voltageLow
	case g.tooHigh:
		return voltageHigh
	}
	return 0
}

// unmet lists the conditions that are not met.
func (g *gates) unmet() []condition {
	var unmet []condition
	if c := g.voltage(); c != 0 {
		unmet = append(unmet, c)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.charged() {
		unmet = append(unmet, chargeLow)
	}
	if g.moving() {
		unmet = append(unmet, vehicleMoving)
	}
	return unmet
}

// charged reports whether there is energy for an update and for what may have to follow it. What is not known is not there.
func (g *gates) charged() bool {
	if *g.cfg.MinCharge == 0 {
		return true
	}
	known := fresh(g.charge.at) || g.has(StaleChargeBelieved) && !g.charge.at.IsZero()
	charging := g.charge.charger && !g.has(ChargerIgnored)
	return known && (charging || float64(g.charge.half)/2 >= *g.cfg.MinCharge)
}

func (g *gates) moving() bool {
	return g.cfg.SpeedID != 0 && (!fresh(g.speed.at) || g.speed.hundred != 0)
}

// unknownCharge is DID 0xFD04 without a battery message.
const unknownCharge = 0xFF

// chargeByte returns the state of charge in steps of 0.5 %.
func (g *gates) chargeByte() byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !fresh(g.charge.at) {
		return unknownCharge
	}
	return g.charge.half
}

// millivolts returns the supply voltage for DID 0xFD03.
func (g *gates) millivolts() uint16 {
	mv := g.terminal.Voltage() / physic.MilliVolt
	return uint16(min(max(mv, 0), 0xFFFF))
}

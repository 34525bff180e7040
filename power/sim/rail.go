package sim

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"periph.io/x/conn/v3/physic"
)

// Values of a rail that leaves them open.
const (
	DefaultCapacitance = 470 * physic.MicroFarad
	DefaultResistance  = 50 * physic.MilliOhm
	DefaultBleeder     = 10 * physic.KiloOhm
)

// RailOptions are what a line and the terminals behind it are made of; zero stands for the default.
type RailOptions struct {
	// Capacitance of everything at the terminals, 470 µF.
	Capacitance physic.ElectricalCapacitance
	// Resistance of the line from the supply, 50 mΩ.
	Resistance physic.ElectricResistance
	// Bleeder is what discharges the terminals when nobody draws, 10 kΩ.
	Bleeder physic.ElectricResistance
}

// ErrFed is returned for a rail or a channel that is connected already.
var ErrFed = errors.New("already connected: a channel feeds one rail, through one contact")

// Rail is an electrical node at a unit's terminals, for instance KL30. A channel of a supply feeds it through a contact
// and a line; consumers draw from it. All of them see its voltage, and are told when it crosses a level.
//
// Methods may be called from several goroutines and from notifications.
type Rail struct {
	name string
	node *node

	feed *Channel // that is wired to it; nil before Feed

	mu    sync.Mutex
	fed   bool
	draws map[*Terminal]physic.ElectricCurrent
}

// NewRail returns a rail at 0 V.
func NewRail(name string, opts RailOptions) *Rail {
	return &Rail{
		name:  name,
		draws: map[*Terminal]physic.ElectricCurrent{},
		node: newNode(circuit{source: unconnected(), line: line{
			resistance:  ohms(orDefault(opts.Resistance, DefaultResistance)),
			capacitance: farads(orDefault(opts.Capacitance, DefaultCapacitance)),
			conductance: 1 / ohms(orDefault(opts.Bleeder, DefaultBleeder)),
		}}),
	}
}

func orDefault[Q ~int64](q, otherwise Q) Q {
	if q <= 0 {
		return otherwise
	}
	return q
}

func (r *Rail) String() string { return r.name }

// Feed connects a channel to the rail through a contact.
func (r *Rail) Feed(ch *Channel, contact *Contact) error {
	r.mu.Lock()
	if r.fed {
		r.mu.Unlock()
		return fmt.Errorf("feed rail %s from %v: %w", r.name, ch, ErrFed)
	}
	r.fed = true
	r.mu.Unlock()
	if err := ch.connect(r.node); err != nil {
		return fmt.Errorf("feed rail %s from %v: %w", r.name, ch, err)
	}
	r.feed = ch
	contact.OnMove(func() {
		r.node.change(func(c *circuit) { c.contact(contact.Conducts()) })
	})
	return nil
}

// Changeover lets two rails change their feeds over while a contact conducts: each is then fed by the channel that is wired
// to the other, as by a changeover relay in front of a unit. Both have to be fed.
func Changeover(a, b *Rail, contact *Contact) error {
	if a.feed == nil || b.feed == nil {
		return fmt.Errorf("change over between rails %s and %s: want both to be fed", a.name, b.name)
	}
	changed := false
	contact.OnMove(func() {
		if now := contact.Conducts(); now != changed {
			changed = now
			exchange(a.feed, b.feed)
		}
	})
	return nil
}

// Discharge connects a load resistor across the terminals through a contact, to bring the voltage down faster than the
// consumers do.
func (r *Rail) Discharge(load physic.ElectricResistance, contact *Contact) {
	r.load(load, contact, contact.Conducts)
}

// Crowbar connects a load resistor across the terminals whenever the contact in the line is open, as the other throw of a
// changeover relay does.
func (r *Rail) Crowbar(load physic.ElectricResistance, contact *Contact) {
	r.load(load, contact, func() bool { return !contact.Conducts() })
}

// load connects a resistor across the terminals while connected says so, which changes with a contact.
func (r *Rail) load(load physic.ElectricResistance, contact *Contact, connected func() bool) {
	conducting, siemens := false, 1/ohms(load)
	contact.OnMove(func() {
		r.node.change(func(c *circuit) {
			now := connected()
			switch {
			case now && !conducting:
				c.conductance += siemens
			case !now && conducting:
				c.conductance -= siemens
			}
			conducting = now
		})
	})
}

// Terminal returns a new connection for one consumer.
func (r *Rail) Terminal(consumer string) *Terminal { return &Terminal{rail: r, consumer: consumer} }

// Voltage returns the voltage at the terminals.
func (r *Rail) Voltage() physic.ElectricPotential {
	var v float64
	r.node.view(func(_ *circuit, s segment, t time.Duration) { v = max(0, s.rail.at(t)) })
	return potential(v)
}

// Load returns the current into the consumers together.
func (r *Rail) Load() physic.ElectricCurrent {
	var i float64
	r.node.view(func(c *circuit, s segment, t time.Duration) {
		if s.rail.at(t) > 0 {
			i = c.load
		}
	})
	return current(i)
}

func (r *Rail) draw(by *Terminal, i physic.ElectricCurrent) {
	r.node.change(func(c *circuit) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.draws[by] = max(0, i)
		var total physic.ElectricCurrent
		for _, drawn := range r.draws {
			total += drawn
		}
		c.load = amperes(total)
	})
}

package sim

import (
	"fmt"
	"math"
	"sync"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
)

// Channel is one output of a simulated supply: its terminals, to be connected to a [Rail], and nothing that a driver
// could command; for that there is the wire.
type Channel struct {
	number int
	rating rating
	event  func(string)

	mu     sync.Mutex
	node   *node
	fed    bool
	turned bool // its own switch, where a master switch or a latch is behind it
	sequence
	list
}

// rating is what a channel can be set to, in volts and amperes.
type rating struct {
	voltage, current, ovp, ocp float64
	floor                      float64 // smallest voltage that can be programmed
}

func newChannel(number int, r rating, opts SupplyOptions) *Channel {
	ch := &Channel{number: number, rating: r, event: opts.Events}
	ch.node = newNode(circuit{
		source: source{
			limit: r.current, ovp: r.ovp, ocp: r.ocp,
			slew:        volts(orDefault(opts.Slew, DefaultSlew)) * 1000,
			capacitance: farads(orDefault(opts.Capacitance, DefaultOutputCapacitance)),
			bleeder:     ohms(orDefault(opts.Bleeder, DefaultOutputBleeder)),
		},
		line: disconnected(),
	})
	ch.node.tripped = ch.report
	return ch
}

func (ch *Channel) String() string { return fmt.Sprintf("CH%d", ch.number) }

// connect moves the channel's source to the node of a rail.
func (ch *Channel) connect(n *node) error {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if ch.fed {
		return ErrFed
	}
	src, terminals := ch.node.retire()
	n.connect(src, terminals, ch.report)
	n.meterEvery(ch.node.meter.period)
	ch.node, ch.fed = n, true
	return nil
}

func (ch *Channel) report(by power.Trip) { ch.event(fmt.Sprintf("%v tripped: %v, output off", ch, by)) }

// change carries out f on the channel's circuit. f must not ask the channel for anything.
func (ch *Channel) change(f func(*circuit)) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	ch.node.change(f)
}

// Stick is a fault: the output no longer switches off. The instrument takes the command and a trip all the same, and
// says that the output is off. false mends it, and the output goes where it was told.
func (ch *Channel) Stick(stuck bool) {
	ch.change(func(c *circuit) {
		off := c.claimsOff
		c.stuck = stuck
		if off && !stuck {
			c.enable(false)
		}
	})
}

// OutputState is what a channel is set to and what it does.
type OutputState struct {
	On bool
	// Claims is what the instrument says about On; it differs only under the fault of Channel.Stick.
	Claims bool
	// Voltage and Current are the true values at the supply's terminals.
	Voltage physic.ElectricPotential
	Current physic.ElectricCurrent
	// Setpoint, Limit, OVP and OCP are programmed; OVP and OCP are zero while disarmed.
	Setpoint physic.ElectricPotential
	Limit    physic.ElectricCurrent
	OVP      physic.ElectricPotential
	OCP      physic.ElectricCurrent
	Tripped  power.Trip
	// Regulation is CV, CC or UR for an output that does not regulate.
	Regulation string
}

func (ch *Channel) state() OutputState {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	var o OutputState
	ch.node.view(func(c *circuit, s segment, t time.Duration) {
		o = OutputState{
			On:         c.on,
			Claims:     c.on && !c.claimsOff,
			Voltage:    potential(math.Max(0, s.terminals.at(t))),
			Current:    current(s.current.at(t)),
			Setpoint:   potential(c.setpoint),
			Limit:      current(c.limit),
			Tripped:    c.tripped,
			Regulation: s.regulation.String(),
		}
		if c.ovpOn {
			o.OVP = potential(c.ovp)
		}
		if c.ocpOn {
			o.OCP = current(c.ocp)
		}
	})
	return o
}

// unconnected is the source of a rail that nothing feeds, disconnected the line of a channel that feeds nothing. The
// values only have to be harmless.
func unconnected() source { return source{capacitance: 1e-9, bleeder: 1e6} }
func disconnected() line  { return line{resistance: 1, capacitance: 1e-9, conductance: 1e-6} }

package embedded

import (
	"cmp"
	"crypto/ed25519"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"

	"otabench/bench/config"
	"otabench/bench/example"
	"otabench/can/virtual"
	"otabench/ecu/description"
	ecusim "otabench/ecu/sim"
	"otabench/ecu/sim/flashmem"
	"otabench/power"
	"otabench/power/scpi"
	powersim "otabench/power/sim"
)

// buildRails wires each rail from its supply through its switch to its terminals. A real supply cannot feed a simulated
// rail, so a stand-in does, at the rail's nominal voltage; the switch still cuts it.
func (b *Bench) buildRails(f *config.File) error {
	for _, role := range slices.Sorted(maps.Keys(f.Rails)) {
		c, wiring := f.Rails[role], f.Simulation.Rails[role]
		rail := powersim.NewRail(role, powersim.RailOptions{Capacitance: wiring.Capacitance, Resistance: wiring.Resistance, Bleeder: wiring.Bleeder})
		channel, err := b.channel(f, c)
		if err != nil {
			return fmt.Errorf("simulate rail %s: %w", role, err)
		}
		contact := b.contact(f, c)
		if err := rail.Feed(channel, contact); err != nil {
			return fmt.Errorf("simulate rail %s: %w", role, err)
		}
		if wiring.Crowbar > 0 {
			rail.Crowbar(wiring.Crowbar, contact)
		}
		b.rails[role] = rail
		if s, ok := f.Sensors[c.Sensor]; ok {
			if name, virtual := virtualName(s.Address); virtual {
				if b.sensors[name], err = powersim.NewSensor(s.Model, rail, sensorAddress, s.Shunt); err != nil {
					return err
				}
				b.sensors[name].Offset(b.jitter.offset(c.Nominal))
			}
		}
	}
	return nil
}

// buildChangeovers lets switches change over between rails.
func (b *Bench) buildChangeovers(f *config.File) error {
	for _, role := range slices.Sorted(maps.Keys(f.Rails)) {
		c := f.Rails[role].Changeover
		if c == nil {
			continue
		}
		name, ok := virtualName(f.Switches[c.Switch].Pin)
		if !ok {
			return fmt.Errorf("simulate rail %s: its changeover %s is not simulated", role, c.Switch)
		}
		if err := powersim.Changeover(b.rails[role], b.rails[c.Rail], b.contacts[name]); err != nil {
			return err
		}
	}
	return nil
}

// sensorAddress is the I2C address of simulated sensors.
const sensorAddress = 0x40

func (b *Bench) channel(f *config.File, c config.Rail) (*powersim.Channel, error) {
	if name, ok := virtualName(f.Supplies[c.Supply].Address); ok {
		return b.supplies[name].Channel(c.Channel)
	}
	return b.standIn(c)
}

// standIn makes a simulated supply that is on at the rail's nominal voltage for as long as the bench lives.
func (b *Bench) standIn(c config.Rail) (*powersim.Channel, error) {
	s, err := powersim.NewSupply(standInModel, powersim.SupplyOptions{})
	if err != nil {
		return nil, err
	}
	theirs, ours := net.Pipe()
	b.wg.Go(func() { _ = s.Serve(b.ctx, theirs) })
	b.closers = append(b.closers, theirs.Close)
	driver, err := scpi.Open(b.ctx, standInModel, ours, "stand-in", scpi.Options{})
	if err != nil {
		return nil, err
	}
	b.closers = append(b.closers, driver.Close)
	raw, err := driver.Channel(1)
	if err != nil {
		return nil, err
	}
	l := c.Limits
	out, err := power.Limit(b.ctx, raw, power.Limits{Voltage: l.Voltage, Current: l.Current, OVP: l.OVP, OCP: l.OCP})
	if err != nil {
		return nil, err
	}
	if err := out.On(b.ctx, c.Nominal); err != nil {
		return nil, err
	}
	return s.Channel(1)
}

const standInModel = "rigol-dp832"

// contact returns the contact in a rail. A rail without a simulated switch has one that is always closed.
func (b *Bench) contact(f *config.File, c config.Rail) *powersim.Contact {
	if name, ok := virtualName(f.Switches[c.Switch].Pin); ok {
		return b.contacts[name]
	}
	always := powersim.NewContact("wire")
	_ = always.Make() // a simulated contact does not refuse
	return always
}

func (b *Bench) buildECUs(f *config.File) error {
	for _, role := range slices.Sorted(maps.Keys(f.Simulation.ECUs)) {
		e := f.ECUs[role]
		bus, err := b.attach(f, role)
		if err != nil {
			return err
		}
		cfg, err := Manufacture(f, role)
		if err != nil {
			return fmt.Errorf("simulate ECU %s: %w", role, err)
		}
		cfg.Vary, cfg.Latency = b.jitter.vary(), b.jitter.upTo(responseScale)
		cfg.OnFlashOp = func(_ int, op flashmem.Op) { b.flashOp(role, op) }
		var port io.ReadWriteCloser
		if console, ok := virtualName(e.Console); ok {
			theirs, ours := net.Pipe()
			port, b.consoles[console] = theirs, ours
			b.closers = append(b.closers, theirs.Close)
		}
		unit, err := newUnit(cfg, bus, b.rails[e.Rail].Terminal(role), port)
		if err != nil {
			return err
		}
		if err := unit.Start(b.ctx); err != nil {
			return err
		}
		b.ecus[role] = unit
		b.closers = append(b.closers, unit.Close)
	}
	return nil
}

// attach makes an ECU a node of its bus.
func (b *Bench) attach(f *config.File, role string) (*virtual.Node, error) {
	bus := f.ECUs[role].Bus
	name, ok := virtualName(f.Buses[bus].Address)
	if !ok {
		return nil, fmt.Errorf("simulate ECU %s: its bus %s is not virtual", role, bus)
	}
	b.nodes[role] = b.buses[name].Attach(role)
	return b.nodes[role], nil
}

// Manufacture configures the simulated ECU of a role. What the bench file's simulation section leaves out follows the
// ECU's description, so that a file need not say things twice. The unit has the example software, as it leaves the factory.
func Manufacture(f *config.File, role string) (ecusim.Config, error) {
	cfg, _ := f.SimulatedECU(role)
	d := f.ECUs[role].Description
	cfg.Name = cmp.Or(cfg.Name, d.Programming.System)
	cfg.Hardware = cmp.Or(cfg.Hardware, d.Programming.Hardware)
	cfg.Address = addressOf(cfg.Address, d.Address)
	cfg.Transport.FD = cfg.Transport.FD || d.Transport.FD
	cfg.Transport.BRS = cfg.Transport.BRS || d.Transport.BRS
	cfg.Security.Level = cmp.Or(cfg.Security.Level, d.Security.Level)
	cfg.Security.Algorithm = cmp.Or(cfg.Security.Algorithm, d.Security.Algorithm)
	if f.Simulation != nil {
		cfg.Flash.Seed = cmp.Or(cfg.Flash.Seed, f.Simulation.Seed)
	}
	if f.Battery == nil && cfg.Gates.MinCharge == nil {
		cfg.Gates.MinCharge = new(float64) // nobody tells it the state of charge
	}
	factory, err := example.Package("current", cfg.Name, cfg.Hardware)
	if err != nil {
		return cfg, err
	}
	cfg.Factory = factory
	cfg.TrustedKey = example.Key().Public().(ed25519.PublicKey)
	return cfg, nil
}

// addressOf fills in what a leaves out.
func addressOf(a ecusim.Address, d description.Address) ecusim.Address {
	a.Request = cmp.Or(a.Request, d.Request)
	a.Response = cmp.Or(a.Response, d.Response)
	a.Functional = cmp.Or(a.Functional, d.Functional)
	a.Extended = a.Extended || d.Extended
	a.Format = cmp.Or(a.Format, d.Format)
	a.RequestByte = cmp.Or(a.RequestByte, d.RequestByte)
	a.ResponseByte = cmp.Or(a.ResponseByte, d.ResponseByte)
	a.FunctionalByte = cmp.Or(a.FunctionalByte, d.FunctionalByte)
	return a
}

func newUnit(cfg ecusim.Config, bus *virtual.Node, terminal ecusim.Terminal, port io.ReadWriteCloser) (*ecusim.ECU, error) {
	if port == nil {
		return ecusim.New(cfg, bus, terminal, nil)
	}
	return ecusim.New(cfg, bus, terminal, port)
}

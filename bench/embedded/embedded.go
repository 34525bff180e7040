package embedded

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"

	"otabench/bench/config"
	"otabench/can"
	"otabench/can/virtual"
	ecusim "otabench/ecu/sim"
	"otabench/ecu/sim/flashmem"
	powersim "otabench/power/sim"
)

// YAML is the bench file of the embedded bench: a vehicle.
//
//go:embed bench.yaml
var YAML []byte

// UnitYAML is the bench file of a smaller one: the vehicle's body controller by itself.
//
//go:embed unit.yaml
var UnitYAML []byte

// Names of the embedded bench files in messages, in records and on the command line.
const (
	Name     = "embedded"
	UnitName = "embedded:unit"
)

// Bench is a virtual bench. Its parts are keyed by the names in virtual: addresses.
type Bench struct {
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup

	buses    map[string]*virtual.Bus
	supplies map[string]*powersim.Supply
	contacts map[string]*powersim.Contact
	rails    map[string]*powersim.Rail
	sensors  map[string]*powersim.Sensor
	consoles map[string]io.ReadWriteCloser // the bench's ends
	ecus     map[string]*ecusim.ECU
	nodes    map[string]*virtual.Node // of the ECUs
	closers  []func() error

	jitter  *jitter // nil for none
	onFlash atomic.Pointer[func(ecu string, op flashmem.Op)]
}

// New builds the virtual bench of a bench file. Nothing in it is energised.
func New(f *config.File) (*Bench, error) {
	ctx, cancel := context.WithCancel(context.Background())
	b := &Bench{
		ctx: ctx, cancel: cancel,
		buses: map[string]*virtual.Bus{}, supplies: map[string]*powersim.Supply{},
		contacts: map[string]*powersim.Contact{}, rails: map[string]*powersim.Rail{},
		sensors: map[string]*powersim.Sensor{}, consoles: map[string]io.ReadWriteCloser{},
		ecus: map[string]*ecusim.ECU{}, nodes: map[string]*virtual.Node{}, jitter: newJitter(f),
	}
	for _, build := range []func(*config.File) error{
		b.buildBuses, b.buildPower, b.buildRails, b.buildChangeovers, b.buildECUs, b.buildModels, b.buildDescribed, b.buildHarness,
	} {
		if err := build(f); err != nil {
			return nil, errors.Join(err, b.Close())
		}
	}
	return b, nil
}

// restart is the time after which controllers leave bus-off, a usual value of restart-ms.
const restart = 100 * time.Millisecond

func (b *Bench) buildBuses(f *config.File) error {
	for _, c := range f.Buses {
		if name, ok := virtualName(c.Address); ok && b.buses[name] == nil {
			bus := virtual.NewBus(name, virtual.Options{
				Bitrate: c.Bitrate, DataBitrate: c.DataBitrate, Restart: restart, Delay: b.jitter.upTo(busScale),
			})
			b.buses[name] = bus
			b.closers = append(b.closers, bus.Close)
		}
	}
	return nil
}

func (b *Bench) buildPower(f *config.File) error {
	for role, c := range f.Supplies {
		name, ok := virtualName(c.Address)
		if !ok {
			continue
		}
		s, err := powersim.NewSupply(c.Model, powersim.SupplyOptions{Extra: b.jitter.upTo(commandScale)})
		if err != nil {
			return fmt.Errorf("simulate supply %s: %w", role, err)
		}
		b.supplies[name] = s
	}
	for role, c := range f.Switches {
		if name, ok := virtualName(c.Pin); ok {
			b.contacts[name] = newContact(name, c)
			if f.Simulation.Switches[role].Welds {
				b.contacts[name].WeldWhenMade()
			}
		}
	}
	return nil
}

func virtualName(address string) (name string, ok bool) {
	if !config.IsVirtual(address) {
		return "", false
	}
	name = address[len("virtual:"):]
	for i := range name {
		if name[i] == '@' {
			return name[:i], true
		}
	}
	return name, true
}

// OnFlash calls f before each operation of the flash of each ECU that keeps its software in one. f must not block.
func (b *Bench) OnFlash(f func(ecu string, op flashmem.Op)) { b.onFlash.Store(&f) }

func (b *Bench) flashOp(ecu string, op flashmem.Op) {
	if f := b.onFlash.Load(); f != nil {
		(*f)(ecu, op)
	}
}

// ECU returns the simulated ECU of a role, for tests that look behind the wires.
func (b *Bench) ECU(role string) *ecusim.ECU { return b.ecus[role] }

// Instrument returns the simulated supply of a name, for tests that break it.
func (b *Bench) Instrument(name string) *powersim.Supply { return b.supplies[name] }

// Contact returns the simulated contact of a name, for tests that break it.
func (b *Bench) Contact(name string) *powersim.Contact { return b.contacts[name] }

// Bus attaches a node to a virtual bus.
func (b *Bench) Bus(name string) (can.Bus, error) {
	bus, err := find(b.buses, "bus", name)
	if err != nil {
		return nil, err
	}
	return bus.Attach("bench"), nil
}

// Inject makes the wire at a virtual: address faulty until remove is called.
func (b *Bench) Inject(address string, f virtual.Fault) (remove func(), err error) {
	name, _ := virtualName(address)
	bus, err := find(b.buses, "bus", name)
	if err != nil {
		return nil, err
	}
	return bus.Inject(f), nil
}

// Supply returns a stream to a simulated supply, as a TCP connection would be.
func (b *Bench) Supply(name string) (io.ReadWriteCloser, error) {
	s, err := find(b.supplies, "supply", name)
	if err != nil {
		return nil, err
	}
	theirs, ours := net.Pipe()
	b.wg.Go(func() {
		defer theirs.Close()
		_ = s.Serve(b.ctx, theirs) // ends when either side closes
	})
	return ours, nil
}

// Pin returns the line that drives a contact.
func (b *Bench) Pin(name string) (gpio.PinOut, error) {
	c, err := find(b.contacts, "switch", name)
	if err != nil {
		return nil, err
	}
	return powersim.NewPin(name, c), nil
}

// Sensor returns the I2C bus with a rail's sensor on it.
func (b *Bench) Sensor(name string) (i2c.Bus, error) { return find(b.sensors, "sensor on rail", name) }

// Console returns the bench's end of an ECU's serial console.
func (b *Bench) Console(name string) (io.ReadWriteCloser, error) {
	return find(b.consoles, "console", name)
}

func find[T any](m map[string]T, kind, name string) (T, error) {
	v, ok := m[name]
	if !ok {
		return v, fmt.Errorf("the embedded bench has no %s %q; it has %v", kind, name, slices.Sorted(maps.Keys(m)))
	}
	return v, nil
}

// Close ends the simulation.
func (b *Bench) Close() error {
	var errs []error
	for _, c := range slices.Backward(b.closers) {
		errs = append(errs, c())
	}
	b.closers = nil
	b.cancel()
	b.wg.Wait()
	return errors.Join(errs...)
}

package equipment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/i2c/i2creg"
	"periph.io/x/host/v3"

	"otabench/bench/config"
	"otabench/power"
	"otabench/power/dial"
	"otabench/power/relay"
	"otabench/power/scpi"
	"otabench/power/sense"
)

// Power is the power equipment of a bench, by role.
type Power struct {
	Supplies map[string]power.Supply
	Switches map[string]power.Switch
	Sensors  map[string]power.Sensor
	Channels map[string]power.Channel // by rail

	file    *config.File
	virtual Virtual
	shared  bool
	closers []io.Closer
}

// Open opens the power equipment of a bench file and verifies that each instrument is the one that the file names.
// If anything fails, all that was opened is closed again; nothing has been energised.
func Open(ctx context.Context, f *config.File, v Virtual) (*Power, error) {
	return open(ctx, f, v, false)
}

// OpenShared is Open for whoever must get through to instruments that others may still be talking to.
func OpenShared(ctx context.Context, f *config.File, v Virtual) (*Power, error) {
	return open(ctx, f, v, true)
}

func open(ctx context.Context, f *config.File, v Virtual, shared bool) (*Power, error) {
	p := &Power{
		Supplies: map[string]power.Supply{},
		Switches: map[string]power.Switch{},
		Sensors:  map[string]power.Sensor{},
		Channels: map[string]power.Channel{},
		file:     f, virtual: v, shared: shared,
	}
	if err := p.open(ctx); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *Power) open(ctx context.Context) error {
	// Switches come first: they come to rest while everything is still off.
	for _, role := range slices.Sorted(maps.Keys(p.file.Switches)) {
		s, err := p.openSwitch(role, p.file.Switches[role])
		if err != nil {
			return fmt.Errorf("open switch %s: %w", role, err)
		}
		p.Switches[role] = s
	}
	for _, role := range slices.Sorted(maps.Keys(p.file.Supplies)) {
		s, err := p.openSupply(ctx, role, p.file.Supplies[role])
		if err != nil {
			return fmt.Errorf("open supply %s: %w", role, err)
		}
		p.Supplies[role] = s
	}
	for _, role := range slices.Sorted(maps.Keys(p.file.Sensors)) {
		s, err := p.openSensor(role, p.file.Sensors[role])
		if err != nil {
			return fmt.Errorf("open sensor %s: %w", role, err)
		}
		p.Sensors[role] = s
	}
	for _, role := range slices.Sorted(maps.Keys(p.file.Rails)) {
		r := p.file.Rails[role]
		c, err := p.Supplies[r.Supply].Channel(r.Channel)
		if err != nil {
			return fmt.Errorf("rail %s: %w", role, err)
		}
		p.Channels[role] = c
	}
	return nil
}

func (p *Power) openSupply(ctx context.Context, role string, c config.Supply) (power.Supply, error) {
	d := dial.Dialer{}
	if p.virtual != nil {
		d.Virtual = func(_ context.Context, name string) (io.ReadWriteCloser, error) { return p.virtual.Supply(name) }
	}
	link, err := d.Dial(ctx, c.Address)
	if err != nil {
		return nil, err
	}
	s, err := scpi.Open(ctx, c.Model, link, c.Address, scpi.Options{Description: &c.Description, Shared: p.shared})
	if err != nil {
		return nil, err // Open has closed the link
	}
	p.closers = append(p.closers, s)
	if got := s.Identity().Serial; c.Serial != "" && got != c.Serial {
		return nil, fmt.Errorf("%w: %s has serial number %q, the bench file wants %q", power.ErrIdentity, role, got, c.Serial)
	}
	return s, nil
}

func (p *Power) openSwitch(role string, c config.Switch) (power.Switch, error) {
	scheme, name, _ := strings.Cut(c.Pin, ":")
	opts := relay.Options{ActiveLow: c.ActiveLow, NormallyClosed: c.ClosedAtRest()}
	switch {
	case scheme == "virtual" && p.virtual != nil:
		pin, err := p.virtual.Pin(name)
		if err != nil {
			return nil, err
		}
		return relay.New(role, pin, opts)
	case scheme == "gpio":
		r, err := relay.Open(role, name, opts)
		if err != nil {
			return nil, err
		}
		p.closers = append(p.closers, r)
		return r, nil
	}
	return nil, &AddressError{role, c.Pin, "want gpio:NAME or, with a simulation, virtual:NAME"}
}

func (p *Power) openSensor(role string, c config.Sensor) (power.Sensor, error) {
	bus, address, err := p.i2c(role, c.Address)
	if err != nil {
		return nil, err
	}
	return sense.Open(c.Model, role, bus, sense.Options{Address: address, Shunt: c.Shunt, MaxCurrent: c.MaxCurrent})
}

// defaultSensor is the address of an INA226 with both address pins at ground.
const defaultSensor = 0x40

func (p *Power) i2c(role, address string) (i2c.Bus, uint16, error) {
	scheme, rest, _ := strings.Cut(address, ":")
	name, at, hasAt := strings.Cut(rest, "@")
	number := uint64(defaultSensor)
	if hasAt {
		var err error
		if number, err = strconv.ParseUint(at, 0, 7); err != nil {
			return nil, 0, &AddressError{role, address, "want a 7-bit I2C address behind @, such as 0x40"}
		}
	}
	switch {
	case scheme == "virtual" && p.virtual != nil:
		bus, err := p.virtual.Sensor(name)
		return bus, uint16(number), err
	case scheme == "i2c":
		if _, err := host.Init(); err != nil {
			return nil, 0, fmt.Errorf("look for I2C buses: %w", err)
		}
		bus, err := i2creg.Open(name)
		if err != nil {
			return nil, 0, fmt.Errorf("open I2C bus %q: %w", name, err)
		}
		p.closers = append(p.closers, bus)
		return bus, uint16(number), nil
	}
	return nil, 0, &AddressError{role, address, "want i2c:BUS@ADDRESS or, with a simulation, virtual:RAIL"}
}

// Close releases all links. It leaves outputs and switches as they are; see MakeSafe.
func (p *Power) Close() error {
	var errs []error
	for _, c := range slices.Backward(p.closers) {
		errs = append(errs, c.Close())
	}
	p.closers = nil
	return errors.Join(errs...)
}

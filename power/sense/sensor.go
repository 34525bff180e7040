package sense

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"

	"otabench/power"
)

// Errors that callers decide on.
var (
	// ErrModel: there is no driver of that name.
	ErrModel = errors.New("no such sensor")
	// ErrChip: another chip answers, or none.
	ErrChip = errors.New("another chip, or none")
	// ErrRange: voltage or current is larger than the sensor can tell.
	ErrRange = errors.New("beyond the range of the sensor")
	// ErrReset: the chip has lost its settings, as it does when its supply drops.
	ErrReset = errors.New("the sensor has lost its settings")
)

// Sensor is a voltage and current sensor chip. Its methods may be called from several goroutines.
type Sensor struct {
	dev   i2c.Dev
	chip  chip
	name  string
	shunt physic.ElectricResistance
	plan  plan

	mu       sync.Mutex // a reading is several transactions
	verified time.Time
}

var _ power.Sensor = (*Sensor)(nil)

// Open checks that a chip of the model, one of [Models], is at the address, sets it up, starts continuous conversion and
// waits for the first one. name is what it measures, for messages. It fails with ErrModel, ErrOptions, ErrChip or an error
// of the bus.
func Open(model, name string, bus i2c.Bus, opts Options) (*Sensor, error) {
	c, ok := chips()[model]
	if !ok {
		return nil, fmt.Errorf("open %s sensor: %w: %q; there are %s", name, ErrModel, model, strings.Join(Models(), ", "))
	}
	opts = opts.withDefaults(c)
	s := &Sensor{dev: i2c.Dev{Bus: bus, Addr: opts.Address}, chip: c, name: name, shunt: opts.Shunt}
	var err error
	if s.plan, err = c.plan(opts); err != nil {
		return nil, fmt.Errorf("set up %v: %w", s, err)
	}
	if err := s.identify(); err != nil {
		return nil, fmt.Errorf("identify %v: %w: %w", s, ErrChip, err)
	}
	for _, set := range s.plan.settings {
		if err := s.write(set.register, set.value); err != nil {
			return nil, fmt.Errorf("set up %v: %w", s, err)
		}
	}
	// Until the first conversion is over the registers hold older values, and nothing on the bus tells.
	time.Sleep(opts.age())
	return s, nil
}

func (s *Sensor) String() string {
	return fmt.Sprintf("%s sensor (%s at %#x on %v)", s.name, s.chip.name, s.dev.Addr, s.dev.Bus)
}

// Resolution returns the steps of a reading.
func (s *Sensor) Resolution() (physic.ElectricPotential, physic.ElectricCurrent) {
	return s.plan.voltage.volts(1), s.current(1)
}

// verifyEvery is how long a chip may work with lost settings before a reading fails for it. All chips keep the meaning of
// their registers when they lose their settings, and only become slow, so that not every reading has to ask.
const verifyEvery = 100 * time.Millisecond

// Sense returns the latest conversion. It fails with ErrRange, ErrReset or an error of the bus. A transaction on the bus
// cannot be interrupted; ctx is looked at before.
func (s *Sensor) Sense(ctx context.Context) (power.Reading, error) {
	if ctx.Err() != nil {
		return power.Reading{}, context.Cause(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.sense()
	if err != nil {
		return power.Reading{}, fmt.Errorf("read %v: %w", s, err)
	}
	return r, nil
}

func (s *Sensor) sense() (power.Reading, error) {
	if err := s.verify(); err != nil {
		return power.Reading{}, err
	}
	voltage, err := s.measure(s.plan.voltage)
	if err != nil {
		return power.Reading{}, fmt.Errorf("voltage: %w", err)
	}
	drop, err := s.measure(s.plan.shunt)
	if err != nil {
		return power.Reading{}, fmt.Errorf("current: %w", err)
	}
	return power.Reading{Voltage: s.plan.voltage.volts(voltage), Current: s.current(drop), Time: time.Now()}, nil
}

// verify sees now and then whether the chip still is set up.
func (s *Sensor) verify() error {
	if time.Since(s.verified) < verifyEvery {
		return nil
	}
	for _, set := range s.plan.settings {
		got, err := s.read(set.register)
		if err != nil {
			return err
		}
		if got != set.value {
			return fmt.Errorf("%w: register %#02x holds %#04x, written %#04x: check its supply and open it again",
				ErrReset, set.register, got, set.value)
		}
	}
	s.verified = time.Now()
	return nil
}

func (s *Sensor) measure(q quantity) (int64, error) {
	var b [3]byte
	if err := s.fetch(q.register, b[:q.bytes]); err != nil {
		return 0, err
	}
	v := q.decode(b[:q.bytes])
	if q.clipped(v) {
		return 0, ErrRange
	}
	return v, nil
}

func (q quantity) volts(steps int64) physic.ElectricPotential {
	const picovolts = 1000 // in the nanovolt of physic
	return physic.ElectricPotential(steps * q.step / picovolts)
}

// current is what steps of the shunt voltage stand for. The product has 18 digits at most.
func (s *Sensor) current(steps int64) physic.ElectricCurrent {
	const perOhm = int64(physic.Ohm) / 1000 // picovolts over nanohms make kiloamperes, of which nanoamperes are wanted
	return physic.ElectricCurrent(steps * s.plan.shunt.step * perOhm / int64(s.shunt))
}

// identify checks that the chip is the one that it should be.
func (s *Sensor) identify() error {
	if s.chip.reset != 0 {
		if err := s.write(regConfig, s.chip.reset); err != nil {
			return err
		}
	}
	for _, id := range s.chip.identity {
		got, err := s.read(id.register)
		if err != nil {
			return err
		}
		if got&id.mask != id.want {
			return fmt.Errorf("register %#02x holds %#04x, that of an %s %#04x", id.register, got, s.chip.name, id.want)
		}
	}
	return nil
}

func (s *Sensor) read(register byte) (uint16, error) {
	var b [2]byte
	err := s.fetch(register, b[:])
	return binary.BigEndian.Uint16(b[:]), err
}

func (s *Sensor) fetch(register byte, b []byte) error {
	if err := s.dev.Tx([]byte{register}, b); err != nil {
		return fmt.Errorf("register %#02x: %w", register, err)
	}
	return nil
}

func (s *Sensor) write(register byte, value uint16) error {
	b := binary.BigEndian.AppendUint16([]byte{register}, value)
	if err := s.dev.Tx(b, nil); err != nil {
		return fmt.Errorf("register %#02x: %w", register, err)
	}
	return nil
}

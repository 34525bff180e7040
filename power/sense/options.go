package sense

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"periph.io/x/conn/v3/physic"
)

// ErrOptions: the chip cannot be set up as asked.
var ErrOptions = errors.New("not possible with this sensor")

// Options say how a chip is wired and how it measures.
type Options struct {
	// Address on the bus, 0x40 to 0x4F; zero stands for 0x40, both address pins at ground.
	Address uint16
	// Shunt is the resistor in the line. Required.
	Shunt physic.ElectricResistance
	// MaxCurrent is the largest current to expect, either way. Required. It may drop at most the chip's range across the
	// shunt.
	MaxCurrent physic.ElectricCurrent
	// Averages is the number of conversions in a reading; 1 if zero.
	Averages int
	// Conversion is the time for one conversion of voltage or current, one of the chip's. Zero stands for the longest,
	// which has the least noise, with which a reading takes less than a millisecond.
	Conversion time.Duration
}

// defaultAddress is that of a chip with both address pins at ground.
const defaultAddress = 0x40

// withDefaults fills in what is not required.
func (o Options) withDefaults(c chip) Options {
	if o.Address == 0 {
		o.Address = defaultAddress
	}
	if o.Averages == 0 {
		o.Averages = 1
	}
	if o.Conversion == 0 {
		o.Conversion = c.conversion
	}
	return o
}

// age is how old a reading can be: one conversion of each input, with the 10 % by which a chip's clock may be slow.
func (o Options) age() time.Duration {
	return 2 * time.Duration(o.Averages) * o.Conversion * 11 / 10
}

// codes returns the index of Averages and Conversion among those of a chip.
func (o Options) codes(averages []int, conversions []time.Duration) (average, conversion uint16, err error) {
	a, c := slices.Index(averages, o.Averages), slices.Index(conversions, o.Conversion)
	if a < 0 {
		return 0, 0, fmt.Errorf("%d averages: %w: choose from %v", o.Averages, ErrOptions, averages)
	}
	if c < 0 {
		return 0, 0, fmt.Errorf("conversion in %v: %w: choose from %v", o.Conversion, ErrOptions, conversions)
	}
	return uint16(a), uint16(c), nil
}

// drop is the shunt voltage at the largest current. It fails if that is more than limit.
func (o Options) drop(limit physic.ElectricPotential) (physic.ElectricPotential, error) {
	if o.Shunt <= 0 || o.MaxCurrent <= 0 {
		return 0, fmt.Errorf("shunt %v, current %v: %w: both are required", o.Shunt, o.MaxCurrent, ErrOptions)
	}
	volts := float64(o.Shunt) / float64(physic.Ohm) * float64(o.MaxCurrent) / float64(physic.Ampere)
	drop := physic.ElectricPotential(volts * float64(physic.Volt))
	if drop > limit {
		return 0, fmt.Errorf("shunt %v at %v: %w: it drops %v, more than %v", o.Shunt, o.MaxCurrent, ErrOptions, drop, limit)
	}
	return drop, nil
}

package sense

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"periph.io/x/conn/v3/physic"
)

// ErrOptions: the chip cannot be set up as asked.
var ErrOptions = errors.New("not possible with an INA226")

// Options say how a chip is wired and how it measures.
type Options struct {
	// Address on the bus, 0x40 to 0x4F; zero stands for 0x40, both address pins at ground.
	Address uint16
	// Shunt is the resistor in the line. Required.
	Shunt physic.ElectricResistance
	// MaxCurrent is the largest current to expect, either way; it sets the resolution, 1/32768 of it. Required. It may
	// drop at most 81.92 mV across the shunt.
	MaxCurrent physic.ElectricCurrent
	// Averages is the number of samples in a reading: 1 (the default), 4, 16, 64, 128, 256, 512 or 1024.
	Averages int
	// Conversion is the time for one sample of voltage or current: 140, 204, 332, 588 µs, 1.1 (the default), 2.116, 4.156
	// or 8.244 ms. A reading is at most two conversions times Averages old.
	Conversion time.Duration
}

// shuntRange is the largest shunt voltage of the chip.
const shuntRange = 81920 * physic.MicroVolt

// averages and conversions are the values of the fields AVG and VBUSCT/VSHCT, by their code (TI SBOS547A, tables 6 to 8).
func averages() []int { return []int{1, 4, 16, 64, 128, 256, 512, 1024} }

func conversions() []time.Duration {
	const us = time.Microsecond
	return []time.Duration{140 * us, 204 * us, 332 * us, 588 * us, 1100 * us, 2116 * us, 4156 * us, 8244 * us}
}

// defaultAddress is that of a chip with both address pins at ground.
const defaultAddress = 0x40

// withDefaults fills in what is not required.
func (o Options) withDefaults() Options {
	if o.Address == 0 {
		o.Address = defaultAddress
	}
	if o.Averages == 0 {
		o.Averages = 1
	}
	if o.Conversion == 0 {
		o.Conversion = 1100 * time.Microsecond
	}
	return o
}

// age is how old a reading can be: one conversion of each input, with the 10 % by which the chip's clock may be slow.
func (o Options) age() time.Duration {
	return 2 * time.Duration(o.Averages) * o.Conversion * 11 / 10
}

// config returns the value of the configuration register: continuous conversion of both inputs.
func (o Options) config() (uint16, error) {
	average := slices.Index(averages(), o.Averages)
	if average < 0 {
		return 0, fmt.Errorf("%d averages: %w: choose from %v", o.Averages, ErrOptions, averages())
	}
	conversion := slices.Index(conversions(), o.Conversion)
	if conversion < 0 {
		return 0, fmt.Errorf("conversion in %v: %w: choose from %v", o.Conversion, ErrOptions, conversions())
	}
	const reserved, continuous = 0x4000, 7
	return reserved | uint16(average)<<9 | uint16(conversion)<<6 | uint16(conversion)<<3 | continuous, nil
}

// calibration returns the value of the calibration register and the current that one step stands for (TI SBOS547A,
// equation 1): the resolution is as fine as MaxCurrent allows.
func (o Options) calibration() (register uint16, lsb physic.ElectricCurrent, err error) {
	if o.Shunt <= 0 || o.MaxCurrent <= 0 {
		return 0, 0, fmt.Errorf("shunt %v, current %v: %w: both are required", o.Shunt, o.MaxCurrent, ErrOptions)
	}
	drop := float64(o.Shunt) / float64(physic.Ohm) * float64(o.MaxCurrent) / float64(physic.Ampere)
	if drop > float64(shuntRange)/float64(physic.Volt) {
		return 0, 0, fmt.Errorf("shunt %v at %v: %w: it drops more than %v", o.Shunt, o.MaxCurrent, ErrOptions, shuntRange)
	}
	lsb = (o.MaxCurrent + 32767) / 32768
	ideal := 0.00512 / (float64(lsb) / float64(physic.Ampere) * float64(o.Shunt) / float64(physic.Ohm))
	if ideal < 1 || ideal > 0x7FFF {
		return 0, 0, fmt.Errorf("shunt %v for %v: %w: take a larger shunt or current", o.Shunt, o.MaxCurrent, ErrOptions)
	}
	register = uint16(ideal)
	// The register is whole: the step is what the rounded one makes of it.
	lsb = physic.ElectricCurrent(float64(lsb) * ideal / float64(register))
	return register, lsb, nil
}

package sim

import (
	"math"

	"periph.io/x/conn/v3/physic"
)

// NewINA226 returns a TI INA226 at an address (0x40 to 0x4F) with a shunt resistor.
func NewINA226(rail *Rail, address uint16, shunt physic.ElectricResistance) *Sensor {
	c, err := NewSensor("ina226", rail, address, shunt)
	if err != nil {
		panic(err) // the model is known
	}
	return c
}

// ina226 is the TI INA226 (SBOS547A, 7.6).
func ina226() sensorChip {
	const (
		config, shunt, bus, power, current, calibration, mask, alert, maker, die = 0, 1, 2, 3, 4, 5, 6, 7, 0xFE, 0xFF

		overflow = 1 << 2
		ready    = 1 << 3

		busStep   = 1.25e-3 // volts
		shuntStep = 2.5e-6  // volts
	)
	return sensorChip{
		name:     "INA226",
		reset:    map[byte]uint32{config: 0x4127, maker: 0x5449, die: 0x2260},
		writable: map[byte]uint32{config: 0xFFFF, calibration: 0x7FFF, mask: 0xFC03, alert: 0xFFFF},
		convert: func(r map[byte]uint32, v, drop float64) {
			b := quantise(v/busStep, 0, math.MaxInt16)
			s := quantise(drop/shuntStep, math.MinInt16, math.MaxInt16)
			product := s * int(r[calibration]) / 2048
			r[mask] = r[mask]&^overflow | ready
			if product > math.MaxInt16 || product < math.MinInt16 {
				r[mask] |= overflow
			}
			r[bus] = uint32(b)
			r[shunt] = uint32(uint16(int16(s)))
			r[current] = uint32(uint16(int16(product)))
			r[power] = uint32(uint16(max(0, product) * b / 20000))
		},
	}
}

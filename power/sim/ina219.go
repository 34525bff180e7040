package sim

import "math"

// ina219 is the TI INA219 (SBOS448G, 8.6). The clipping of the shunt voltage follows the range that is set.
func ina219() sensorChip {
	const (
		config, shunt, bus, power, current, calibration = 0, 1, 2, 3, 4, 5

		finest    = 4000 // steps, the range of PGA 0
		shuntStep = 10e-6
		busStep   = 4e-3
		bus32V    = 1 << 13
		ready     = 1 << 1
	)
	return sensorChip{
		name:     "INA219",
		reset:    map[byte]uint32{config: 0x399F},
		writable: map[byte]uint32{config: 0x7FFF, calibration: 0xFFFE},
		convert: func(r map[byte]uint32, v, drop float64) {
			full := finest * float64(int(1)<<(r[config]>>11&3))
			volts := 16.0
			if r[config]&bus32V != 0 {
				volts = 32
			}
			s := quantise(drop/shuntStep, -full, full)
			b := quantise(v/busStep, 0, volts/busStep)
			i := s * int(r[calibration]) / 4096
			r[shunt] = uint32(uint16(int16(s)))
			r[bus] = uint32(b)<<3 | ready
			r[current] = uint32(uint16(int16(max(math.MinInt16, min(math.MaxInt16, i)))))
			r[power] = uint32(uint16(max(0, i) * b / 5000))
		},
	}
}

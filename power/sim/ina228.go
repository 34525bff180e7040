package sim

// ina228 is the TI INA228 (SBOSA20A, 7.6), without its accumulators and its thermometer.
func ina228() sensorChip {
	const (
		config, adc, calibration, shunt, bus, current, maker, device = 0, 1, 2, 4, 5, 7, 0x3E, 0x3F

		fine      = 1 << 4 // ADCRANGE: a quarter of the range
		busStep   = 195.3125e-6
		shuntStep = 312.5e-9
		busMax    = 85 // volts
		full      = 1 << 19
		unused    = 4 // low bits of the registers of 24 bits
		all       = 1<<24 - 1
	)
	return sensorChip{
		name:     "INA228",
		reset:    map[byte]uint32{adc: 0xFB68, calibration: 0x1000, maker: 0x5449, device: 0x2281},
		writable: map[byte]uint32{config: 0x3FF0, adc: 0xFFFF, calibration: 0x7FFF},
		bytes:    map[byte]int{shunt: 3, bus: 3, current: 3},
		convert: func(r map[byte]uint32, v, drop float64) {
			step := shuntStep
			if r[config]&fine != 0 {
				step /= 4
			}
			s := quantise(drop/step, -full, full-1)
			r[shunt] = uint32(s<<unused) & all
			r[bus] = uint32(quantise(v/busStep, 0, busMax/busStep)) << unused
			i := s * 0x1000 / int(max(1, r[calibration])) // equation 2
			r[current] = uint32(max(-full, min(full-1, i))<<unused) & all
		},
	}
}

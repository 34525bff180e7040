package sense

import "otabench/power"

// AccuracyOf returns what the data sheet of a model says of its readings of the bus voltage and of the voltage across the
// shunt, both in V, at 25 °C and per kelvin away from that. What the shunt adds is not in it. ok is false for a model there
// is no driver for.
func AccuracyOf(model string) (bus, shunt power.Accuracy, ok bool) {
	const uV, mV, ppm, percent = 1e-6, 1e-3, 1e-6, 1e-2
	switch model {
	case "ina219": // SBOS448G, 6.5, of the A grade; its gains are those over all temperatures
		return power.Accuracy{Offset: 4 * mV, Gain: 1 * percent, Step: 4 * mV},
			power.Accuracy{Offset: 100 * uV, Gain: 1 * percent, Step: 10 * uV}, true
	case "ina226": // SBOS547A, 6.5
		return power.Accuracy{Offset: 7.5 * mV, OffsetPerKelvin: 40 * uV, Gain: 0.1 * percent, GainPerKelvin: 50 * ppm, Step: 1.25 * mV},
			power.Accuracy{Offset: 10 * uV, OffsetPerKelvin: 0.1 * uV, Gain: 0.1 * percent, GainPerKelvin: 50 * ppm, Step: 2.5 * uV}, true
	case "ina228": // SBOSA20A, 6.5
		return power.Accuracy{Offset: 2.5 * mV, OffsetPerKelvin: 20 * uV, Gain: 0.05 * percent, GainPerKelvin: 20 * ppm, Step: 195.3125 * uV},
			power.Accuracy{Offset: 1 * uV, OffsetPerKelvin: 0.01 * uV, Gain: 0.05 * percent, GainPerKelvin: 20 * ppm, Step: 0.3125 * uV}, true
	}
	return power.Accuracy{}, power.Accuracy{}, false
}

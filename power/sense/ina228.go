package sense

import (
	"math"
	"time"

	"periph.io/x/conn/v3/physic"
)

// ina228 is the TI INA228 (SBOSA20A).
func ina228() chip {
	return chip{
		name: "INA228", conversion: 280 * time.Microsecond,
		identity: []identity{{0x3E, texas, 0xFFFF}, {0x3F, 0x2280, 0xFFF0}}, // the last digit is the revision
		plan:     planINA228,
	}
}

// planINA228 converts both inputs continuously, in the larger of the two shunt ranges, which is the one after a reset
// (SBOSA20A, tables 7-5 and 7-6).
func planINA228(o Options) (plan, error) {
	const (
		regADC           = 0x01
		regShunt, regBus = 0x04, 0x05
		continuous       = 0xB // shunt and bus, without temperature
		shuntStep        = 312_500
		busStep          = 195_312_500
		shuntMax         = 163840 * physic.MicroVolt
		busFull          = int64(85*physic.Volt) * 1000 / busStep
		full             = 1 << 19
	)
	if _, err := o.drop(shuntMax); err != nil {
		return plan{}, err
	}
	const us = time.Microsecond
	average, conversion, err := o.codes(
		[]int{1, 4, 16, 64, 128, 256, 512, 1024},
		[]time.Duration{50 * us, 84 * us, 150 * us, 280 * us, 540 * us, 1052 * us, 2074 * us, 4120 * us})
	if err != nil {
		return plan{}, err
	}
	return plan{
		settings: []setting{
			{regConfig, 0},
			{regADC, continuous<<12 | conversion<<9 | conversion<<6 | conversion<<3 | average},
		},
		shunt:   quantity{register: regShunt, bytes: 3, shift: 4, step: shuntStep, low: -full, high: full - 1},
		voltage: quantity{register: regBus, bytes: 3, shift: 4, step: busStep, low: math.MinInt64, high: busFull},
	}, nil
}

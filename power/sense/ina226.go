package sense

import (
	"math"
	"time"

	"periph.io/x/conn/v3/physic"
)

// ina226 is the TI INA226 (SBOS547A).
func ina226() chip {
	return chip{
		name: "INA226", conversion: 332 * time.Microsecond,
		identity: []identity{{0xFE, texas, 0xFFFF}, {0xFF, 0x2260, 0xFFF0}}, // the last digit is the revision
		plan:     planINA226,
	}
}

// planINA226 converts both inputs continuously (SBOS547A, tables 6 to 9).
func planINA226(o Options) (plan, error) {
	const (
		regShunt, regBus = 0x01, 0x02
		reserved         = 0x4000
		continuous       = 7
		shuntStep        = 2_500_000
		busStep          = 1_250_000_000
		shuntMax         = 81920 * physic.MicroVolt
		busFull          = int64(36*physic.Volt) * 1000 / busStep
	)
	if _, err := o.drop(shuntMax); err != nil {
		return plan{}, err
	}
	const us = time.Microsecond
	average, conversion, err := o.codes(
		[]int{1, 4, 16, 64, 128, 256, 512, 1024},
		[]time.Duration{140 * us, 204 * us, 332 * us, 588 * us, 1100 * us, 2116 * us, 4156 * us, 8244 * us})
	if err != nil {
		return plan{}, err
	}
	return plan{
		settings: []setting{{regConfig, reserved | average<<9 | conversion<<6 | conversion<<3 | continuous}},
		shunt:    quantity{register: regShunt, bytes: 2, step: shuntStep, low: math.MinInt16, high: math.MaxInt16},
		voltage:  quantity{register: regBus, bytes: 2, step: busStep, low: math.MinInt64, high: busFull},
	}, nil
}

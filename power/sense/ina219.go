package sense

import (
	"fmt"
	"math"
	"slices"
	"time"

	"periph.io/x/conn/v3/physic"
)

// ina219 is the TI INA219 (SBOS448G). It has no identification, so it is known by what its configuration register holds
// after a reset.
func ina219() chip {
	const (
		reset      = 0x8000
		afterReset = 0x399F
	)
	return chip{
		name: "INA219", conversion: 276 * time.Microsecond,
		reset: reset, identity: []identity{{regConfig, afterReset, 0xFFFF}},
		plan: planINA219,
	}
}

// planINA219 chooses the finest of the four shunt ranges, PGA (SBOS448G, table 6), and converts both inputs continuously.
func planINA219(o Options) (plan, error) {
	const (
		regShunt, regBus = 0x01, 0x02
		range32V         = 1 << 13
		continuous       = 7
		finest           = 40 * physic.MilliVolt
		ranges           = 4
		shuntStep        = 10_000_000
		busStep          = 4_000_000_000
		busFull          = int64(26*physic.Volt) * 1000 / busStep // what the inputs stand
	)
	drop, err := o.drop(finest << (ranges - 1))
	if err != nil {
		return plan{}, err
	}
	pga := 0
	for drop > finest<<pga {
		pga++
	}
	adc, err := o.adcINA219()
	if err != nil {
		return plan{}, err
	}
	full := int64(finest<<pga) * 1000 / shuntStep
	return plan{
		settings: []setting{{regConfig, range32V | uint16(pga)<<11 | adc<<7 | adc<<3 | continuous}},
		shunt:    quantity{register: regShunt, bytes: 2, step: shuntStep, low: -full, high: full},
		// The register's three low bits are flags.
		voltage: quantity{register: regBus, bytes: 2, shift: 3, unsigned: true, step: busStep, low: math.MinInt64, high: busFull},
	}, nil
}

// adcINA219 is the code for resolution and averaging, BADC and SADC (SBOS448G, table 7).
func (o Options) adcINA219() (uint16, error) {
	const averaged = 8
	const us = time.Microsecond
	conversions := []time.Duration{84 * us, 148 * us, 276 * us, 532 * us}
	averages := []int{1, 2, 4, 8, 16, 32, 64, 128}
	average, conversion, err := o.codes(averages, conversions)
	switch {
	case err != nil:
		return 0, err
	case o.Averages == 1:
		return conversion, nil
	case o.Conversion != slices.Max(conversions):
		return 0, fmt.Errorf("%d averages of %v: %w: it averages conversions of %v only",
			o.Averages, o.Conversion, ErrOptions, slices.Max(conversions))
	}
	return averaged | average, nil
}

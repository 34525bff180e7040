// Package uncertainty adds up what a measurement may be off by, after the Guide to the Expression of Uncertainty in
// Measurement (JCGM 100): each contribution as a standard uncertainty, all of them in quadrature, and the sum expanded with
// a coverage factor of 2, for a coverage of about 95 %.
//
//	// A sensor whose data sheet says: within ±0.1 % and ±7.5 mV; read with a resolution of 1.25 mV.
//	u := uncertainty.Expand(uncertainty.Within(0.001*volts), uncertainty.Within(0.0075), uncertainty.Step(0.00125))
//
// All numbers are in the unit of the value.
package uncertainty

import "math"

// Coverage is the coverage factor k of expanded uncertainties.
const Coverage = 2

// Standard is a standard uncertainty: a standard deviation.
type Standard float64

// Within is that of a value of which nothing is known but that it is off by no more than a: a rectangular distribution
// (JCGM 100, 4.3.7). So data sheets state their limits.
func Within(a float64) Standard { return Standard(math.Abs(a) / math.Sqrt(3)) }

// Step is that of a value that is known to a step of a scale only: half of the step to either side.
func Step(step float64) Standard { return Within(step / 2) }

// Expanded is that of a value whose expanded uncertainty is stated, as a calibration certificate does with k = 2.
func Expanded(u float64) Standard { return Standard(math.Abs(u) / Coverage) }

// Expand adds contributions that do not depend on each other, and expands the sum (JCGM 100, 5.1.2 and 6.2.1).
func Expand(all ...Standard) float64 {
	sum := 0.0
	for _, u := range all {
		sum = math.Hypot(sum, float64(u))
	}
	return Coverage * sum
}

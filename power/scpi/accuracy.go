package scpi

import "otabench/power"

// AccuracyOf returns what the data sheet of a model says of how well its own meter reads back, in V and A. ok is false for
// one of which that is not known here: the bench file can say it.
func AccuracyOf(model string) (voltage, current power.Accuracy, ok bool) {
	if model == "rigol-dp832" { // DP800 performance verification manual: 0.05 % + 10 mV, 0.15 % + 5 mA
		return power.Accuracy{Offset: 0.010, Gain: 0.0005}, power.Accuracy{Offset: 0.005, Gain: 0.0015}, true
	}
	return power.Accuracy{}, power.Accuracy{}, false
}

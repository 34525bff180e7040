package sense_test

import (
	"testing"

	"otabench/power/sense"
)

// Whoever adds a sensor says how accurate it is.
func TestAccuracyOfEveryModel(t *testing.T) {
	for _, model := range sense.Models() {
		bus, shunt, ok := sense.AccuracyOf(model)
		if !ok || bus.Offset <= 0 || bus.Gain <= 0 || bus.Step <= 0 || shunt.Offset <= 0 || shunt.Gain <= 0 || shunt.Step <= 0 {
			t.Errorf("%s: %+v, %+v, %v", model, bus, shunt, ok)
		}
	}
	if _, _, ok := sense.AccuracyOf("ina999"); ok {
		t.Error("the accuracy of a sensor is known that does not exist")
	}
}

package scpi_test

import (
	"testing"

	"otabench/power"
	"otabench/power/scpi"
)

func TestAccuracyOf(t *testing.T) {
	voltage, current, ok := scpi.AccuracyOf("rigol-dp832")
	if want := (power.Accuracy{Offset: 0.010, Gain: 0.0005}); !ok || voltage != want {
		t.Errorf("voltage: %+v", voltage)
	}
	if want := (power.Accuracy{Offset: 0.005, Gain: 0.0015}); current != want {
		t.Errorf("current: %+v", current)
	}
	if _, _, ok := scpi.AccuracyOf(scpi.Generic); ok {
		t.Error("the accuracy of a supply is known that only a bench file describes")
	}
}

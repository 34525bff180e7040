package uncertainty_test

import (
	"fmt"
	"math"
	"testing"

	"otabench/bench/uncertainty"
)

func TestExpand(t *testing.T) {
	for _, tt := range []struct {
		name string
		got  float64
		want float64
	}{
		{"nothing", uncertainty.Expand(), 0},
		{"a certificate comes out as it went in", uncertainty.Expand(uncertainty.Expanded(0.01)), 0.01},
		{"a limit", uncertainty.Expand(uncertainty.Within(-3)), 2 * 3 / math.Sqrt(3)},
		{"a step is half of itself to either side", uncertainty.Expand(uncertainty.Step(6)), 2 * 3 / math.Sqrt(3)},
		{"in quadrature", uncertainty.Expand(uncertainty.Expanded(3), uncertainty.Expanded(4)), 5},
	} {
		if math.Abs(tt.got-tt.want) > 1e-12 {
			t.Errorf("%s: %g, want %g", tt.name, tt.got, tt.want)
		}
	}
}

func ExampleExpand() {
	const volts = 11
	u := uncertainty.Expand(uncertainty.Within(0.001*volts), uncertainty.Within(0.0075), uncertainty.Step(0.00125))
	fmt.Printf("%d V ± %.1f mV\n", volts, 1000*u)
	// Output: 11 V ± 15.4 mV
}

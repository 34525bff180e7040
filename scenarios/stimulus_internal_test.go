package scenarios

import (
	"testing"

	"periph.io/x/conn/v3/physic"

	"otabench/bench"
)

func TestOvershoot(t *testing.T) {
	const v = physic.Volt
	for _, tt := range []struct {
		name string
		from physic.ElectricPotential
		to   bench.Settled
		want physic.ElectricPotential
	}{
		{"falls straight", 12 * v, bench.Settled{Voltage: 10 * v, Lowest: 10 * v, Highest: 12 * v}, 0},
		{"falls too far", 12 * v, bench.Settled{Voltage: 10 * v, Lowest: 9 * v, Highest: 12 * v}, v},
		{"rises straight", 8 * v, bench.Settled{Voltage: 10 * v, Lowest: 8 * v, Highest: 10 * v}, 0},
		{"rises too far", 8 * v, bench.Settled{Voltage: 10 * v, Lowest: 8 * v, Highest: 13 * v}, 3 * v},
	} {
		if got := overshoot(tt.from, tt.to); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

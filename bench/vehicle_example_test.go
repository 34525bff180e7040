package bench_test

import (
	"testing"

	"otabench/bench"
	"otabench/bench/config"
)

// The vehicle that the documentation shows fits its DBC file.
func TestVehicleOfTheDocumentation(t *testing.T) {
	f, _, err := config.Load("examples/vehicle-rack.yaml")
	must(t, err)
	must(t, bench.CheckVehicle(f, "examples"))
}

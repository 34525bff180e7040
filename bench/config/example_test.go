package config_test

import (
	"fmt"

	"otabench/bench/config"
)

func ExampleParse() {
	_, err := config.Parse("bench.yaml", []byte(`
name: bench-3
buses:
  body: {address: "socketcan:can0", bitrate: 500000}
supplies:
  psu: {model: rigol-dp832, address: "tcp:192.168.10.21:5555"}
rails:
  kl30:
    supply: pse
    channel: 1
    nominal: 24V
    limits: {voltage: 16V, current: 3A, ovp: 17V, ocp: 3.2A}
ecus: {}
`))
	fmt.Println(err)
	// Output:
	// bench.yaml:9:13: rails.kl30.supply: there is no "pse"; defined: psu
	// bench.yaml:11:14: rails.kl30.nominal: 24V is outside the rail's own limits; accepted: above 0V up to 16V
	// bench.yaml:13:7: ecus: want at least one unit under test
}

package sim_test

import (
	"fmt"
	"testing"

	"periph.io/x/conn/v3/physic"

	"otabench/power/sim"
)

func TestNames(t *testing.T) {
	s, err := sim.NewSupply("rigol-dp832", sim.SupplyOptions{Serial: "DP8C1"})
	must(t, err)
	ch, err := s.Channel(2)
	must(t, err)
	rail := sim.NewRail("kl30", sim.RailOptions{})
	for want, v := range map[string]fmt.Stringer{
		"simulated DP832 DP8C1":            s,
		"CH2":                              ch,
		"kl30":                             rail,
		"kl30 of bcm":                      rail.Terminal("bcm"),
		"K1":                               sim.NewContact("K1"),
		"simulated INA226 at 0x40 on kl30": sim.NewINA226(rail, 0x40, 10*physic.MilliOhm),
	} {
		if got := v.String(); got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
	}
}

package equipment

import (
	"maps"
	"slices"
	"strings"

	"otabench/bench/config"
	candial "otabench/can/dial"
	"otabench/power/dial"
	"otabench/power/scpi"
)

// CheckAddresses says which address or model in a bench file cannot be right on any machine, before anything is opened.
// Its error is a *config.Error.
func CheckAddresses(f *config.File) error {
	for _, role := range slices.Sorted(maps.Keys(f.Buses)) {
		if err := candial.Check(f.Buses[role].Address); err != nil {
			return f.Wrong("buses."+role+".address", "%v", err)
		}
	}
	for _, role := range slices.Sorted(maps.Keys(f.Supplies)) {
		c := f.Supplies[role]
		if _, err := dial.Parse(c.Address); err != nil {
			return f.Wrong("supplies."+role+".address", "%v", err)
		}
		if err := scpi.CheckModel(c.Model); err != nil {
			return f.Wrong("supplies."+role+".model", "%v", err)
		}
	}
	for _, role := range slices.Sorted(maps.Keys(f.Switches)) {
		if pin := f.Switches[role].Pin; !hasScheme(pin, "gpio", "virtual") {
			return f.Wrong("switches."+role+".pin", "%q; want gpio:NAME or, with a simulation, virtual:NAME", pin)
		}
	}
	for _, role := range slices.Sorted(maps.Keys(f.Sensors)) {
		if address := f.Sensors[role].Address; !hasScheme(address, "i2c", "virtual") {
			return f.Wrong("sensors."+role+".address", "%q; want i2c:BUS@ADDRESS or, with a simulation, virtual:RAIL", address)
		}
	}
	return nil
}

func hasScheme(address string, accepted ...string) bool {
	scheme, rest, found := strings.Cut(address, ":")
	return found && rest != "" && slices.Contains(accepted, scheme)
}

package equipment

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"otabench/bench/config"
	"otabench/power/dial"
	"otabench/power/scpi"
)

// CheckAddresses says which address or model in a bench file cannot be right on any machine, before anything is opened.
// Its error is an *AddressError.
func CheckAddresses(f *config.File) error {
	for _, role := range slices.Sorted(maps.Keys(f.Supplies)) {
		c := f.Supplies[role]
		if _, err := dial.Parse(c.Address); err != nil {
			return &AddressError{"supply " + role, c.Address, err.Error()}
		}
		if !slices.Contains(scpi.Models(), c.Model) {
			return &AddressError{"supply " + role, c.Address, fmt.Sprintf("unknown model %q; known are %s", c.Model, strings.Join(scpi.Models(), ", "))}
		}
	}
	for _, role := range slices.Sorted(maps.Keys(f.Switches)) {
		if pin := f.Switches[role].Pin; !hasScheme(pin, "gpio", "virtual") {
			return &AddressError{"switch " + role, pin, "want gpio:NAME or, with a simulation, virtual:NAME"}
		}
	}
	for _, role := range slices.Sorted(maps.Keys(f.Sensors)) {
		if address := f.Sensors[role].Address; !hasScheme(address, "i2c", "virtual") {
			return &AddressError{"sensor " + role, address, "want i2c:BUS@ADDRESS or, with a simulation, virtual:RAIL"}
		}
	}
	return nil
}

func hasScheme(address string, accepted ...string) bool {
	scheme, rest, found := strings.Cut(address, ":")
	return found && rest != "" && slices.Contains(accepted, scheme)
}

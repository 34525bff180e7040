package equipment_test

import (
	"errors"
	"strings"
	"testing"

	"otabench/bench/config"
	"otabench/bench/equipment"
)

func TestCheckAddresses(t *testing.T) {
	if err := equipment.CheckAddresses(file()); err != nil {
		t.Errorf("addresses that are right: %v", err)
	}
	for _, c := range []struct {
		name, role, says string
		change           func(*config.File)
	}{
		{"supply", "supply psu", "gpib:7", func(f *config.File) {
			f.Supplies["psu"] = config.Supply{Model: "rigol-dp832", Address: "gpib:7"}
		}},
		{"model", "supply psu", "known are ", func(f *config.File) {
			f.Supplies["psu"] = config.Supply{Model: "acme-1", Address: "virtual:psu"}
		}},
		{"switch", "switch main", "want gpio:NAME", func(f *config.File) { f.Switches["main"] = config.Switch{Pin: "usb:1"} }},
		{"switch without name", "switch main", "want gpio:NAME", func(f *config.File) { f.Switches["main"] = config.Switch{Pin: "gpio:"} }},
		{"sensor", "sensor terminals", "want i2c:BUS@ADDRESS", func(f *config.File) {
			f.Sensors["terminals"] = config.Sensor{Address: "spi:0"}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := file()
			c.change(f)
			err := equipment.CheckAddresses(f)
			var e *equipment.AddressError
			if !errors.As(err, &e) || e.Role != c.role || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v; want one about %s with %q", err, c.role, c.says)
			}
		})
	}
}

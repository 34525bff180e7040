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
		name, path, says string
		change           func(*config.File)
	}{
		{"supply", "supplies.psu.address", "gpib:7", func(f *config.File) {
			f.Supplies["psu"] = config.Supply{Model: "rigol-dp832", Address: "gpib:7"}
		}},
		{"model", "supplies.psu.model", "known are ", func(f *config.File) {
			f.Supplies["psu"] = config.Supply{Model: "acme-1", Address: "virtual:psu"}
		}},
		{"bus", "buses.body.address", "socketcand://HOST[:PORT]/NAME", func(f *config.File) {
			f.Buses = map[string]config.Bus{"body": {Address: "socketcand:can0"}}
		}},
		{"switch", "switches.main.pin", "want gpio:NAME", func(f *config.File) { f.Switches["main"] = config.Switch{Pin: "usb:1"} }},
		{"switch without name", "switches.main.pin", "want gpio:NAME", func(f *config.File) { f.Switches["main"] = config.Switch{Pin: "gpio:"} }},
		{"sensor", "sensors.terminals.address", "want i2c:BUS@ADDRESS", func(f *config.File) {
			f.Sensors["terminals"] = config.Sensor{Address: "spi:0"}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := file()
			c.change(f)
			err := equipment.CheckAddresses(f)
			var e *config.Error
			if !errors.As(err, &e) || e.Problems[0].Path != c.path || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v; want one about %s with %q", err, c.path, c.says)
			}
		})
	}
}

package equipment_test

import (
	"errors"
	"strings"
	"testing"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/bench/equipment"
	"otabench/power"
	"otabench/power/dial"
	"otabench/power/scpi"
)

func TestOpenIdentifiesAndEnergisesNothing(t *testing.T) {
	bubble(t, func(t *testing.T, w *wiring) {
		p := mustOpen(t, w)
		defer mustClose(t, p)
		if id := p.Supplies["psu"].Identity(); id.Serial != serial || id.Model != "DP832" {
			t.Errorf("identity %v", id)
		}
		if len(p.Channels) != 2 || len(p.Switches) != 1 || len(p.Sensors) != 1 {
			t.Errorf("opened %+v", p)
		}
		for n := 1; n <= 3; n++ {
			if w.supply.Output(n).On {
				t.Errorf("output %d is on", n)
			}
		}
		if w.contact.Conducts() {
			t.Error("the switch is closed")
		}
	})
}

func TestOpenOpensAClosedSwitch(t *testing.T) {
	bubble(t, func(t *testing.T, w *wiring) {
		_ = w.contact.Make()
		defer mustClose(t, mustOpen(t, w))
		if w.contact.Conducts() {
			t.Error("the switch is still closed")
		}
	})
}

func TestOpenFails(t *testing.T) {
	isAddress := func(err error) bool {
		var e *equipment.AddressError
		return errors.As(err, &e)
	}
	is := func(target error) func(error) bool {
		return func(err error) bool { return errors.Is(err, target) }
	}
	supply := func(change func(*config.Supply)) func(*config.File) {
		return func(f *config.File) {
			s := f.Supplies["psu"]
			change(&s)
			f.Supplies["psu"] = s
		}
	}
	sensor := func(address string) func(*config.File) {
		return func(f *config.File) {
			s := f.Sensors["terminals"]
			s.Address = address
			f.Sensors["terminals"] = s
		}
	}
	pin := func(pin string) func(*config.File) {
		return func(f *config.File) { f.Switches["main"] = config.Switch{Pin: pin} }
	}
	for _, c := range []struct {
		name   string
		change func(*config.File)
		is     func(error) bool
		says   string
	}{
		{"other serial number", supply(func(s *config.Supply) { s.Serial = "OTHER" }), is(power.ErrIdentity), `"DP8A1234", the bench file wants "OTHER"`},
		{"other model", supply(func(s *config.Supply) { s.Model = "rigol-dp831" }), nil, "open supply psu"},
		{"no such model", supply(func(s *config.Supply) { s.Model = "acme-1" }), is(scpi.ErrModel), "acme-1"},
		{"scheme of a supply", supply(func(s *config.Supply) { s.Address = "gpib:7" }), is(dial.ErrAddress), "gpib:7"},
		{"port of a supply", supply(func(s *config.Supply) { s.Address = "tcp:host:0" }), is(dial.ErrAddress), "65535"},
		{"no such virtual supply", supply(func(s *config.Supply) { s.Address = "virtual:other" }), nil, `no supply "other"`},
		{"scheme of a switch", pin("usb:1"), isAddress, `main: address "usb:1": want gpio:NAME`},
		{"no such pin", pin("gpio:NOSUCH"), nil, "open switch main"},
		{"no such virtual pin", pin("virtual:other"), nil, `no pin "other"`},
		{"scheme of a sensor", sensor("spi:0"), isAddress, `terminals: address "spi:0": want i2c:BUS@ADDRESS`},
		{"address of a sensor", sensor("virtual:kl30@0x80"), isAddress, "7-bit"},
		{"no number", sensor("virtual:kl30@first"), isAddress, "7-bit"},
		{"no such I2C bus", sensor("i2c:77@0x40"), nil, `open I2C bus "77"`},
		{"no such virtual sensor", sensor("virtual:other@0x40"), nil, `no sensor "other"`},
		{"no chip at the address", sensor("virtual:kl30@0x41"), nil, "open sensor terminals"},
		{"no such output", func(f *config.File) {
			r := f.Rails["aux"]
			r.Channel = 7
			f.Rails["aux"] = r
		}, nil, "rail aux"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *wiring) {
				f := file()
				c.change(f)
				p, err := equipment.Open(t.Context(), f, w)
				if err == nil || p != nil {
					t.Fatalf("opened: %+v, %v", p, err)
				}
				if c.is != nil && !c.is(err) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%T: %v; want one that says %q", err, err, c.says)
				}
			})
		})
	}
}

func TestVirtualAddressesWithoutSimulation(t *testing.T) {
	var e *equipment.AddressError
	f := file()
	if _, err := equipment.Open(t.Context(), f, nil); !errors.As(err, &e) || e.Role != "main" {
		t.Errorf("switch: %v", err)
	}
	f.Switches = nil
	if _, err := equipment.Open(t.Context(), f, nil); !errors.Is(err, dial.ErrAddress) {
		t.Errorf("supply: %v", err)
	}
	f.Supplies = nil
	if _, err := equipment.Open(t.Context(), f, nil); !errors.As(err, &e) || e.Role != "terminals" {
		t.Errorf("sensor: %v", err)
	}
}

func TestSensorWithoutAddressIsAtTheDefault(t *testing.T) {
	bubble(t, func(t *testing.T, w *wiring) {
		f := file()
		f.Sensors["terminals"] = config.Sensor{Model: "ina226", Address: "virtual:kl30", Shunt: 10 * physic.MilliOhm, MaxCurrent: 8 * physic.Ampere}
		p, err := equipment.Open(t.Context(), f, w)
		if err != nil {
			t.Fatal(err)
		}
		defer mustClose(t, p)
		r, err := p.Sensors["terminals"].Sense(t.Context())
		if err != nil || r.Voltage != 0 {
			t.Errorf("%v, %v", r, err)
		}
	})
}

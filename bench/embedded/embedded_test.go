package embedded_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/bench/equipment"
	"otabench/power"
	"otabench/power/scpi"
	"otabench/power/sense"
)

func parse(t *testing.T) *config.File {
	t.Helper()
	f, err := config.Parse(embedded.Name, embedded.UnitYAML)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// onBench runs f on a virtual bench in virtual time. Every goroutine of the bench has to end with Close.
func onBench(t *testing.T, file *config.File, f func(t *testing.T, b *embedded.Bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b, err := embedded.New(file)
		if err != nil {
			t.Fatal(err)
		}
		f(t, b)
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if err := b.Close(); err != nil {
			t.Errorf("a second time: %v", err)
		}
	})
}

var _ equipment.Virtual = (*embedded.Bench)(nil)

// meter reads the rail's sensor.
func meter(t *testing.T, b *embedded.Bench) *sense.Sensor {
	t.Helper()
	bus, err := b.Sensor("kl30")
	if err != nil {
		t.Fatal(err)
	}
	s, err := sense.Open("ina226", "kl30", bus, sense.Options{Shunt: 10 * physic.MilliOhm, MaxCurrent: 8 * physic.Ampere})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func volts(t *testing.T, s power.Sensor) physic.ElectricPotential {
	t.Helper()
	r, err := s.Sense(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r.Voltage
}

// supplied energises the output, with its switch still open.
func supplied(t *testing.T, b *embedded.Bench) power.Supply {
	t.Helper()
	link, err := b.Supply("psu")
	if err != nil {
		t.Fatal(err)
	}
	s, err := scpi.Open(t.Context(), "rigol-dp832", link, "virtual:psu", scpi.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ch, err := s.Channel(1)
	if err != nil {
		t.Fatal(err)
	}
	out, err := power.Limit(t.Context(), ch, power.Limits{
		Voltage: 16 * physic.Volt, Current: 3 * physic.Ampere, OVP: 17 * physic.Volt, OCP: 3200 * physic.MilliAmpere,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := out.On(t.Context(), 13500*physic.MilliVolt); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNothingIsEnergised(t *testing.T) {
	onBench(t, parse(t), func(t *testing.T, b *embedded.Bench) {
		if v := volts(t, meter(t, b)); v != 0 {
			t.Errorf("the rail has %v", v)
		}
	})
}

func TestWiring(t *testing.T) {
	onBench(t, parse(t), func(t *testing.T, b *embedded.Bench) {
		s := supplied(t, b)
		defer s.Close()
		time.Sleep(100 * time.Millisecond)
		terminals := meter(t, b)
		if v := volts(t, terminals); v != 0 {
			t.Errorf("%v behind an open switch", v)
		}
		main, err := b.Pin("main")
		if err != nil {
			t.Fatal(err)
		}
		if err := main.Out(gpio.High); err != nil {
			t.Fatal(err)
		}
		console, err := b.Console("bcm")
		if err != nil {
			t.Fatal(err)
		}
		text := make([]byte, 64)
		if n, err := console.Read(text); n == 0 || err != nil {
			t.Errorf("the ECU prints nothing with power: %v", err)
		}
		go func() { _, _ = io.Copy(io.Discard, console) }()
		time.Sleep(100 * time.Millisecond)
		if v := volts(t, terminals); v < 13*physic.Volt {
			t.Errorf("%v behind a closed switch", v)
		}
		if b.ECU("bcm") == nil || b.ECU("ecm") != nil {
			t.Error("ECUs by role")
		}
	})
}

func TestBusJoinsBenchAndECU(t *testing.T) {
	onBench(t, parse(t), func(t *testing.T, b *embedded.Bench) {
		bus, err := b.Bus("body")
		if err != nil {
			t.Fatal(err)
		}
		if err := bus.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestNamesThatAreNotThere(t *testing.T) {
	onBench(t, parse(t), func(t *testing.T, b *embedded.Bench) {
		_, bus := b.Bus("other")
		_, supply := b.Supply("other")
		_, pin := b.Pin("other")
		_, sensor := b.Sensor("other")
		_, console := b.Console("other")
		for want, err := range map[string]error{
			`no bus "other"; it has [body]`:                    bus,
			`no supply "other"; it has [psu]`:                  supply,
			`no switch "other"; it has [main open plug short]`: pin,
			`no sensor on rail "other"; it has [kl30]`:         sensor,
			`no console "other"; it has [bcm]`:                 console,
		} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %s", err, want)
			}
		}
	})
}

func TestBenchThatCannotBeBuilt(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*config.File)
		says   string
	}{
		{"supply without a simulation", func(f *config.File) {
			f.Supplies["psu"] = config.Supply{Model: "acme-1", Address: "virtual:psu"}
		}, "simulate supply psu"},
		{"no such output", func(f *config.File) {
			r := f.Rails["kl30"]
			r.Channel = 8
			f.Rails["kl30"] = r
		}, "simulate rail kl30"},
		{"one output for two rails", func(f *config.File) { f.Rails["kl15"] = f.Rails["kl30"] }, "already connected"},
		{"ECU on a real bus", func(f *config.File) { f.Buses["body"] = config.Bus{Address: "socketcan:can0"} }, "is not virtual"},
		{"ECU without a name", func(f *config.File) {
			e := f.ECUs["bcm"]
			e.Description.Programming.System = ""
			f.ECUs["bcm"] = e
		}, "simulate ECU bcm"},
		{"settings that make no sense", func(f *config.File) {
			s := f.Simulation.ECUs["bcm"]
			s.Security.Algorithm = "rot13"
			f.Simulation.ECUs["bcm"] = s
		}, "rot13"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := parse(t)
				c.change(f)
				b, err := embedded.New(f)
				if b != nil || err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%v, %v; want an error with %q", b, err, c.says)
				}
			})
		})
	}
}

// A bench may have real equipment around a simulated ECU. What stands in for it keeps the ECU alive.
func TestSimulatedECUOnARealSupply(t *testing.T) {
	f := parse(t)
	f.Supplies["psu"] = config.Supply{Model: "rigol-dp832", Address: "tcp:192.0.2.1:5555"}
	f.Switches["main"] = config.Switch{Pin: "gpio:GPIO17"}
	f.Battery = nil
	onBench(t, f, func(t *testing.T, b *embedded.Bench) {
		time.Sleep(100 * time.Millisecond)
		if v := volts(t, meter(t, b)); v < 13*physic.Volt {
			t.Errorf("the rail has %v", v)
		}
		if _, err := b.Supply("psu"); err == nil {
			t.Error("simulates a real supply")
		}
	})
}

func TestAClosedBenchHangsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, err := embedded.New(parse(t))
		if err != nil {
			t.Fatal(err)
		}
		link, err := b.Supply("psu")
		if err != nil {
			t.Fatal(err)
		}
		console, err := b.Console("bcm")
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		for name, end := range map[string]io.Reader{"supply": link, "console": console} {
			if _, err := end.Read(make([]byte, 1)); !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func Example() {
	f, err := config.Parse(embedded.Name, embedded.UnitYAML)
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := embedded.New(f)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer b.Close()
	_, err = b.Supply("spare")
	fmt.Println(err)
	// Output: the embedded bench has no supply "spare"; it has [psu]
}

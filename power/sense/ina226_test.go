package sense_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/i2c/i2ctest"
	"periph.io/x/conn/v3/physic"

	"otabench/power"
	"otabench/power/scpi"
	"otabench/power/sense"
	"otabench/power/sim"
)

func options() sense.Options {
	return sense.Options{Shunt: 10 * physic.MilliOhm, MaxCurrent: 8 * physic.Ampere}
}

func read(register byte, value uint16) i2ctest.IO {
	return i2ctest.IO{Addr: 0x40, W: []byte{register}, R: []byte{byte(value >> 8), byte(value)}}
}

func write(register byte, value uint16) i2ctest.IO {
	return i2ctest.IO{Addr: 0x40, W: []byte{register, byte(value >> 8), byte(value)}}
}

// setup is what the driver says to a chip with the options above: 1.1 ms, one average, continuous; 8 A / 32768 over
// 10 mΩ makes 2097 (TI SBOS547A, equation 1).
func setup() []i2ctest.IO {
	return []i2ctest.IO{read(0xFE, 0x5449), read(0xFF, 0x2260), write(0x00, 0x4127), write(0x05, 2097)}
}

func reading(calibration, bus, shunt, current, mask uint16) []i2ctest.IO {
	return []i2ctest.IO{
		read(0x05, calibration), read(0x02, bus), read(0x01, shunt), read(0x04, current), read(0x06, mask),
	}
}

func TestINA226(t *testing.T) {
	for name, tc := range map[string]struct {
		ops  []i2ctest.IO
		v    physic.ElectricPotential
		i    physic.ElectricCurrent
		want error
	}{
		"voltage and current": {ops: reading(2097, 10800, 2000, 2048, 8), v: 13500 * physic.MilliVolt, i: 500025 * physic.MicroAmpere},
		"current backwards":   {ops: reading(2097, 0, 0xF830, 0xF800, 8), i: -500025 * physic.MicroAmpere},
		"voltage clipped":     {ops: reading(2097, 0x7FFF, 0, 0, 8), want: sense.ErrRange},
		"shunt clipped":       {ops: reading(2097, 10800, 0x7FFF, 0, 8), want: sense.ErrRange},
		"shunt clipped below": {ops: reading(2097, 10800, 0x8000, 0, 8), want: sense.ErrRange},
		"current overflows":   {ops: reading(2097, 10800, 0, 0, 0xC), want: sense.ErrRange},
		"the chip was reset":  {ops: reading(0, 10800, 2000, 0, 8), want: sense.ErrCalibration},
	} {
		t.Run(name, func(t *testing.T) {
			bus := &i2ctest.Playback{Ops: append(setup(), tc.ops...), DontPanic: true}
			s, err := sense.Open("kl30", bus, options())
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.Sense(t.Context())
			if !errors.Is(err, tc.want) || r.Voltage != tc.v || (r.Current-tc.i).String() != "0A" && abs(r.Current-tc.i) > 50*physic.MicroAmpere {
				t.Errorf("Sense = %v, %v; want %v %v, %v", r, err, tc.v, tc.i, tc.want)
			}
			if err := bus.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func abs(i physic.ElectricCurrent) physic.ElectricCurrent { return max(i, -i) }

func TestINA226BusFails(t *testing.T) {
	all := append(setup(), reading(2097, 10800, 2000, 2048, 8)...)
	for n := range all {
		bus := &i2ctest.Playback{Ops: all[:n], DontPanic: true} // fails at the n-th transaction
		s, err := sense.Open("kl30", bus, options())
		if n < len(setup()) {
			if err == nil || !strings.Contains(err.Error(), "kl30 sensor (INA226 at 0x40 on playback)") {
				t.Errorf("transaction %d fails: %v", n, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if r, err := s.Sense(t.Context()); err == nil {
			t.Errorf("transaction %d fails: read %v", n, r)
		}
	}
}

func TestINA226AnotherChip(t *testing.T) {
	for name, ops := range map[string][]i2ctest.IO{
		"another maker": {read(0xFE, 0x4154), read(0xFF, 0x2260)},
		"INA219":        {read(0xFE, 0xFFFF), read(0xFF, 0xFFFF)},
		"INA228":        {read(0xFE, 0x5449), read(0xFF, 0x2281)},
	} {
		bus := &i2ctest.Playback{Ops: ops, DontPanic: true}
		if _, err := sense.Open("kl30", bus, options()); !errors.Is(err, sense.ErrChip) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOptions(t *testing.T) {
	for name, spoil := range map[string]func(*sense.Options){
		"no shunt":         func(o *sense.Options) { o.Shunt = 0 },
		"no current":       func(o *sense.Options) { o.MaxCurrent = 0 },
		"too large a drop": func(o *sense.Options) { o.MaxCurrent = 9 * physic.Ampere },
		"too small":        func(o *sense.Options) { o.Shunt, o.MaxCurrent = physic.MilliOhm, physic.MilliAmpere },
		"averages":         func(o *sense.Options) { o.Averages = 3 },
		"conversion":       func(o *sense.Options) { o.Conversion = time.Second },
	} {
		o := options()
		spoil(&o)
		bus := &i2ctest.Playback{DontPanic: true}
		if _, err := sense.Open("kl30", bus, o); !errors.Is(err, sense.ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestINA226OnSimulatedRail measures a unit that a simulated supply feeds.
func TestINA226OnSimulatedRail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		supply, err := sim.NewSupply("rigol-dp832", sim.SupplyOptions{})
		must(t, err)
		ch, err := supply.Channel(1)
		must(t, err)
		contact, rail := sim.NewContact("K1"), sim.NewRail("kl30", sim.RailOptions{})
		must(t, rail.Feed(ch, contact))
		near, far := net.Pipe()
		go supply.Serve(t.Context(), far)
		driver, err := scpi.Open(t.Context(), "rigol-dp832", near, "virtual:psu", scpi.Options{})
		must(t, err)
		defer driver.Close()
		ch1, err := driver.Channel(1)
		must(t, err)
		must(t, ch1.SetVoltage(t.Context(), 13500*physic.MilliVolt))
		must(t, ch1.Enable(t.Context(), true))
		must(t, contact.Make())
		ecu := rail.Terminal("bcm")
		ecu.Draw(1234567 * physic.MicroAmpere)
		time.Sleep(time.Second)

		chip := sim.NewINA226(rail, 0x40, 10*physic.MilliOhm)
		sensor, err := sense.Open("kl30", chip, options())
		must(t, err)
		expect := func(what string, v physic.ElectricPotential, i physic.ElectricCurrent) {
			t.Helper()
			r, err := sensor.Sense(t.Context())
			vStep, iStep := sensor.Resolution()
			if err != nil || max(r.Voltage-v, v-r.Voltage) > vStep || abs(r.Current-i) > 2*iStep {
				t.Errorf("%s: %v, %v; want %v %v within %v %v", what, r, err, v, i, vStep, iStep)
			}
		}
		expect("fed", 13438*physic.MilliVolt, 1234567*physic.MicroAmpere)
		chip.Offset(-300 * physic.MilliVolt)
		expect("offset", 13138*physic.MilliVolt, 1234567*physic.MicroAmpere)
		chip.Offset(30 * physic.Volt)
		if _, err := sensor.Sense(t.Context()); !errors.Is(err, sense.ErrRange) {
			t.Errorf("43 V: %v", err)
		}
		chip.Offset(0)
		must(t, contact.Break())
		time.Sleep(time.Second)
		expect("cut", 0, 0)

		must(t, chip.Tx(0x40, []byte{0, 0x80, 0}, nil)) // the chip's own supply drops
		if _, err := sensor.Sense(t.Context()); !errors.Is(err, sense.ErrCalibration) {
			t.Errorf("reset: %v", err)
		}
		chip.Silence(true)
		if _, err := sensor.Sense(t.Context()); err == nil || !strings.Contains(err.Error(), "no acknowledge") {
			t.Errorf("silent: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := sensor.Sense(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	})
}

// TestINA226Overload: a current that the chip cannot tell is an error, not a clipped value.
func TestINA226Overload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rail := chargedRail(t)
		rail.Terminal("bcm").Draw(9 * physic.Ampere)
		sensor, err := sense.Open("kl30", sim.NewINA226(rail, 0x41, 10*physic.MilliOhm),
			sense.Options{Address: 0x41, Shunt: 10 * physic.MilliOhm, MaxCurrent: 8 * physic.Ampere, Conversion: 140 * time.Microsecond})
		must(t, err)
		if r, err := sensor.Sense(t.Context()); !errors.Is(err, sense.ErrRange) {
			t.Errorf("9 A: %v, %v", r, err)
		}
	})
}

// chargedRail is fed by a supply that nobody needs to talk to any more.
func chargedRail(t *testing.T) *sim.Rail {
	t.Helper()
	supply, err := sim.NewSupply("rigol-dp832", sim.SupplyOptions{})
	must(t, err)
	ch, err := supply.Channel(1)
	must(t, err)
	contact, rail := sim.NewContact("K1"), sim.NewRail("kl30", sim.RailOptions{Capacitance: 10 * physic.MilliFarad})
	must(t, rail.Feed(ch, contact))
	must(t, contact.Make())
	near, far := net.Pipe()
	go supply.Serve(t.Context(), far)
	_, err = fmt.Fprint(near, ":APPL CH1,13.5,3.2;:OUTP CH1,ON\n")
	must(t, err)
	time.Sleep(time.Second)
	must(t, near.Close())
	return rail
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ExampleOpen() {
	rail := sim.NewRail("kl30", sim.RailOptions{})
	bus := sim.NewINA226(rail, 0x40, 10*physic.MilliOhm) // on a bench: i2creg.Open("1")
	sensor, err := sense.Open("kl30", bus, sense.Options{
		Shunt: 10 * physic.MilliOhm, MaxCurrent: 8 * physic.Ampere,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var s power.Sensor = sensor
	reading, err := s.Sense(context.Background())
	fmt.Println(s, reading, err)
	// Output: kl30 sensor (INA226 at 0x40 on simulated INA226 at 0x40 on kl30) 0V 0A <nil>
}

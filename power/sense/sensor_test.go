package sense_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/i2c/i2ctest"
	"periph.io/x/conn/v3/physic"

	"otabench/power"
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

func read3(register byte, value uint32) i2ctest.IO {
	return i2ctest.IO{Addr: 0x40, W: []byte{register}, R: []byte{byte(value >> 16), byte(value >> 8), byte(value)}}
}

// setups are what the drivers say to chips with the options above: the shortest conversions but one or two, no average,
// continuous; the INA219 with ±80 mV, the range above the 80 mV of 8 A through 10 mΩ.
func setups() map[string][]i2ctest.IO {
	return map[string][]i2ctest.IO{
		"ina219": {write(0, 0x8000), read(0, 0x399F), write(0, 0x2917)},
		"ina226": {read(0xFE, 0x5449), read(0xFF, 0x2260), write(0, 0x4097)},
		"ina228": {read(0x3E, 0x5449), read(0x3F, 0x2281), write(0, 0), write(1, 0xB6D8)},
	}
}

// verifications are what a driver reads before the first reading.
func verifications() map[string][]i2ctest.IO {
	return map[string][]i2ctest.IO{
		"ina219": {read(0, 0x2917)},
		"ina226": {read(0, 0x4097)},
		"ina228": {read(0, 0), read(1, 0xB6D8)},
	}
}

func TestSensors(t *testing.T) {
	for name, tc := range map[string]struct {
		model string
		ops   []i2ctest.IO
		v     physic.ElectricPotential
		i     physic.ElectricCurrent
		want  error
	}{
		"INA219":                     {"ina219", []i2ctest.IO{read(2, 3375<<3|2), read(1, 500)}, 13500 * physic.MilliVolt, 500 * physic.MilliAmpere, nil},
		"INA219 backwards":           {"ina219", []i2ctest.IO{read(2, 2), read(1, 0xFE0C)}, 0, -500 * physic.MilliAmpere, nil},
		"INA219 over 26 V":           {"ina219", []i2ctest.IO{read(2, 6500<<3|2)}, 0, 0, sense.ErrRange},
		"INA219 over its range":      {"ina219", []i2ctest.IO{read(2, 2), read(1, 8000)}, 0, 0, sense.ErrRange},
		"INA226":                     {"ina226", []i2ctest.IO{read(2, 10800), read(1, 2000)}, 13500 * physic.MilliVolt, 500 * physic.MilliAmpere, nil},
		"INA226 backwards":           {"ina226", []i2ctest.IO{read(2, 0), read(1, 0xF830)}, 0, -500 * physic.MilliAmpere, nil},
		"INA226 over 36 V":           {"ina226", []i2ctest.IO{read(2, 28800)}, 0, 0, sense.ErrRange},
		"INA226 shunt clipped":       {"ina226", []i2ctest.IO{read(2, 0), read(1, 0x7FFF)}, 0, 0, sense.ErrRange},
		"INA226 shunt clipped below": {"ina226", []i2ctest.IO{read(2, 0), read(1, 0x8000)}, 0, 0, sense.ErrRange},
		"INA228":                     {"ina228", []i2ctest.IO{read3(5, 69120<<4), read3(4, 16000<<4)}, 13500 * physic.MilliVolt, 500 * physic.MilliAmpere, nil},
		"INA228 backwards":           {"ina228", []i2ctest.IO{read3(5, 0), read3(4, 0xFC1800)}, 0, -500 * physic.MilliAmpere, nil},
		"INA228 over 85 V":           {"ina228", []i2ctest.IO{read3(5, 435200<<4)}, 0, 0, sense.ErrRange},
		"INA228 shunt clipped":       {"ina228", []i2ctest.IO{read3(5, 0), read3(4, 0x7FFFF0)}, 0, 0, sense.ErrRange},
		"INA228 shunt clipped below": {"ina228", []i2ctest.IO{read3(5, 0), read3(4, 0x800000)}, 0, 0, sense.ErrRange},
	} {
		t.Run(name, func(t *testing.T) {
			ops := slices.Concat(setups()[tc.model], verifications()[tc.model], tc.ops)
			bus := &i2ctest.Playback{Ops: ops, DontPanic: true}
			s, err := sense.Open(tc.model, "kl30", bus, options())
			must(t, err)
			r, err := s.Sense(t.Context())
			if !errors.Is(err, tc.want) || r.Voltage != tc.v || r.Current != tc.i {
				t.Errorf("Sense = %v, %v; want %v %v, %v", r, err, tc.v, tc.i, tc.want)
			}
			must(t, bus.Close())
		})
	}
}

func abs(i physic.ElectricCurrent) physic.ElectricCurrent { return max(i, -i) }

// Two readings at 1 kHz are two transactions each; the settings are looked at only now and then.
func TestSensorReadsNoMoreThanItNeeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one := []i2ctest.IO{read(2, 10800), read(1, 2000)}
		bus := &i2ctest.Playback{DontPanic: true, Ops: slices.Concat(
			setups()["ina226"], verifications()["ina226"], one, one, verifications()["ina226"], one)}
		s, err := sense.Open("ina226", "kl30", bus, options())
		must(t, err)
		for _, pause := range []time.Duration{0, 99 * time.Millisecond, time.Millisecond} {
			time.Sleep(pause)
			_, err := s.Sense(t.Context())
			must(t, err)
		}
		must(t, bus.Close())
	})
}

// By default a reading is never older than a millisecond.
func TestSensorIsFast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for model, ops := range setups() {
			begin := time.Now()
			_, err := sense.Open(model, "kl30", &i2ctest.Playback{Ops: ops, DontPanic: true}, options())
			must(t, err)
			if took := time.Since(begin); took < 500*time.Microsecond || took > time.Millisecond {
				t.Errorf("%s: the first reading takes %v", model, took)
			}
		}
	})
}

func TestBusFails(t *testing.T) {
	for model, setup := range setups() {
		all := slices.Concat(setup, verifications()[model])
		for n := range all {
			bus := &i2ctest.Playback{Ops: all[:n], DontPanic: true} // fails at the n-th transaction
			s, err := sense.Open(model, "kl30", bus, options())
			if n < len(setup) {
				if err == nil || !strings.Contains(err.Error(), "kl30 sensor ("+strings.ToUpper(model)+" at 0x40 on playback)") {
					t.Errorf("%s, transaction %d fails: %v", model, n, err)
				}
				continue
			}
			must(t, err)
			if r, err := s.Sense(t.Context()); err == nil {
				t.Errorf("%s, transaction %d fails: read %v", model, n, r)
			}
		}
	}
}

// Each driver knows the other chips from its own, also those that have no identification.
func TestAnotherChip(t *testing.T) {
	rail := sim.NewRail("kl30", sim.RailOptions{})
	for _, driver := range sense.Models() {
		for _, there := range sense.Models() {
			chip, err := sim.NewSensor(there, rail, 0x40, 10*physic.MilliOhm)
			must(t, err)
			_, err = sense.Open(driver, "kl30", chip, options())
			if same := driver == there; same != (err == nil) || !same && !errors.Is(err, sense.ErrChip) {
				t.Errorf("the driver of %s on an %s: %v", driver, there, err)
			}
		}
	}
	if _, err := sense.Open("ina3221", "kl30", nil, options()); !errors.Is(err, sense.ErrModel) {
		t.Errorf("another model: %v", err)
	}
}

func TestOptions(t *testing.T) {
	for name, spoil := range map[string]func(*sense.Options){
		"no shunt":         func(o *sense.Options) { o.Shunt = 0 },
		"no current":       func(o *sense.Options) { o.MaxCurrent = 0 },
		"too large a drop": func(o *sense.Options) { o.MaxCurrent = 33 * physic.Ampere },
		"averages":         func(o *sense.Options) { o.Averages = 3 },
		"conversion":       func(o *sense.Options) { o.Conversion = time.Second },
	} {
		for _, model := range sense.Models() {
			o := options()
			spoil(&o)
			bus := &i2ctest.Playback{DontPanic: true}
			if _, err := sense.Open(model, "kl30", bus, o); !errors.Is(err, sense.ErrOptions) {
				t.Errorf("%s with %s: %v", model, name, err)
			}
		}
	}
}

// The INA219 averages only its slowest conversions, and its range follows the largest current.
func TestINA219Options(t *testing.T) {
	for _, tc := range []struct {
		current    physic.ElectricCurrent
		averages   int
		conversion time.Duration
		config     uint16
	}{
		{4 * physic.Ampere, 1, 0, 0x2117},
		{16 * physic.Ampere, 1, 84 * time.Microsecond, 0x3007},
		{32 * physic.Ampere, 4, 532 * time.Microsecond, 0x3D57},
	} {
		o := sense.Options{Shunt: 10 * physic.MilliOhm, MaxCurrent: tc.current, Averages: tc.averages, Conversion: tc.conversion}
		bus := &i2ctest.Playback{DontPanic: true, Ops: []i2ctest.IO{write(0, 0x8000), read(0, 0x399F), write(0, tc.config)}}
		if _, err := sense.Open("ina219", "kl30", bus, o); err != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
	o := options()
	o.Averages = 4
	if _, err := sense.Open("ina219", "kl30", &i2ctest.Playback{DontPanic: true}, o); !errors.Is(err, sense.ErrOptions) {
		t.Errorf("averages of fast conversions: %v", err)
	}
}

// TestSensorsOnSimulatedRail measures a unit that a simulated supply feeds.
func TestSensorsOnSimulatedRail(t *testing.T) {
	for _, model := range sense.Models() {
		t.Run(model, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { testOnRail(t, model) })
		})
	}
}

func testOnRail(t *testing.T, model string) {
	rail, contact := chargedRail(t)
	ecu := rail.Terminal("bcm")
	ecu.Draw(1234567 * physic.MicroAmpere)
	time.Sleep(time.Second)
	chip, err := sim.NewSensor(model, rail, 0x40, 10*physic.MilliOhm)
	must(t, err)
	sensor, err := sense.Open(model, "kl30", chip, options())
	must(t, err)
	expect := func(what string, v physic.ElectricPotential, i physic.ElectricCurrent) {
		t.Helper()
		r, err := sensor.Sense(t.Context())
		vStep, iStep := sensor.Resolution()
		if err != nil || max(r.Voltage-v, v-r.Voltage) > vStep || abs(r.Current-i) > iStep {
			t.Errorf("%s: %v, %v; want %v %v within %v %v", what, r, err, v, i, vStep, iStep)
		}
	}
	wrong := func(what string, want error) {
		t.Helper()
		if r, err := sensor.Sense(t.Context()); !errors.Is(err, want) {
			t.Errorf("%s: %v, %v", what, r, err)
		}
	}
	expect("fed", rail.Voltage(), 1234567*physic.MicroAmpere)
	chip.Offset(-300 * physic.MilliVolt)
	expect("offset", rail.Voltage()-300*physic.MilliVolt, 1234567*physic.MicroAmpere)
	chip.Offset(80 * physic.Volt)
	wrong("93 V", sense.ErrRange)
	chip.Offset(0)
	ecu.Draw(17 * physic.Ampere) // the capacitor gives it
	wrong("17 A", sense.ErrRange)
	must(t, contact.Break())
	time.Sleep(time.Second)
	expect("cut", 0, 0)

	chip.Reset()
	time.Sleep(100 * time.Millisecond)
	wrong("its supply dropped", sense.ErrReset)
	chip.Silence(true)
	if _, err := sensor.Sense(t.Context()); err == nil || !strings.Contains(err.Error(), "no acknowledge") {
		t.Errorf("silent: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sensor.Sense(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// chargedRail is fed by a supply that nobody needs to talk to any more.
func chargedRail(t *testing.T) (*sim.Rail, *sim.Contact) {
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
	return rail, contact
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
	sensor, err := sense.Open("ina226", "kl30", bus, sense.Options{
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

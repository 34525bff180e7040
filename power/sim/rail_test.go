package sim_test

import (
	"errors"
	"fmt"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
	"otabench/power/scpi"
	"otabench/power/sim"
)

// bench is a supply, its driver and a rail on channel 1.
type bench struct {
	sim     *sim.Supply
	driver  power.Supply
	channel power.Channel
	contact *sim.Contact
	rail    *sim.Rail
}

// newBench must be called inside a bubble; everything it starts ends with the test's context.
func newBench(t *testing.T, opts sim.SupplyOptions, rail sim.RailOptions) *bench {
	t.Helper()
	s, err := sim.NewSupply("rigol-dp832", opts)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{sim: s, contact: sim.NewContact("K1"), rail: sim.NewRail("kl30", rail)}
	out, err := s.Channel(1)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.rail.Feed(out, b.contact); err != nil {
		t.Fatal(err)
	}
	near, far := net.Pipe()
	go func() {
		if err := s.Serve(t.Context(), far); err != nil {
			t.Error(err)
		}
	}()
	b.driver, err = scpi.Open(t.Context(), "rigol-dp832", near, "virtual:psu", scpi.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.driver.Close() })
	if b.channel, err = b.driver.Channel(1); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) on(t *testing.T, v physic.ElectricPotential) *power.Output {
	t.Helper()
	out, err := power.Limit(t.Context(), b.channel, power.Limits{
		Voltage: 16 * physic.Volt, Current: 3 * physic.Ampere, OVP: 17 * physic.Volt, OCP: 3200 * physic.MilliAmpere,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := out.On(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	return out
}

// near checks a voltage to a millivolt.
func near(t *testing.T, what string, got, want physic.ElectricPotential) {
	t.Helper()
	if diff := got - want; diff < -physic.MilliVolt || diff > physic.MilliVolt {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestBrownOutCurve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, sim.SupplyOptions{}, sim.RailOptions{Bleeder: 1 * physic.GigaOhm})
		b.on(t, 13500*physic.MilliVolt)
		must(t, b.contact.Make())
		time.Sleep(time.Second)
		near(t, "fed", b.rail.Voltage(), 13500*physic.MilliVolt)

		ecu := b.rail.Terminal("bcm")
		crossings := make(chan time.Duration, 2)
		var broken time.Time
		ecu.Draw(500 * physic.MilliAmpere)
		time.Sleep(10 * time.Millisecond)
		near(t, "loaded through 50 mΩ", ecu.Voltage(), 13475*physic.MilliVolt)
		stop := ecu.Notify(5500*physic.MilliVolt, func(rising bool) {
			if rising {
				t.Error("rising")
			}
			crossings <- time.Since(broken)
		})
		defer stop()

		broken = time.Now()
		must(t, b.contact.Break())
		near(t, "at once", ecu.Voltage(), 13475*physic.MilliVolt)
		time.Sleep(time.Millisecond)
		near(t, "after 1 ms", ecu.Voltage(), 12411*physic.MilliVolt) // 0.5 A / 470 µF = 1.0638 V/ms
		// 7.975 V at 1.0638 V/ms
		if got, want := <-crossings, 7496500*time.Nanosecond; got < want-time.Microsecond || got > want+time.Microsecond {
			t.Errorf("5.5 V after %v, want %v", got, want)
		}
		time.Sleep(time.Second)
		near(t, "empty", ecu.Voltage(), 0)
		if i := b.rail.Load(); i != 0 {
			t.Errorf("an empty rail delivers %v", i)
		}
	})
}

func TestBleeder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, sim.SupplyOptions{}, sim.RailOptions{})
		b.on(t, 10*physic.Volt)
		must(t, b.contact.Make())
		time.Sleep(time.Second)
		must(t, b.contact.Break())
		time.Sleep(4700 * time.Millisecond) // one time constant
		near(t, "after one time constant", b.rail.Voltage(), 3678794*physic.MicroVolt)
	})
}

func TestSlew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, sim.SupplyOptions{Slew: 2 * physic.Volt}, sim.RailOptions{})
		must(t, b.contact.Make())
		ecu := b.rail.Terminal("bcm")
		var at []time.Duration
		start := time.Now()
		defer ecu.Notify(6*physic.Volt, func(bool) { at = append(at, time.Since(start)) })()
		b.on(t, 12*physic.Volt)
		time.Sleep(3500 * time.Microsecond)
		// The rail lags a ramp by R·C = 23.5 µs.
		near(t, "on the ramp", b.rail.Voltage(), 6953*physic.MilliVolt)
		time.Sleep(time.Second)
		near(t, "settled", b.rail.Voltage(), 12*physic.Volt)
		synctest.Wait()
		if len(at) != 1 || at[0] < 3023*time.Microsecond || at[0] > 3024*time.Microsecond {
			t.Errorf("6 V at %v, want once after 3.0235 ms", at)
		}
	})
}

func TestSupplyCannotSink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, sim.SupplyOptions{}, sim.RailOptions{})
		out := b.on(t, 12*physic.Volt)
		must(t, b.contact.Make())
		b.rail.Terminal("bcm").Draw(100 * physic.MilliAmpere)
		time.Sleep(time.Second)
		must(t, out.Set(t.Context(), 6*physic.Volt))
		if v := b.rail.Voltage(); v < 11900*physic.MilliVolt {
			t.Errorf("it fell at once, to %v", v)
		}
		time.Sleep(time.Second)
		near(t, "after a second", b.rail.Voltage(), 5995*physic.MilliVolt)

		must(t, out.Set(t.Context(), 12*physic.Volt))
		time.Sleep(time.Second)
		must(t, out.Off(t.Context()))
		time.Sleep(50 * time.Millisecond)
		if v := b.rail.Voltage(); v < 1*physic.Volt || v > 10*physic.Volt {
			t.Errorf("50 ms after off: %v", v)
		}
		time.Sleep(10 * time.Second)
		near(t, "off", b.rail.Voltage(), 0)
	})
}

func TestCurrentLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, sim.SupplyOptions{}, sim.RailOptions{})
		b.on(t, 12*physic.Volt)
		time.Sleep(time.Second)
		must(t, b.contact.Make()) // inrush: the charge of 220 µF is shared with 470 µF
		near(t, "at once", b.rail.Voltage(), 3826*physic.MilliVolt)
		if o := b.sim.Output(1); o.Regulation != "CC" || o.Current != 3*physic.Ampere {
			t.Errorf("inrush: %+v", o)
		}
		time.Sleep(10 * time.Millisecond)
		if o := b.sim.Output(1); o.Regulation != "CV" {
			t.Errorf("charged: %+v", o)
		}
		near(t, "charged", b.rail.Voltage(), 12*physic.Volt)

		short := b.rail.Terminal("short")
		short.Draw(20 * physic.Ampere)
		time.Sleep(time.Millisecond)
		near(t, "overload", b.rail.Voltage(), 0)
		if o := b.sim.Output(1); o.Regulation != "CC" || o.Current != 3*physic.Ampere || !o.On {
			t.Errorf("overload: %+v", o)
		}
		short.Draw(0)
		time.Sleep(time.Second)
		near(t, "recovered", b.rail.Voltage(), 12*physic.Volt)
	})
}

func TestProtectionTrips(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var events []string
		b := newBench(t, sim.SupplyOptions{Events: func(e string) { events = append(events, e) }}, sim.RailOptions{})
		must(t, b.contact.Make())
		ctx := t.Context()
		must(t, b.channel.SetProtection(ctx, 10*physic.Volt, 2*physic.Ampere))
		must(t, b.channel.SetVoltage(ctx, 15*physic.Volt))
		must(t, b.channel.Enable(ctx, true))
		time.Sleep(9 * time.Millisecond)
		if !b.sim.Output(1).On {
			t.Error("tripped early")
		}
		time.Sleep(2 * time.Millisecond)
		trip, err := b.channel.Tripped(ctx)
		if err != nil || trip != power.TripOVP || b.sim.Output(1).On {
			t.Errorf("Tripped = %v, %v; %+v", trip, err, b.sim.Output(1))
		}
		must(t, b.channel.Enable(ctx, true)) // latched
		if b.sim.Output(1).On {
			t.Error("on in spite of the trip")
		}

		must(t, b.channel.ClearTrip(ctx))
		must(t, b.channel.SetVoltage(ctx, 9*physic.Volt))
		must(t, b.channel.Enable(ctx, true))
		time.Sleep(time.Second)
		b.rail.Terminal("heater").Draw(2500 * physic.MilliAmpere)
		time.Sleep(10 * time.Millisecond)
		if trip, err := b.channel.Tripped(ctx); err != nil || trip != power.TripOCP {
			t.Errorf("Tripped = %v, %v", trip, err)
		}
		synctest.Wait()
		var trips []string
		for _, e := range events {
			if e == "CH1 tripped: OVP, output off" || e == "CH1 tripped: OCP, output off" {
				trips = append(trips, e)
			}
		}
		if len(trips) != 2 {
			t.Errorf("trips announced: %q", trips)
		}
	})
}

func TestNotify(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, sim.SupplyOptions{}, sim.RailOptions{})
		ecu := b.rail.Terminal("bcm")
		var log []string
		note := func(name string) func(bool) {
			return func(rising bool) { log = append(log, fmt.Sprintf("%s %v", name, rising)) }
		}
		stop9 := ecu.Notify(9*physic.Volt, note("9V"))
		defer ecu.Notify(6*physic.Volt, func(rising bool) {
			note("6V")(rising)
			if rising {
				ecu.Draw(1 * physic.Ampere) // the rail may be used from a notification
			}
		})()
		b.on(t, 12*physic.Volt)
		must(t, b.contact.Make())
		time.Sleep(time.Second)
		must(t, b.contact.Break())
		time.Sleep(time.Second)
		stop9()
		must(t, b.contact.Make())
		time.Sleep(time.Second)
		synctest.Wait()
		// The drawn ampere drops 50 mV in the line, so 6 V is crossed three times.
		want := "[6V true 6V false 6V true 9V true 9V false 6V false 6V true]"
		if got := fmt.Sprint(log); got != want {
			t.Errorf("notified %v, want %v", got, want)
		}
	})
}

func TestDischargeLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, sim.SupplyOptions{}, sim.RailOptions{Bleeder: 1 * physic.GigaOhm})
		discharge := sim.NewContact("K2")
		b.rail.Discharge(10*physic.Ohm, discharge)
		b.on(t, 10*physic.Volt)
		must(t, b.contact.Make())
		time.Sleep(time.Second)
		must(t, b.contact.Break())
		must(t, discharge.Make())
		time.Sleep(4700 * time.Microsecond)
		near(t, "after one time constant", b.rail.Voltage(), 3678794*physic.MicroVolt)
		must(t, discharge.Break())
		before := b.rail.Voltage()
		time.Sleep(time.Second)
		near(t, "left alone", b.rail.Voltage(), before)
	})
}

func TestWeldedContact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, sim.SupplyOptions{}, sim.RailOptions{})
		b.contact.Weld(true) // an open contact does not weld
		if b.contact.Conducts() {
			t.Error("an open contact welded")
		}
		b.on(t, 12*physic.Volt)
		must(t, b.contact.Make())
		time.Sleep(time.Second)
		b.contact.Weld(true)
		must(t, b.contact.Break())
		time.Sleep(time.Second)
		near(t, "welded", b.rail.Voltage(), 12*physic.Volt)
		if b.contact.Made() || !b.contact.Conducts() {
			t.Errorf("made %v, conducts %v", b.contact.Made(), b.contact.Conducts())
		}
		b.contact.Weld(false)
		time.Sleep(time.Minute)
		near(t, "mended", b.rail.Voltage(), 0)
	})
}

func TestStuckOutput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, sim.SupplyOptions{}, sim.RailOptions{})
		out := b.on(t, 12*physic.Volt)
		must(t, b.contact.Make())
		ch, err := b.sim.Channel(1)
		must(t, err)
		ch.Stick(true)
		must(t, out.Off(t.Context())) // the instrument lies
		time.Sleep(time.Minute)
		near(t, "stuck", b.rail.Voltage(), 12*physic.Volt)
		if o := b.sim.Output(1); !o.On || o.Claims {
			t.Errorf("stuck: %+v", o)
		}
		ch.Stick(false)
		time.Sleep(time.Minute)
		near(t, "mended", b.rail.Voltage(), 0)
	})
}

func TestFeedOnce(t *testing.T) {
	s, err := sim.NewSupply("rigol-dp832", sim.SupplyOptions{})
	must(t, err)
	one, err := s.Channel(1)
	must(t, err)
	two, err := s.Channel(2)
	must(t, err)
	rail := sim.NewRail("kl30", sim.RailOptions{})
	must(t, rail.Feed(one, sim.NewContact("K1")))
	if err := rail.Feed(two, sim.NewContact("K2")); !errors.Is(err, sim.ErrFed) {
		t.Errorf("a second channel: %v", err)
	}
	if err := sim.NewRail("kl15", sim.RailOptions{}).Feed(one, sim.NewContact("K3")); !errors.Is(err, sim.ErrFed) {
		t.Errorf("a second rail: %v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

package powertest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
	"otabench/power/powertest"
)

func TestFaults(t *testing.T) {
	for _, tc := range []struct {
		fault   powertest.Fault
		failed  bool
		applied bool
	}{
		{powertest.Refuse, true, false},
		{powertest.Lost, true, true},
		{powertest.Ignore, false, false},
	} {
		ch := &powertest.Channel{FailAt: 2, Fault: tc.fault}
		for n := 1; n <= 3; n++ {
			v := physic.ElectricPotential(n) * physic.Volt
			err := ch.SetVoltage(t.Context(), v)
			if failed := errors.Is(err, powertest.ErrInjected); failed != (n == 2 && tc.failed) {
				t.Errorf("fault %d, call %d: %v", tc.fault, n, err)
			}
			if applied := ch.State().Voltage == v; applied != (n != 2 || tc.applied) {
				t.Errorf("fault %d, call %d: set to %v", tc.fault, n, ch.State().Voltage)
			}
		}
	}
}

func TestDoneContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ch := &powertest.Channel{}
	if err := ch.Enable(ctx, true); !errors.Is(err, context.Canceled) || ch.On() {
		t.Errorf("Enable: %v, on %v", err, ch.On())
	}
}

func TestFromOneCallOn(t *testing.T) {
	ch := &powertest.Channel{FailFrom: 3}
	var failed []bool
	for range 4 {
		_, err := ch.Settings(t.Context())
		failed = append(failed, err != nil)
	}
	if got := fmt.Sprint(failed); got != "[false false true true]" {
		t.Errorf("failed: %s", got)
	}
}

func TestTripLatches(t *testing.T) {
	ctx, ch := t.Context(), &powertest.Channel{Volts: 6 * physic.Volt, Amps: physic.Ampere}
	if v, i := ch.Rating(); v != 6*physic.Volt || i != physic.Ampere {
		t.Errorf("rated %v %v", v, i)
	}
	ch.SetTrip(power.TripOVP)
	if err := ch.Enable(ctx, true); err != nil || ch.On() {
		t.Errorf("Enable after a trip: %v, on %v", err, ch.On())
	}
	if trip, err := ch.Tripped(ctx); err != nil || trip != power.TripOVP {
		t.Errorf("Tripped = %v, %v", trip, err)
	}
	if err := errors.Join(ch.ClearTrip(ctx), ch.Enable(ctx, true)); err != nil || !ch.On() {
		t.Errorf("Enable after ClearTrip: %v, on %v", err, ch.On())
	}
}

func TestSettingsAndReading(t *testing.T) {
	ctx, ch := t.Context(), &powertest.Channel{}
	ch.SetState(power.Settings{On: true})
	err := errors.Join(ch.SetCurrent(ctx, physic.Ampere), ch.SetProtection(ctx, 2*physic.Volt, 3*physic.Ampere))
	want := power.Settings{Current: physic.Ampere, OVP: 2 * physic.Volt, OCP: 3 * physic.Ampere, On: true}
	if got, failed := ch.Settings(ctx); err != nil || failed != nil || got != want {
		t.Errorf("Settings = %+v, %v, %v", got, err, failed)
	}
	ch.SetReading(power.Reading{Voltage: physic.Volt})
	if r, err := ch.Measure(ctx); err != nil || r.Voltage != physic.Volt || r.Time.IsZero() {
		t.Errorf("Measure = %v, %v", r, err)
	}
}

func ExampleChannel() {
	ch := &powertest.Channel{FailAt: 4} // the current limit
	_, err := power.Limit(context.Background(), ch, power.Limits{
		Voltage: 16 * physic.Volt, Current: 3 * physic.Ampere, OVP: 17 * physic.Volt, OCP: 3 * physic.Ampere,
	})
	fmt.Println(err)
	fmt.Println(ch.Calls())
	// Output:
	// limit test channel: call 4, SetCurrent(3A): injected fault
	// [Enable(false) Settings SetVoltage(0V) SetCurrent(3A) Enable(false) Settings]
}

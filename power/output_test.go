package power_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
	"otabench/power/powertest"
)

func limited(t *testing.T, ch *powertest.Channel) *power.Output {
	t.Helper()
	out, err := power.Limit(t.Context(), ch, kl30())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOutputRefusesBeyondLimits(t *testing.T) {
	ch := &powertest.Channel{}
	out := limited(t, ch)
	before := len(ch.Calls())
	for _, v := range []physic.ElectricPotential{-1, 16*physic.Volt + 1, 32 * physic.Volt} {
		if err := out.On(t.Context(), v); !errors.Is(err, power.ErrLimit) {
			t.Errorf("On(%v): %v, want ErrLimit", v, err)
		}
		if err := out.Set(t.Context(), v); !errors.Is(err, power.ErrLimit) {
			t.Errorf("Set(%v): %v, want ErrLimit", v, err)
		}
	}
	if calls := ch.Calls()[before:]; len(calls) > 0 {
		t.Errorf("it talked to the instrument: %v", calls)
	}
	for _, v := range []physic.ElectricPotential{0, 16 * physic.Volt} {
		if err := out.On(t.Context(), v); err != nil {
			t.Errorf("On(%v): %v", v, err)
		}
	}
}

func TestOutputNoticesChangedSettings(t *testing.T) {
	ch := &powertest.Channel{}
	out := limited(t, ch)
	if err := out.On(t.Context(), 12*physic.Volt); err != nil {
		t.Fatal(err)
	}
	s := ch.State()
	s.OVP = 0 // somebody disarms it at the front panel
	ch.SetState(s)
	if err := out.Set(t.Context(), 13*physic.Volt); !errors.Is(err, power.ErrReadBack) {
		t.Errorf("Set: %v, want ErrReadBack", err)
	}
	if ch.On() {
		t.Error("the output is still on")
	}
}

func TestOutputSaysWhatTripped(t *testing.T) {
	ch := &powertest.Channel{}
	out := limited(t, ch)
	ch.SetTrip(power.TripOVP | power.TripOCP)
	err := out.On(t.Context(), 12*physic.Volt)
	if !errors.Is(err, power.ErrReadBack) || !strings.Contains(err.Error(), "OVP+OCP has tripped") {
		t.Errorf("On: %v", err)
	}
	if trip, err := out.Tripped(t.Context()); err != nil || trip != power.TripOVP|power.TripOCP {
		t.Errorf("Tripped = %v, %v", trip, err)
	}
	if err := out.ClearTrip(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := out.On(t.Context(), 12*physic.Volt); err != nil {
		t.Errorf("On after ClearTrip: %v", err)
	}
}

func TestClearTripFails(t *testing.T) {
	ch := &powertest.Channel{}
	out := limited(t, ch)
	ch.FailAt = len(ch.Calls()) + 3
	if err := out.ClearTrip(t.Context()); !errors.Is(err, powertest.ErrInjected) || ch.On() {
		t.Errorf("ClearTrip: %v, on %v", err, ch.On())
	}
}

// TestOffInterruptsOn: On hangs in the driver; Off must neither wait for it nor leave it to energise the output later.
func TestOffInterruptsOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ch := &powertest.Channel{}
		out := limited(t, ch)
		ch.Before = func(ctx context.Context, call string) {
			if strings.HasPrefix(call, "SetVoltage") {
				<-ctx.Done() // an instrument that does not answer
			}
		}
		errs := make(chan error, 2)
		go func() { errs <- out.On(t.Context(), 12*physic.Volt) }()
		synctest.Wait()
		go func() { errs <- out.Set(t.Context(), 12*physic.Volt) }() // waits for its turn
		synctest.Wait()

		start := time.Now()
		if err := out.Off(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("Off waited %v", took)
		}
		for range 2 {
			if err := <-errs; err == nil || !strings.Contains(err.Error(), "being switched off") {
				t.Errorf("interrupted: %v", err)
			}
		}
		if ch.On() {
			t.Error("the output is on")
		}
	})
}

func TestChangeGivesUpWaitingForItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ch := &powertest.Channel{}
		out := limited(t, ch)
		release := make(chan struct{})
		ch.Before = func(context.Context, string) { <-release }
		first := make(chan error, 1)
		go func() { first <- out.Set(t.Context(), 1*physic.Volt) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := out.Set(ctx, 2*physic.Volt); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Set: %v", err)
		}
		close(release)
		if err := <-first; err != nil {
			t.Error(err)
		}
	})
}

// TestRetire: nothing energises an output any more once Retire has returned, not even an On that hangs in the driver.
func TestRetire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ch := &powertest.Channel{}
		out := limited(t, ch)
		ch.Before = func(ctx context.Context, call string) {
			if strings.HasPrefix(call, "SetVoltage") {
				<-ctx.Done()
			}
		}
		interrupted := make(chan error, 1)
		go func() { interrupted <- out.On(t.Context(), 12*physic.Volt) }()
		synctest.Wait()
		out.Retire()
		if err := <-interrupted; err == nil {
			t.Error("the interrupted On succeeded")
		}
		calls := len(ch.Calls())
		ch.Before = nil
		if err := out.On(t.Context(), 12*physic.Volt); err == nil || ch.On() || len(ch.Calls()) != calls {
			t.Errorf("On of a retired output: %v, %v", err, ch.Calls()[calls:])
		}
		if err := out.Off(t.Context()); err != nil {
			t.Errorf("Off of a retired output: %v", err)
		}
	})
}

// A change that was given up before its turn has said nothing to the instrument, whichever select saw first.
func TestChangeWithDoneContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ch := &powertest.Channel{}
	out := limited(t, ch)
	if err := out.On(t.Context(), 12*physic.Volt); err != nil {
		t.Fatal(err)
	}
	before := len(ch.Calls())
	for range 100 {
		if err := out.Set(ctx, 9*physic.Volt); !errors.Is(err, context.Canceled) || len(ch.Calls()) != before || !ch.On() {
			t.Fatalf("%v, %v", err, ch.Calls()[before:])
		}
	}
}

func TestOffIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ch := &powertest.Channel{}
		out := limited(t, ch)
		ch.Before = func(ctx context.Context, _ string) { <-ctx.Done() }
		start := time.Now()
		err := out.Off(t.Context())
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, power.ErrUnconfirmed) ||
			!strings.Contains(err.Error(), "open its switch") {
			t.Errorf("Off: %v", err)
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("Off took %v", took)
		}
	})
}

func TestOffWithDoneContext(t *testing.T) {
	ch := &powertest.Channel{}
	out := limited(t, ch)
	if err := out.On(t.Context(), 12*physic.Volt); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := out.Off(ctx); err != nil || ch.On() {
		t.Errorf("Off: %v, on %v", err, ch.On())
	}
}

func TestMeter(t *testing.T) {
	ch := &powertest.Channel{}
	ch.SetReading(power.Reading{Voltage: 13480 * physic.MilliVolt, Current: 420 * physic.MilliAmpere})
	meter := power.Meter(ch)
	if got := meter.String(); !strings.Contains(got, "not independent") {
		t.Errorf("String() = %q", got)
	}
	fromMeter, err := meter.Sense(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fromOutput, err := limited(t, ch).Measure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []power.Reading{fromMeter, fromOutput} {
		if got := r.String(); got != "13.480V 420mA" || r.Time.IsZero() {
			t.Errorf("reading %s at %v", got, r.Time)
		}
	}
}

func TestTripString(t *testing.T) {
	for trip, want := range map[power.Trip]string{
		0:                             "none",
		power.TripOVP:                 "OVP",
		power.TripOCP | power.TripOTP: "OCP+OTP",
		power.TripOVP | 1<<5:          "OVP+Trip(0x20)",
	} {
		if got := trip.String(); got != want {
			t.Errorf("Trip(%d) = %q, want %q", uint8(trip), got, want)
		}
	}
}

func TestIdentityString(t *testing.T) {
	id := power.Identity{Maker: "RIGOL TECHNOLOGIES", Model: "DP832", Serial: "1", Firmware: "2"}
	if got, want := id.String(), "RIGOL TECHNOLOGIES DP832, serial 1, firmware 2"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

package relay_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpiotest"

	"otabench/power"
	"otabench/power/relay"
	"otabench/power/sim"
)

// line is a GPIO line that counts what must not happen to it and fails on demand.
type line struct {
	gpiotest.Pin
	levels []gpio.Level
	reads  int
	err    error
}

func (l *line) Out(level gpio.Level) error {
	l.levels = append(l.levels, level)
	if l.err != nil {
		return l.err
	}
	return l.Pin.Out(level)
}

func (l *line) Read() gpio.Level {
	l.reads++
	return l.Pin.Read()
}

func TestRelay(t *testing.T) {
	for opts, want := range map[relay.Options][]gpio.Level{
		{}:                {gpio.Low, gpio.High, gpio.Low},
		{ActiveLow: true}: {gpio.High, gpio.Low, gpio.High},
		// Making is to stop driving then, and at the beginning the contact is closed.
		{NormallyClosed: true}:                  {gpio.Low, gpio.Low, gpio.High},
		{NormallyClosed: true, ActiveLow: true}: {gpio.High, gpio.High, gpio.Low},
	} {
		t.Run(opts.String(), func(t *testing.T) {
			pin := &line{Pin: gpiotest.Pin{N: "GPIO17", Num: 17}}
			k1, err := relay.New("K1", pin, opts)
			if err != nil {
				t.Fatal(err)
			}
			if k1.Made() != opts.NormallyClosed {
				t.Errorf("made %v when new", k1.Made())
			}
			if err := k1.Make(); err != nil || !k1.Made() {
				t.Errorf("Make: %v, made %v", err, k1.Made())
			}
			if err := k1.Break(); err != nil || k1.Made() {
				t.Errorf("Break: %v, made %v", err, k1.Made())
			}
			if fmt.Sprint(pin.levels) != fmt.Sprint(want) || pin.reads != 0 {
				t.Errorf("driven %v, want %v; read %d times", pin.levels, want, pin.reads)
			}
			if got, want := k1.String(), "K1 on GPIO17(17), "+opts.String(); got != want {
				t.Errorf("String() = %q, want %q", got, want)
			}
		})
	}
}

func TestRelayFails(t *testing.T) {
	broken := errors.New("no such device")
	pin := &line{Pin: gpiotest.Pin{N: "GPIO17", Num: 17}}
	k1, err := relay.New("K1", pin, relay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	pin.err = broken
	if err := k1.Make(); !errors.Is(err, broken) || !k1.Made() {
		t.Errorf("Make: %v; a contact that may be closed counts as made, not %v", err, k1.Made())
	}
	if err := k1.Break(); !errors.Is(err, broken) || !k1.Made() || !strings.Contains(err.Error(), "K1 on GPIO17(17)") {
		t.Errorf("Break: %v, made %v", err, k1.Made())
	}
	if _, err := relay.New("K1", pin, relay.Options{}); !errors.Is(err, broken) {
		t.Errorf("New: %v", err)
	}
}

func TestOpenUnknown(t *testing.T) {
	if _, err := relay.Open("K1", "no such line", relay.Options{}); !errors.Is(err, relay.ErrNoPin) {
		t.Errorf("Open: %v, want ErrNoPin", err)
	}
}

// TestRelayOnSimulatedLine is the relay of the embedded bench.
func TestRelayOnSimulatedLine(t *testing.T) {
	contact := sim.NewContact("K1")
	var k1 power.Switch
	k1, err := relay.New("K1", sim.NewPin("SIM17", contact), relay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, made := range []bool{true, false} {
		drive := k1.Break
		if made {
			drive = k1.Make
		}
		if err := drive(); err != nil || contact.Conducts() != made {
			t.Errorf("made %v: %v, contact %v", made, err, contact.Conducts())
		}
	}
}

func ExampleNew() {
	pin := &gpiotest.Pin{N: "GPIO17", Num: 17} // on a bench: relay.Open
	kl30, err := relay.New("kl30", pin, relay.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(kl30, pin.L)
	err = kl30.Make()
	fmt.Println(err, pin.L)
	// Output:
	// kl30 on GPIO17(17), active high Low
	// <nil> High
}

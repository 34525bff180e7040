package embedded_test

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"

	"otabench/bench/embedded"
	"otabench/can/isotp"
)

// behaviour is what jitter changes of an embedded bench.
type behaviour struct {
	measured  physic.ElectricPotential
	responses []time.Duration
	boots     []time.Duration
	commands  []time.Duration
}

// behave runs an embedded bench with a jitter in percent.
func behave(t *testing.T, percent float64, seed uint64) (got behaviour) {
	t.Helper()
	f := parse(t)
	f.Simulation.Jitter, f.Simulation.Seed = percent, seed
	onBench(t, f, func(t *testing.T, b *embedded.Bench) {
		psu := supplied(t, b)
		defer psu.Close()
		main, err := b.Pin("main")
		if err != nil {
			t.Fatal(err)
		}
		console, err := b.Console("bcm")
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(console)
		for range 5 {
			if err := errors.Join(main.Out(gpio.Low), sleep(time.Second), main.Out(gpio.High)); err != nil {
				t.Fatal(err)
			}
			await(lines, "boot: reset")
			begin := time.Now()
			await(lines, "started")
			got.boots = append(got.boots, time.Since(begin))
		}
		go func() { _, _ = io.Copy(io.Discard, console) }()
		got.measured = volts(t, meter(t, b))
		ch, err := psu.Channel(1)
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			begin := time.Now()
			if _, err := ch.Settings(t.Context()); err != nil {
				t.Fatal(err)
			}
			got.commands = append(got.commands, time.Since(begin))
		}
		bus, err := b.Bus("body")
		if err != nil {
			t.Fatal(err)
		}
		defer bus.Close()
		conn, err := isotp.Open(bus, isotp.Config{Address: isotp.Address{Tx: 0x7E0, Rx: 0x7E8}})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		for range 10 {
			begin := time.Now()
			if err := conn.Send(t.Context(), []byte{0x3E, 0}); err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Receive(t.Context(), time.Second); err != nil {
				t.Fatal(err)
			}
			got.responses = append(got.responses, time.Since(begin))
		}
	})
	return got
}

func sleep(d time.Duration) error {
	time.Sleep(d)
	return nil
}

// await reads lines up to one with a text.
func await(lines *bufio.Scanner, text string) {
	for lines.Scan() && !strings.Contains(lines.Text(), text) {
	}
}

func TestWithoutJitterAllIsExact(t *testing.T) {
	one, other := behave(t, 0, 1), behave(t, 0, 2)
	if one.measured != other.measured {
		t.Errorf("measured %v and %v", one.measured, other.measured)
	}
	for name, times := range map[string][]time.Duration{
		"responses": slices.Concat(one.responses, other.responses), "commands": slices.Concat(one.commands, other.commands),
		"boots": slices.Concat(one.boots, other.boots),
	} {
		if slices.Min(times) != slices.Max(times) {
			t.Errorf("%s: %v", name, times)
		}
	}
}

func TestJitterStaysWithinItsBounds(t *testing.T) {
	exact, first, second := behave(t, 0, 1), behave(t, 10, 1), behave(t, 10, 2)
	if first.measured == second.measured {
		t.Errorf("two seeds measure %v", first.measured)
	}
	const class, step = 13500 * physic.MicroVolt, 1250 * physic.MicroVolt
	for _, b := range []behaviour{first, second} {
		if off := b.measured - exact.measured; off < -class-step || off > class+step {
			t.Errorf("measured %v, %v off", b.measured, off)
		}
		// 10 % of 50 ms for the response, and of 1 ms for each frame; of 20 ms for each command.
		within(t, "response", b.responses, exact.responses[0], exact.responses[0]+5*time.Millisecond+2*100*time.Microsecond)
		within(t, "command", b.commands, exact.commands[0], exact.commands[0]+10*2*time.Millisecond)
		within(t, "boot", b.boots, exact.boots[0]*9/10, exact.boots[0]*11/10)
	}
}

// within wants times that differ, from least to most.
func within(t *testing.T, name string, times []time.Duration, least, most time.Duration) {
	t.Helper()
	if slices.Min(times) == slices.Max(times) || slices.Min(times) < least || slices.Max(times) > most {
		t.Errorf("%s: %v, want them to differ between %v and %v", name, times, least, most)
	}
}

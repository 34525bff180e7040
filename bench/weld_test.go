package bench_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/record"
)

// wantWelded checks that a welded switch is the bench's fault, once, and that the supply is off for it.
func wantWelded(t *testing.T, b *bench.Bench, when string) {
	t.Helper()
	faults := b.TakeFaults()
	if len(faults) != 1 || faults[0].Device != "main" || !strings.Contains(faults[0].Text, "welded") ||
		!strings.Contains(faults[0].Text, when) {
		t.Errorf("faults %+v, want one that main is welded, found %q", faults, when)
	}
	must(t, b.Rail("kl30").AwaitDead(t.Context()))
	if err := b.Rail("kl30").On(t.Context()); !errors.Is(err, bench.ErrWelded) {
		t.Errorf("energised with a welded contact: %v", err)
	}
	if faults := b.TakeFaults(); len(faults) != 1 {
		t.Errorf("refusing to energise is a fault of the bench: %+v", faults)
	}
}

func TestASwitchThatWeldsIsFoundByTheSensor(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		kl30 := b.Rail("kl30")
		must(t, kl30.On(t.Context()))
		must(t, kl30.Await(t.Context(), 13*physic.Volt, 14*physic.Volt))
		b.Contact("main").Weld(true)
		must(t, kl30.CutNow(0))
		time.Sleep(790 * time.Millisecond)
		if faults := b.TakeFaults(); len(faults) != 0 {
			t.Errorf("found before the line had time to die: %+v", faults)
		}
		time.Sleep(100 * time.Millisecond)
		if got := j.settings("kl30"); got[len(got)-1] != "off" {
			t.Errorf("settings %q, want the supply off", got)
		}
		wantWelded(t, b, "801ms after it was told to open")
	})
}

// The time that a line needs to die is the bench file's.
func TestDischargeTime(t *testing.T) {
	slow := func(f *config.File, _ *bench.Options) {
		r := f.Rails["kl30"]
		r.Discharge = 30 * time.Millisecond // less than it takes
		f.Rails["kl30"] = r
	}
	onBench(t, slow, func(t *testing.T, b *bench.Bench, _ *journal) {
		must(t, b.Rail("kl30").On(t.Context()))
		must(t, b.Rail("kl30").Await(t.Context(), 13*physic.Volt, 14*physic.Volt))
		must(t, b.Rail("kl30").CutNow(time.Second))
		time.Sleep(100 * time.Millisecond)
		wantWelded(t, b, "31ms after it was told to open")
	})
}

// The output stays on until the sensor has seen the switch open.
func TestOffFindsASwitchThatWelded(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		kl30 := b.Rail("kl30")
		must(t, kl30.On(t.Context()))
		b.Contact("main").Weld(true)
		must(t, kl30.Await(t.Context(), 13*physic.Volt, 14*physic.Volt))
		if err := kl30.Off(t.Context()); !errors.Is(err, bench.ErrWelded) {
			t.Errorf("off: %v", err)
		}
		wantWelded(t, b, "after it was told to open")
		if got := j.settings("main"); !slices.Equal(got, []string{"make", "break"}) {
			t.Errorf("settings of the switch %q, want it not closed again", got)
		}
	})
}

// Before the first spec each switch has to open.
func TestGreetProvesTheSwitches(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		must(t, b.Greet(t.Context()))
		must(t, b.Rail("kl30").Await(t.Context(), 13*physic.Volt, 14*physic.Volt))
	})
	welds := func(f *config.File, _ *bench.Options) {
		f.Simulation.Switches = map[string]config.SimSwitch{"main": {Welds: true}}
	}
	onBench(t, welds, func(t *testing.T, b *bench.Bench, j *journal) {
		if err := b.Greet(t.Context()); !errors.Is(err, bench.ErrWelded) {
			t.Errorf("%v", err)
		}
		wantWelded(t, b, "after it was told to open")
		if len(said[record.Device](j)) == 0 {
			t.Error("nothing was recorded")
		}
	})
}

// A contact that never closes is not a unit that does not answer.
func TestProveSwitchThatDoesNotClose(t *testing.T) {
	noSwitch := func(f *config.File, _ *bench.Options) {
		f.Simulation.Rails["kl30"] = config.SimRail{Resistance: physic.KiloOhm, Bleeder: 10 * physic.Ohm}
	}
	onBench(t, noSwitch, func(t *testing.T, b *bench.Bench, _ *journal) {
		err := b.Rail("kl30").ProveSwitch(t.Context())
		if err == nil || errors.Is(err, bench.ErrWelded) || !strings.Contains(err.Error(), "behind the closed switch main") {
			t.Errorf("%v", err)
		}
	})
}

// Without a sensor there is nothing to see a welded contact by.
func TestNothingToProve(t *testing.T) {
	bare := func(f *config.File, _ *bench.Options) {
		r := f.Rails["kl30"]
		r.Sensor = ""
		f.Rails["kl30"], f.Sensors = r, nil
		f.Simulation.Switches = map[string]config.SimSwitch{"main": {Welds: true}}
	}
	onBench(t, bare, func(t *testing.T, b *bench.Bench, _ *journal) {
		must(t, b.Rail("kl30").ProveSwitch(t.Context()))
		must(t, b.Rail("kl30").On(t.Context()))
		must(t, b.Rail("kl30").CutNow(0))
		time.Sleep(5 * time.Second)
		if faults := b.TakeFaults(); len(faults) != 0 {
			t.Errorf("faults %+v", faults)
		}
	})
}

// A sensor that fails keeps no output on.
func TestOffWithoutReadings(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		kl30 := b.Rail("kl30")
		must(t, kl30.On(t.Context()))
		must(t, kl30.Await(t.Context(), 13*physic.Volt, 14*physic.Volt))
		b.Chip("kl30").Silence(true)
		begin := time.Now()
		err := kl30.Off(t.Context())
		if err == nil || errors.Is(err, bench.ErrWelded) || !strings.Contains(err.Error(), "terminals gives no readings") {
			t.Errorf("off: %v", err)
		}
		if took := time.Since(begin); took > time.Second {
			t.Errorf("took %v", took)
		}
		if got := j.settings("kl30"); got[len(got)-1] != "off" {
			t.Errorf("settings %q", got)
		}
		b.Chip("kl30").Silence(false)
		if faults := b.TakeFaults(); len(faults) != 1 || faults[0].Device != "terminals" {
			t.Errorf("faults %+v", faults)
		}
	})
}

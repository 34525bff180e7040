package bench_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/bench/trigger"
	"otabench/power"
)

func volts(t *testing.T, r *bench.Rail) physic.ElectricPotential {
	t.Helper()
	reading, _, err := r.Measure(t.Context())
	must(t, err)
	return reading.Voltage
}

func TestRailOnSetAndOff(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		kl30 := b.Rail("kl30")
		if kl30.Nominal() != 13500*physic.MilliVolt || kl30.String() != "kl30" {
			t.Errorf("%v at %v", kl30, kl30.Nominal())
		}
		must(t, kl30.On(t.Context()))
		must(t, kl30.Await(t.Context(), 13*physic.Volt, 14*physic.Volt))
		must(t, kl30.Set(t.Context(), 12*physic.Volt))
		must(t, kl30.Await(t.Context(), 11900*physic.MilliVolt, 12100*physic.MilliVolt))
		must(t, kl30.Off(t.Context()))
		must(t, kl30.AwaitDead(t.Context()))
		if v := volts(t, kl30); v >= physic.Volt {
			t.Errorf("reads %v after it was switched off", v)
		}
		if got := j.settings("kl30"); !slices.Equal(got, []string{"limits", "on", "set", "off"}) {
			t.Errorf("settings of the rail: %q", got)
		}
		if got := j.settings("main"); !slices.Equal(got, []string{"make", "break"}) {
			t.Errorf("settings of the switch: %q", got)
		}
	})
}

// A supply without protections of its own energises a rail all the same, and the record says that there are none.
func TestRailOfASupplyWithoutProtections(t *testing.T) {
	siglent := func(f *config.File, _ *bench.Options) {
		f.Supplies["psu"] = config.Supply{Model: "siglent-spd3303x", Address: "virtual:psu"}
		kl30 := f.Rails["kl30"]
		kl30.Limits.OVP, kl30.Limits.OCP = 0, 0
		f.Rails["kl30"] = kl30
	}
	onBench(t, siglent, func(t *testing.T, b *bench.Bench, j *journal) {
		must(t, b.Rail("kl30").ProveSwitch(t.Context()))
		_, err := b.Rail("kl30").MeasureLatency(t.Context())
		must(t, err)
		for _, s := range said[record.Setting](j) {
			if s.Action == "limits" && s.Value != "18V 3A, OVP none, OCP none" {
				t.Errorf("limits in the record: %q", s.Value)
			}
		}
		if got := j.settings("kl30"); got[0] != "limits" {
			t.Errorf("settings of the rail: %q", got)
		}
	})
}

// The meter of the supply shows for a while what was before the last command. That is not taken for the voltage.
func TestAwaitDoesNotBelieveAnOldReading(t *testing.T) {
	bare := func(f *config.File, _ *bench.Options) {
		kl30 := f.Rails["kl30"]
		kl30.Switch, kl30.Sensor = "", ""
		f.Rails["kl30"], f.Sensors = kl30, nil
	}
	onBench(t, bare, func(t *testing.T, b *bench.Bench, _ *journal) {
		kl30 := b.Rail("kl30")
		must(t, kl30.AwaitDead(t.Context()))
		must(t, kl30.On(t.Context()))
		if v := volts(t, kl30); v >= physic.Volt {
			t.Fatalf("the meter shows %v at once, so this shows nothing", v)
		}
		if err := kl30.AwaitDead(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a rail that was just switched on is dead: %v", err)
		}
		must(t, kl30.Await(t.Context(), 13*physic.Volt, 14*physic.Volt))
		must(t, kl30.Set(t.Context(), 9*physic.Volt))
		if err := kl30.Await(t.Context(), 13*physic.Volt, 14*physic.Volt); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the voltage before is taken for the one that was set: %v", err)
		}
		must(t, kl30.Await(t.Context(), 8900*physic.MilliVolt, 9100*physic.MilliVolt))
	})
}

func TestRailBeyondItsLimits(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		kl30 := b.Rail("kl30")
		if err := kl30.OnAt(t.Context(), 18500*physic.MilliVolt); !errors.Is(err, power.ErrLimit) {
			t.Errorf("on: %v", err)
		}
		if got := j.settings("main"); len(got) != 0 {
			t.Errorf("the switch was driven for a rail that may not be on: %q", got)
		}
		must(t, kl30.On(t.Context()))
		if err := kl30.Set(t.Context(), 30*physic.Volt); !errors.Is(err, power.ErrLimit) {
			t.Errorf("set: %v", err)
		}
		refused := 0
		for _, s := range said[record.Setting](j) {
			if s.Error != "" {
				refused++
			}
		}
		if refused != 2 {
			t.Errorf("%d refused settings in the record, want 2", refused)
		}
	})
}

func TestAwaitGivesUp(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		begin := time.Now()
		err := b.Rail("kl30").Await(t.Context(), 5*physic.Volt, 6*physic.Volt)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		if took := time.Since(begin); took < 9*time.Second || took > 11*time.Second {
			t.Errorf("gave up after %v", took)
		}
	})
}

func TestCutRestores(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		kl30 := b.Rail("kl30")
		must(t, kl30.On(t.Context()))
		must(t, kl30.Await(t.Context(), 13*physic.Volt, 14*physic.Volt))
		cut := kl30.Cut(500 * time.Millisecond)
		if cut.String() != "cut kl30 for 500ms" {
			t.Errorf("%q", cut)
		}
		must(t, cut.Do())
		time.Sleep(400 * time.Millisecond)
		if v := volts(t, kl30); v >= 2*physic.Volt {
			t.Errorf("%v while it is cut", v)
		}
		time.Sleep(200 * time.Millisecond)
		if v := volts(t, kl30); v < 13*physic.Volt {
			t.Errorf("%v after the cut", v)
		}
		if got := j.settings("main"); !slices.Equal(got, []string{"make", "break", "make"}) {
			t.Errorf("settings of the switch: %q", got)
		}
	})
}

func TestALaterCutLastsItsOwnTime(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		kl30 := b.Rail("kl30")
		must(t, kl30.On(t.Context()))
		must(t, kl30.CutNow(500*time.Millisecond))
		time.Sleep(400 * time.Millisecond)
		must(t, kl30.CutNow(time.Second))
		time.Sleep(900 * time.Millisecond)
		if v := volts(t, kl30); v >= physic.Volt {
			t.Errorf("%v: the first cut ended the second one", v)
		}
		must(t, kl30.Await(t.Context(), 13*physic.Volt, 14*physic.Volt))
	})
}

func TestCutWithoutEnd(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		kl30 := b.Rail("kl30")
		must(t, kl30.On(t.Context()))
		must(t, kl30.CutNow(500*time.Millisecond)) // whose end must not end the other one
		must(t, kl30.Cut(0).Do())
		time.Sleep(time.Minute)
		if v := volts(t, kl30); v >= physic.Volt {
			t.Errorf("%v", v)
		}
		must(t, kl30.On(t.Context()))
		must(t, kl30.Await(t.Context(), 13*physic.Volt, 14*physic.Volt))
	})
}

func TestCloseEndsACut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, j, err := open(t, nil)
		must(t, err)
		must(t, b.Rail("kl30").On(t.Context()))
		must(t, b.Rail("kl30").CutNow(2*time.Second))
		must(t, b.Close(t.Context(), "done"))
		time.Sleep(3 * time.Second)
		if got := j.settings("main"); got[len(got)-1] != "break" {
			t.Errorf("the switch was closed after the bench: %q", got)
		}
	})
}

// Whoever has given up does not wait for the line, and learns that the switch is not proved; the rail is off all the
// same.
func TestOffOfWhoHasGivenUp(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		kl30 := b.Rail("kl30")
		must(t, kl30.On(t.Context()))
		must(t, kl30.Await(t.Context(), 13*physic.Volt, 14*physic.Volt))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := kl30.Off(ctx); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "wait for main to open") {
			t.Errorf("off: %v", err)
		}
		for _, s := range said[record.Setting](j) {
			if s.Error != "" {
				t.Errorf("%s %s: %s", s.Device, s.Action, s.Error)
			}
		}
		if got := j.settings("kl30"); got[len(got)-1] != "off" {
			t.Errorf("settings %q", got)
		}
		must(t, kl30.AwaitDead(t.Context()))
	})
}

func TestRailWithoutSwitchAndSensor(t *testing.T) {
	bare := func(f *config.File, _ *bench.Options) {
		r := f.Rails["kl30"]
		r.Switch, r.Sensor = "", ""
		f.Rails["kl30"], f.Sensors = r, nil
	}
	onBench(t, bare, func(t *testing.T, b *bench.Bench, j *journal) {
		kl30 := b.Rail("kl30")
		must(t, kl30.On(t.Context()))
		must(t, kl30.Await(t.Context(), 13*physic.Volt, 14*physic.Volt))
		if _, source, err := kl30.Measure(t.Context()); source != "psu" || err != nil {
			t.Errorf("measured by %q, %v", source, err)
		}
		_, err := b.ECU("bcm").WhoAmI(t.Context())
		must(t, err)

		cut := b.Arm(trigger.Request("bcm", 0x22).Sent(), kl30.Cut(time.Second))
		_, err = b.ECU("bcm").Identify(t.Context())
		must(t, err)
		<-cut.Done()
		if f, _ := cut.Firing(); f.Err == nil || !strings.Contains(f.Err.Error(), "no switch") {
			t.Errorf("%+v", f)
		}
		if faults := b.TakeFaults(); len(faults) != 1 || faults[0].Device != "trigger" {
			t.Errorf("faults %v", faults)
		}
		if fired := said[record.TriggerFired](j); len(fired) != 1 || fired[0].Error == "" {
			t.Errorf("%+v", fired)
		}
		must(t, kl30.Off(t.Context()))
		must(t, kl30.AwaitDead(t.Context()))
	})
}

// The latencies are those of the simulated equipment: a switch that opens at once, and a line that discharges then.
func TestMeasureLatency(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		l, err := b.Rail("kl30").MeasureLatency(t.Context())
		must(t, err)
		if l.Rail != "kl30" || l.Repeats != 10 || l.Command.Max > time.Millisecond {
			t.Errorf("%+v", l)
		}
		for name, s := range map[string]record.Spread{"open": l.Open, "close": l.Close, "fall": l.Fall, "rise": l.Rise} {
			if s.Min < 0 || s.Median < s.Min || s.Max < s.Median || s.Max == 0 || s.Max > 100*time.Millisecond {
				t.Errorf("%s: %v", name, s)
			}
		}
		must(t, b.Rail("kl30").AwaitDead(t.Context()))
		if faults := b.TakeFaults(); len(faults) != 0 {
			t.Errorf("%+v", faults)
		}
	})
	bare := func(f *config.File, _ *bench.Options) {
		r := f.Rails["kl30"]
		r.Switch = ""
		f.Rails["kl30"] = r
	}
	onBench(t, bare, func(t *testing.T, b *bench.Bench, j *journal) {
		if _, err := b.Rail("kl30").MeasureLatency(t.Context()); !errors.Is(err, bench.ErrNoLatency) {
			t.Errorf("%v", err)
		}
		if got := j.settings("kl30"); len(got) != 0 {
			t.Errorf("energised for nothing: %q", got)
		}
	})
}

package bench_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/record"
)

// watched has a supply with a watchdog.
func watched(silence time.Duration) func(*config.File, *bench.Options) {
	return func(f *config.File, _ *bench.Options) {
		s := f.Supplies["psu"]
		s.Model, s.Watchdog = "keysight-n6700", &silence
		f.Supplies["psu"] = s
		r := f.Rails["kl30"]
		r.Limits.OCP = r.Limits.Current // it trips there and nowhere else
		f.Rails["kl30"] = r
	}
}

func TestWatchdogIsArmedBeforeAnythingIsEnergised(t *testing.T) {
	var log *journal
	onBench(t, watched(3*time.Second), func(t *testing.T, b *bench.Bench, j *journal) {
		log = j
		if got := j.settings("psu"); len(got) != 0 {
			t.Errorf("settings before anything was energised: %q", got)
		}
		kl30 := b.Rail("kl30")
		must(t, kl30.On(t.Context()))
		must(t, kl30.Set(t.Context(), 12*physic.Volt))
		if got := j.settings("psu"); !slices.Equal(got, []string{"watchdog"}) {
			t.Errorf("settings of the supply: %q", got)
		}
		if s := said[record.Setting](j)[0]; s.Action != "watchdog" || s.Value != "3s" {
			t.Errorf("the first setting is %+v", s)
		}
		// It is kept quiet for as long as the bench is open.
		time.Sleep(time.Minute)
		if v := volts(t, kl30); v < 11*physic.Volt {
			t.Errorf("%v after a minute", v)
		}
	})
	if s := said[record.Safe](log); len(s) != 1 || len(s[0].Armed) > 0 {
		t.Errorf("left %+v", s)
	}
}

func TestWatchdogThatBitesVoids(t *testing.T) {
	onBench(t, watched(3*time.Second), func(t *testing.T, b *bench.Bench, _ *journal) {
		kl30 := b.Rail("kl30")
		must(t, kl30.On(t.Context()))
		psu := b.Instrument("psu")
		// It hears nothing: its link hangs, and what was sent meanwhile comes late.
		psu.Stall()
		time.Sleep(4 * time.Second)
		must(t, kl30.AwaitDead(t.Context()))
		psu.Resume()
		time.Sleep(2 * time.Second)
		faults := b.TakeFaults()
		if !slices.ContainsFunc(faults, func(f record.Fault) bool {
			return f.Device == "psu" && strings.Contains(f.Text, "watchdog has switched all outputs off")
		}) {
			t.Errorf("faults: %+v", faults)
		}
	})
}

func TestNothingIsEnergisedWithoutItsWatchdog(t *testing.T) {
	onBench(t, watched(3*time.Second), func(t *testing.T, b *bench.Bench, j *journal) {
		b.Instrument("psu").Stall()
		if err := b.Rail("kl30").On(t.Context()); err == nil || !strings.Contains(err.Error(), "without which nothing is energised") {
			t.Errorf("on: %v", err)
		}
		if got := j.settings("main"); slices.Contains(got, "make") {
			t.Errorf("the switch was closed: %q", got)
		}
		if len(b.TakeFaults()) == 0 {
			t.Errorf("no fault of the bench; the supply was told %+v", said[record.Setting](j))
		}
		b.Instrument("psu").Resume()
	})
}

func TestWatchdogLeftAlone(t *testing.T) {
	onBench(t, watched(0), func(t *testing.T, b *bench.Bench, j *journal) {
		must(t, b.Rail("kl30").On(t.Context()))
		if got := j.settings("psu"); len(got) != 0 {
			t.Errorf("settings of the supply: %q", got)
		}
	})
}

// A time that the watchdog does not take is the bench's fault, and no mistake of a spec.
func TestWatchdogThatCannotBeSet(t *testing.T) {
	onBench(t, watched(1500*time.Millisecond), func(t *testing.T, b *bench.Bench, _ *journal) {
		if err := b.Rail("kl30").On(t.Context()); err == nil || len(b.TakeFaults()) == 0 {
			t.Errorf("on: %v", err)
		}
		// To switch off needs no watchdog.
		must(t, b.Rail("kl30").Off(t.Context()))
	})
}

// What a watchdog has switched off, because the bench before died, can be used again.
func TestAfterTheBite(t *testing.T) {
	onBench(t, watched(3*time.Second), func(t *testing.T, b *bench.Bench, j *journal) {
		kl30, psu := b.Rail("kl30"), b.Instrument("psu")
		must(t, kl30.On(t.Context()))
		psu.Stall()
		time.Sleep(4 * time.Second)
		psu.Resume()
		must(t, kl30.AwaitDead(t.Context()))
		must(t, kl30.Off(t.Context()))
		must(t, kl30.On(t.Context()))
		must(t, kl30.Await(t.Context(), 13*physic.Volt, 14*physic.Volt))
		if got := j.settings("kl30"); !slices.Contains(got, "clear trip") {
			t.Errorf("settings: %q", got)
		}
	})
}

package bench_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/power/sense"
)

func TestMeterEnergy(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		kl30 := b.Rail("kl30")
		must(t, b.Greet(t.Context()))
		stop := kl30.MeterEnergy()
		time.Sleep(time.Minute)
		got, err := stop()
		must(t, err)
		// An idle ECU draws 500 mA.
		if want := 13.475 * 0.5 * 60; math.Abs(got.Joules-want) > 1 || got.Sampling > 1 || got.Uncertainty() < 4 || got.Uncertainty() > 6 {
			t.Errorf("%v, want about %.1f J", got, want)
		}
		if got.Duration < time.Minute-2*time.Millisecond || got.Readings < 59_990 || got.Gap != time.Millisecond || got.Source != "terminals" {
			t.Errorf("%+v", got)
		}
		if again, err := stop(); err != nil || again != got {
			t.Errorf("a second time: %v, %v", again, err)
		}
	})
}

func TestMeterEnergySaysWhatItCouldNotRead(t *testing.T) {
	narrow := func(f *config.File, _ *bench.Options) {
		s := f.Sensors["terminals"]
		s.Shunt, s.MaxCurrent = 200*physic.MilliOhm, 400*physic.MilliAmpere
		f.Sensors["terminals"] = s
	}
	onBench(t, narrow, func(t *testing.T, b *bench.Bench, _ *journal) {
		must(t, b.Greet(t.Context()))
		stop := b.Rail("kl30").MeterEnergy()
		time.Sleep(time.Second)
		got, err := stop()
		if !errors.Is(err, sense.ErrRange) || !strings.Contains(err.Error(), "meter the energy of kl30 with terminals") {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

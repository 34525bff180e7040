package bench_test

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/record"
)

// What a spec measures at the terminals is a reading of the sampling, so that it lies in the rail's file.
func TestTerminals(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		must(t, b.Greet(t.Context()))
		v, err := b.Rail("kl30").Terminals(t.Context())
		must(t, err)
		if v.Value < 13.4 || v.Value > 13.5 || v.Unit != "V" || v.Source != "terminals" {
			t.Errorf("%+v", v)
		}
		// INA226 at 13.5 V: 0.1 % and 50 ppm/K over 20 K, 7.5 mV and 40 µV/K, a step of 1.25 mV.
		if u := v.Uncertainty; u == nil || math.Abs(*u-0.024) > 1e-9 {
			t.Errorf("uncertainty %v", u)
		}
		if want := (record.Basis{Function: record.LowestVoltage, Subject: "kl30", From: v.Basis.From, To: v.Basis.From}); *v.Basis != want {
			t.Errorf("basis %+v", *v.Basis)
		}
	})
}

func TestReachWaitsForALevel(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		must(t, b.Greet(t.Context()))
		kl30 := b.Rail("kl30")
		at := time.Now()
		must(t, kl30.Set(t.Context(), 6*physic.Volt))
		v, err := kl30.Reach(t.Context(), 5900*physic.MilliVolt, 6100*physic.MilliVolt)
		must(t, err)
		q := kl30.FrameToVoltage("body", at, v)
		if v.Voltage < 5900*physic.MilliVolt || v.Voltage > 6100*physic.MilliVolt || q.Value != v.Time.Sub(at).Seconds() || *q.Uncertainty < 0.001 {
			t.Errorf("%+v, %+v", v, q)
		}
		if _, err := kl30.Reach(t.Context(), 8*physic.Volt, 9*physic.Volt); err == nil {
			t.Error("a level is reached that the rail does not go to")
		}
	})
}

func TestExtremes(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		must(t, b.Greet(t.Context()))
		kl30 := b.Rail("kl30")
		go func() {
			time.Sleep(100 * time.Millisecond)
			_ = kl30.Set(t.Context(), 9*physic.Volt)
		}()
		lowest, highest, err := kl30.Extremes(t.Context(), time.Second)
		must(t, err)
		synctest.Wait()
		if math.Abs(lowest.Value-9) > 0.1 || math.Abs(highest.Value-13.475) > 0.1 {
			t.Errorf("%+v, %+v", lowest, highest)
		}
		if d := lowest.Basis.To - lowest.Basis.From; d < 990*time.Millisecond || highest.Basis.Function != record.HighestVoltage {
			t.Errorf("%+v, %+v", *lowest.Basis, *highest.Basis)
		}
		middle, apart := kl30.Middle(lowest, highest)
		if middle.Value != (lowest.Value+highest.Value)/2 || apart.Value != highest.Value-lowest.Value || *middle.Uncertainty < apart.Value/2 {
			t.Errorf("%+v, %+v", middle, apart)
		}
	})
}

// What the bench file says of a calibrated instrument counts in place of its data sheet.
func TestCalibratedSensor(t *testing.T) {
	calibrated := func(f *config.File, _ *bench.Options) {
		s := f.Sensors["terminals"]
		s.Uncertainty = config.Uncertainty{Voltage: 2 * physic.MilliVolt, VoltagePercent: 0.02}
		f.Sensors["terminals"] = s
	}
	onBench(t, calibrated, func(t *testing.T, b *bench.Bench, _ *journal) {
		must(t, b.Greet(t.Context()))
		v, err := b.Rail("kl30").Terminals(t.Context())
		must(t, err)
		if want := 0.0047; *v.Uncertainty != want {
			t.Errorf("uncertainty %g V, want %g", *v.Uncertainty, want)
		}
	})
}

func TestStopwatch(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		must(t, b.Greet(t.Context()))
		bcm := b.ECU("bcm")
		watch, idle := bcm.Stopwatch(), bcm.Stopwatch()
		time.Sleep(time.Second)
		if q := idle.Stop(); q.Value != 1 || q.Basis != nil || q.Source != "bench clock" {
			t.Errorf("without a frame: %+v", q)
		}
		_, err := bcm.WhoAmI(t.Context())
		must(t, err)
		time.Sleep(3 * time.Second)
		_, err = bcm.WhoAmI(t.Context())
		must(t, err)
		time.Sleep(time.Second)
		q := watch.Stop()
		if q.Value < 3 || q.Value > 3.5 || q.Source != "body" || q.Basis.Function != record.Elapsed || q.Basis.Subject != "bcm" {
			t.Errorf("%+v", q)
		}
		if ms := q.In("ms", 1000); ms.Value != 1000*q.Value || ms.Unit != "ms" {
			t.Errorf("%+v", ms)
		}
	})
}

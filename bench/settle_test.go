package bench_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench"
	"otabench/bench/config"
)

func TestSettleWaitsForTheVoltageToStandStill(t *testing.T) {
	slow := func(f *config.File, _ *bench.Options) {
		r := f.Simulation.Rails["kl30"]
		r.Capacitance = 20 * physic.MilliFarad
		f.Simulation.Rails["kl30"] = r
		rail := f.Rails["kl30"]
		rail.Discharge = 3 * time.Second
		f.Rails["kl30"] = rail
	}
	onBench(t, slow, func(t *testing.T, b *bench.Bench, _ *journal) {
		kl30 := b.Rail("kl30")
		if !kl30.Sensed() || kl30.Highest() != 18*physic.Volt {
			t.Errorf("sensed %v, up to %v", kl30.Sensed(), kl30.Highest())
		}
		must(t, kl30.On(t.Context()))
		_, err := kl30.Settle(t.Context(), 13*physic.Volt, 14*physic.Volt)
		must(t, err)
		must(t, kl30.Set(t.Context(), 10*physic.Volt))
		// On its way it is within the band long before it stands still.
		got, err := kl30.Settle(t.Context(), 9900*physic.MilliVolt, 13*physic.Volt)
		must(t, err)
		if got.Voltage > 10100*physic.MilliVolt || got.Lowest > got.Voltage || got.Highest < 13*physic.Volt {
			t.Errorf("settled at %+v", got)
		}
		time.AfterFunc(time.Second, func() { _ = kl30.Set(t.Context(), 12*physic.Volt) })
		must(t, kl30.Set(t.Context(), 9*physic.Volt))
		got, err = kl30.Settle(t.Context(), 11900*physic.MilliVolt, 12100*physic.MilliVolt)
		must(t, err)
		if got.Lowest > 9100*physic.MilliVolt {
			t.Errorf("on its way it was at 9 V, and %+v does not tell", got)
		}
	})
}

func TestSettleGivesUp(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		begin := time.Now()
		_, err := b.Rail("kl30").Settle(t.Context(), 5*physic.Volt, 6*physic.Volt)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "does not settle at 5V to 6V") {
			t.Errorf("settle: %v", err)
		}
		if took := time.Since(begin); took < 10*time.Second || took > 11*time.Second {
			t.Errorf("gave up after %v", took)
		}
	})
}

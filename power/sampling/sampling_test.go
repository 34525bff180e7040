package sampling_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
	"otabench/power/sampling"
	"otabench/power/sense"
	"otabench/power/sim"
)

// sensor takes its time, and fails when it is told to.
type sensor struct {
	took map[int]time.Duration // by the number of the reading
	fail map[int]error
	n    int
}

func (s *sensor) String() string { return "sensor" }

func (s *sensor) Sense(context.Context) (power.Reading, error) {
	s.n++
	time.Sleep(s.took[s.n])
	return power.Reading{Voltage: 12 * physic.Volt, Time: time.Now()}, s.fail[s.n]
}

// sample reads a sensor in virtual time, for as long as d.
func sample(t *testing.T, s power.Sensor, period, d time.Duration) (at []time.Duration, failed []error, stats sampling.Stats) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		begin := time.Now()
		r := sampling.Start(s, sampling.Options{
			Simulated: true, Period: period,
			Each:   func(r power.Reading) { at = append(at, r.Time.Sub(begin)) },
			Failed: func(err error) { failed = append(failed, err) },
		})
		time.Sleep(d)
		stats = r.Stop()
	})
	return at, failed, stats
}

func TestReadingsKeepToTheirGrid(t *testing.T) {
	const ms = time.Millisecond
	at, failed, stats := sample(t, &sensor{took: map[int]time.Duration{3: 1200 * time.Microsecond}}, 0, 6*ms+ms/2)
	want := []time.Duration{ms, 2 * ms, 4200 * time.Microsecond, 4200 * time.Microsecond, 5 * ms, 6 * ms}
	if !slices.Equal(at, want) {
		t.Errorf("read at %v, want %v", at, want)
	}
	if want := (sampling.Stats{Readings: 6, Longest: 2200 * time.Microsecond, Span: 5 * ms}); stats != want || failed != nil {
		t.Errorf("%+v, want %+v; failed %v", stats, want, failed)
	}
	if stats.Rate() != 1000 {
		t.Errorf("rate %v", stats.Rate())
	}
}

func TestGapsAreCounted(t *testing.T) {
	_, _, stats := sample(t, &sensor{took: map[int]time.Duration{
		2: 3 * time.Millisecond, 3: 6 * time.Millisecond, 10: 20 * time.Millisecond,
	}}, 0, time.Second)
	if stats.Gaps != 2 || stats.Longest != 20*time.Millisecond+time.Millisecond {
		t.Errorf("%+v, want two gaps, the longer 21 ms", stats)
	}
	// A slow meter has its own measure.
	_, _, stats = sample(t, &sensor{took: map[int]time.Duration{2: 3 * time.Second, 5: 6 * time.Second}}, time.Second, 30*time.Second)
	if stats.Gaps != 1 {
		t.Errorf("%+v, want one gap", stats)
	}
}

// Readings that fail are reported once for each row of them, and their time is a gap.
func TestFailingReadings(t *testing.T) {
	broken := errors.New("no acknowledge")
	fail := map[int]error{5: broken, 20: broken}
	for n := 6; n < 16; n++ {
		fail[n] = broken
	}
	at, failed, stats := sample(t, &sensor{fail: fail}, 0, 30*time.Millisecond+1)
	if len(failed) != 2 || len(at) != 18 || stats.Readings != 18 || stats.Gaps != 1 {
		t.Errorf("%d readings, failed %v, %+v", len(at), failed, stats)
	}
	if _, _, none := sample(t, &sensor{fail: map[int]error{1: broken}}, time.Second, 1500*time.Millisecond); none.Rate() != 0 {
		t.Errorf("a rate without readings: %v", none.Rate())
	}
}

// BenchmarkSampling reads a simulated INA226 through its driver at 1 kHz by the kernel's clock, on an idle machine and
// with every other processor busy. Its target is 1000 readings/s and no gap.
func BenchmarkSampling(b *testing.B) {
	for _, busy := range []int{0, runtime.NumCPU() - 1} {
		b.Run(fmt.Sprintf("busy=%d", busy), func(b *testing.B) {
			defer load(busy)()
			chip := sim.NewINA226(sim.NewRail("kl30", sim.RailOptions{}), 0x40, 10*physic.MilliOhm)
			s, err := sense.Open("ina226", "kl30", chip, sense.Options{Shunt: 10 * physic.MilliOhm, MaxCurrent: 8 * physic.Ampere})
			if err != nil {
				b.Fatal(err)
			}
			read := make(chan struct{}, 1)
			b.ResetTimer()
			r := sampling.Start(s, sampling.Options{
				Each:   func(power.Reading) { read <- struct{}{} },
				Failed: func(err error) { b.Error(err) },
			})
			for range b.N {
				<-read
			}
			go func() {
				for range read { // the last ones, until the benchmark ends
				}
			}()
			stats := r.Stop()
			close(read)
			b.ReportMetric(stats.Rate(), "readings/s")
			b.ReportMetric(float64(stats.Gaps), "gaps")
			b.ReportMetric(float64(stats.Longest)/1e6, "ms-longest")
		})
	}
}

// load keeps processors busy until it is stopped.
func load(processors int) (stop func()) {
	var over atomic.Bool
	var wg sync.WaitGroup
	for range processors {
		wg.Go(func() {
			for !over.Load() {
			}
		})
	}
	return func() { over.Store(true); wg.Wait() }
}

// By the kernel's clock a second has its 1000 readings. How many of them a busy machine misses is the benchmark's.
func TestKernelClock(t *testing.T) {
	read := make(chan time.Time, 1)
	r := sampling.Start(&sensor{}, sampling.Options{
		Each:   func(r power.Reading) { read <- r.Time },
		Failed: func(err error) { t.Error(err) },
	})
	first := <-read
	var last time.Time
	for range 50 {
		last = <-read
	}
	go func() {
		for range read {
		}
	}()
	r.Stop()
	close(read)
	if took := last.Sub(first); took < 49*time.Millisecond {
		t.Errorf("51 readings took %v, too little for 1 kHz", took)
	}
}

func ExampleStart() {
	var s power.Sensor = &sensor{} // on a bench: sense.Open
	read := make(chan power.Reading, 1)
	sampler := sampling.Start(s, sampling.Options{
		Each:   func(r power.Reading) { read <- r },
		Failed: func(err error) { fmt.Println(err) },
	})
	fmt.Println(<-read)
	go func() {
		for range read {
		}
	}()
	fmt.Println(sampler.Stop().Gaps > 100)
	// Output:
	// 12V 0A
	// false
}

package bench

import (
	"fmt"
	"math"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/power"
	"otabench/power/sampling"
)

// meterPeriod is the time between readings of an instrument's own meter, which few refresh faster.
const meterPeriod = time.Second

// watch samples the rail until the returned function is called: all readings into its file, and into the record those
// that draw the same curve.
func (r *Rail) watch() (stop func() error, err error) {
	log, err := r.openLog()
	if err != nil {
		return nil, err
	}
	source, sensor, opts := r.source()
	curve := curve{rail: r, source: source, last: math.Inf(1)}
	crossing := crossing{rail: r}
	opts.Each = func(reading power.Reading) {
		crossing.add(reading)
		log.add(reading)
		curve.add(reading)
		r.compare(reading)
		r.dipped(reading)
		r.weld.observe(reading)
		r.tell(reading)
	}
	opts.Failed = func(err error) {
		r.failed(err)
		r.bench.Fault(source, err)
	}
	s := sampling.Start(sensor, opts)
	return func() error {
		stats := s.Stop()
		r.weld.acting.Wait()
		r.bench.recordSampling(r.role, source, stats)
		return log.close()
	}, nil
}

// source is the best that measures the rail: the sensor at its terminals, or else the supply's own meter.
func (r *Rail) source() (role string, s power.Sensor, opts sampling.Options) {
	if r.sensor != nil {
		simulated := config.IsVirtual(r.bench.file.Sensors[r.config.Sensor].Address)
		return r.config.Sensor, r.sensor, sampling.Options{Simulated: simulated, Period: r.bench.opts.Sampling}
	}
	meter := power.Meter(r.bench.power.Channels[r.role])
	return r.config.Supply, meter, sampling.Options{Simulated: true, Period: meterPeriod}
}

// recordSampling says how well a rail was watched. Gaps are a deviation: what happened in them nobody saw.
func (b *Bench) recordSampling(rail, source string, s sampling.Stats) {
	b.opts.Record.Add(record.Sampling{
		Rail: rail, Source: source, Readings: s.Readings, Rate: s.Rate(), Gaps: s.Gaps, Longest: s.Longest,
	})
	if s.Gaps > 0 {
		b.Deviation(source, fmt.Errorf("%d times the next reading of %s came more than %v after the one before, at most %v",
			s.Gaps, rail, sampling.Gap, s.Longest.Round(time.Microsecond)))
	}
}

// curve thins readings out to what draws the same curve.
type curve struct {
	rail    *Rail
	source  string
	last    float64 // voltage that was written last
	written time.Time
	held    record.Sample // the latest reading
	at      time.Time     // of held; zero if that was written
}

func (c *curve) add(reading power.Reading) {
	s := record.Sample{
		Rail: c.rail.role, Source: c.source,
		Volts: float64(reading.Voltage) / float64(physic.Volt), Amps: float64(reading.Current) / float64(physic.Ampere),
	}
	changed := math.Abs(s.Volts-c.last) >= record.CurveStep
	if !changed && reading.Time.Sub(c.written) < record.CurveStill {
		c.held, c.at = s, reading.Time
		return
	}
	if changed && !c.at.IsZero() {
		// The voltage stood still until here; without this point the curve would slope.
		c.rail.bench.opts.Record.AddAt(c.at, c.held)
	}
	c.rail.bench.opts.Record.AddAt(reading.Time, s)
	c.last, c.written, c.at = s.Volts, reading.Time, time.Time{}
}

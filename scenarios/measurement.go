package scenarios

import (
	"math"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/bench"
	"otabench/bench/record"
)

// limit bounds a measurement.
type limit struct{ min, max *float64 }

func atMost(v float64) limit  { return limit{max: &v} }
func atLeast(v float64) limit { return limit{min: &v} }

func around(v, tolerance float64) limit {
	return limit{min: new(micro(v - tolerance)), max: new(micro(v + tolerance))}
}

func (l limit) holds(v float64) bool {
	return (l.min == nil || v >= *l.min) && (l.max == nil || v <= *l.max)
}

// micro rounds to a millionth, so that no report shows how computers subtract.
func micro(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// measurement is a quantity with its limits. A limit that is zero makes it a value without verdict.
type measurement struct {
	name string
	bench.Quantity
	limit limit
}

// measure records a quantity with its limits, and fails the spec if it is outside.
func measure(name string, q bench.Quantity, l limit) {
	GinkgoHelper()
	measureAll(measurement{name, q, l})
}

// measureAll records quantities before it fails the spec for one of them.
func measureAll(all ...measurement) {
	GinkgoHelper()
	for _, m := range all {
		recordMeasurement(m.name, m.Quantity, m.limit)
	}
	for _, m := range all {
		if m.limit.min != nil {
			Expect(m.Value).To(BeNumerically(">=", *m.limit.min), "%s in %s", m.name, m.Unit)
		}
		if m.limit.max != nil {
			Expect(m.Value).To(BeNumerically("<=", *m.limit.max), "%s in %s", m.name, m.Unit)
		}
	}
}

// recordMeasurement leaves the verdict to whoever reads the record.
func recordMeasurement(name string, q bench.Quantity, l limit) {
	m := q.Measurement(name, l.min, l.max)
	Bench.Record().Add(m)
	// In Ginkgo's own report it stands too, so that nobody changes a limit in one file alone.
	AddReportEntry(record.MeasurementEntry, m, ReportEntryVisibilityNever)
}

// took is a time that the suite took itself.
func took(d time.Duration) bench.Quantity { return Bench.Elapsed(d) }

// counted is what has no uncertainty, since it was counted.
func counted(n float64, unit, source string) bench.Quantity {
	return bench.Quantity{Value: n, Unit: unit, Source: source, Uncertainty: new(0.0)}
}

func inMilliseconds(q bench.Quantity) bench.Quantity { return q.In("ms", 1000) }

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

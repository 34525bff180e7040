package scenarios

import (
	"math"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

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

// measurement is a value with its limits. A limit that is zero makes it a value without verdict.
type measurement struct {
	name   string
	value  float64
	unit   string
	limit  limit
	source string
}

// measure records a value with its limits, and fails the spec if it is outside.
func measure(name string, value float64, unit string, l limit, source string) {
	GinkgoHelper()
	measureAll(measurement{name, value, unit, l, source})
}

// measureAll records values before it fails the spec for one of them.
func measureAll(all ...measurement) {
	GinkgoHelper()
	for _, m := range all {
		recordMeasurement(m.name, m.value, m.unit, m.limit, m.source)
	}
	for _, m := range all {
		if m.limit.min != nil {
			Expect(m.value).To(BeNumerically(">=", *m.limit.min), "%s in %s", m.name, m.unit)
		}
		if m.limit.max != nil {
			Expect(m.value).To(BeNumerically("<=", *m.limit.max), "%s in %s", m.name, m.unit)
		}
	}
}

// recordMeasurement leaves the verdict to whoever reads the record.
func recordMeasurement(name string, value float64, unit string, l limit, source string) {
	m := record.Measurement{Name: name, Value: value, Unit: unit, Min: l.min, Max: l.max, Source: source}
	Bench.Record().Add(m)
	// In Ginkgo's own report it stands too, so that nobody changes a limit in one file alone.
	AddReportEntry(record.MeasurementEntry, m, ReportEntryVisibilityNever)
}

func measureDuration(name string, d, most time.Duration) {
	GinkgoHelper()
	measure(name, d.Seconds(), "s", atMost(most.Seconds()), "bench clock")
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

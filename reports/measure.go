package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"otabench/bench/record"
)

// Within says whether a measurement lies within its limits, which belong to the range. NaN lies in none.
func Within(m record.Measurement) bool {
	return m.Value == m.Value && (m.Min == nil || m.Value >= *m.Min) && (m.Max == nil || m.Value <= *m.Max)
}

// Measured is the verdict of a measurement by guarded acceptance: Failed outside of its limits, Marginal within them but
// nearer to one than its uncertainty, otherwise Passed. An uncertainty that is no number, or negative, makes it marginal.
func Measured(m record.Measurement) Verdict {
	switch {
	case !Within(m):
		return Failed
	case m.Uncertainty == nil || m.Min == nil && m.Max == nil:
		return Passed
	case !(*m.Uncertainty >= 0) || Margin(m) < *m.Uncertainty:
		return Marginal
	}
	return Passed
}

// Margin is the distance of a value to its nearer limit, negative outside of it, and infinite without limits.
func Margin(m record.Measurement) float64 {
	margin := math.Inf(1)
	if m.Min != nil {
		margin = min(margin, m.Value-*m.Min)
	}
	if m.Max != nil {
		margin = min(margin, *m.Max-m.Value)
	}
	return margin
}

// Limits says the limits of a measurement in its unit.
func Limits(m record.Measurement) string {
	switch {
	case m.Min != nil && m.Max != nil:
		return fmt.Sprintf("%g … %g %s", *m.Min, *m.Max, m.Unit)
	case m.Min != nil:
		return fmt.Sprintf("≥ %g %s", *m.Min, m.Unit)
	case m.Max != nil:
		return fmt.Sprintf("≤ %g %s", *m.Max, m.Unit)
	}
	return "no limits"
}

// Statistic is how several measurements of one name, unit, source and limits lie.
type Statistic struct {
	record.Measurement // of the value nearest to a limit, or outside of one by the most
	Verdict            Verdict
	N                  int
	Lowest, Highest    float64
	Median, MAD        float64 // MAD: the median of the deviations from the median, as it is
	Mean, Deviation    float64 // Deviation: of the sample, 0 of one value
	values             []float64
}

// statistics gathers measurements of one kind, those with several values only, in the order in which they first came.
func statistics(specs []*Spec) []Statistic {
	type kind struct {
		name, unit, source string
		limits             string
	}
	var order []kind
	by := map[kind]*Statistic{}
	for _, s := range specs {
		for _, m := range s.Measurements {
			k := kind{m.Name, m.Unit, m.Source, Limits(m)}
			if by[k] == nil {
				by[k] = &Statistic{Measurement: m}
				order = append(order, k)
			}
			by[k].add(m)
		}
	}
	var all []Statistic
	for _, k := range order {
		if s := by[k]; s.N > 1 {
			s.conclude()
			all = append(all, *s)
		}
	}
	return all
}

func (s *Statistic) add(m record.Measurement) {
	s.N++
	s.values = append(s.values, m.Value)
	if !Within(m) && Within(s.Measurement) || Within(m) == Within(s.Measurement) && Margin(m) < Margin(s.Measurement) {
		s.Measurement = m
	}
	if v := Measured(m); s.Verdict == "" || v == Failed || v == Marginal && s.Verdict == Passed {
		s.Verdict = v
	}
}

func (s *Statistic) conclude() {
	slices.SortFunc(s.values, cmp.Compare)
	s.Lowest, s.Highest = s.values[0], s.values[len(s.values)-1]
	s.Median = Median(s.values)
	s.MAD = MAD(s.values)
	for _, v := range s.values {
		s.Mean += v / float64(len(s.values))
	}
	for _, v := range s.values {
		s.Deviation += (v - s.Mean) * (v - s.Mean)
	}
	if s.N > 1 {
		s.Deviation = math.Sqrt(s.Deviation / float64(s.N-1))
	}
	s.values = nil
}

// Median is the median of values, NaN of none.
func Median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	switch {
	case n == 0:
		return math.NaN()
	case n%2 == 1:
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

// MAD is the median of the absolute deviations from the median, NaN of no values. For values that scatter normally,
// the standard deviation is 1.4826 times that.
func MAD(values []float64) float64 {
	median := Median(values)
	deviations := make([]float64, len(values))
	for i, v := range values {
		deviations[i] = math.Abs(v - median)
	}
	return Median(deviations)
}

package history

import (
	"math"
	"slices"

	"otabench/reports"
)

// normal makes a standard deviation of a MAD, for values that scatter normally.
const normal = 1.4826

// deviation is the robust z score of a value against earlier ones: its distance from their median in units of their
// spread, which is 1.4826 MAD and at least floor. It is infinite for a value beside earlier ones that are all alike.
func deviation(value float64, earlier []float64, floor float64) (z, median, spread float64) {
	median = reports.Median(earlier)
	spread = max(normal*reports.MAD(earlier), floor)
	if value == median {
		return 0, median, spread
	}
	return (value - median) / spread, median, spread
}

// trend tests by Mann and Kendall whether values rise or fall. Slope is the median of all slopes between two of them
// (Theil and Sen), per step; significance is the test's z score, positive for rising values, 0 for fewer than three.
func trend(values []float64) (slope, significance float64) {
	n := len(values)
	if n < 3 {
		return 0, 0
	}
	var slopes []float64
	s := 0.0
	for i := range values {
		for j := i + 1; j < n; j++ {
			d := values[j] - values[i]
			slopes = append(slopes, d/float64(j-i))
			switch {
			case d > 0:
				s++
			case d < 0:
				s--
			}
		}
	}
	variance := float64(n*(n-1)*(2*n+5)) / 18
	for _, t := range ties(values) {
		variance -= float64(t*(t-1)*(2*t+5)) / 18
	}
	if s == 0 || variance <= 0 {
		return reports.Median(slopes), 0
	}
	return reports.Median(slopes), (s - math.Copysign(1, s)) / math.Sqrt(variance)
}

// ties are the sizes of groups of equal values.
func ties(values []float64) (sizes []int) {
	sorted := slices.Sorted(slices.Values(values))
	for i := 0; i < len(sorted); {
		j := i
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		if j-i > 1 {
			sizes = append(sizes, j-i)
		}
		i = j
	}
	return sizes
}

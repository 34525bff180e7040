package html

import (
	"math"
	"strconv"
	"strings"

	"otabench/bench/record"
	"otabench/reports"
)

// value says a number with its unit.
func value(f float64, unit string) string {
	return strings.TrimSpace(strconv.FormatFloat(f, 'g', 6, 64) + " " + unit)
}

// uncertainty says the expanded uncertainty of a measurement, or that nobody stated it.
func uncertainty(m record.Measurement) string {
	if m.Uncertainty == nil {
		return "not stated"
	}
	return "± " + value(*m.Uncertainty, m.Unit)
}

// margin says how far a measurement is from its nearer limit.
func margin(m record.Measurement) string {
	if d := reports.Margin(m); !math.IsInf(d, 0) {
		return value(d, m.Unit)
	}
	return "–"
}

// isJudged says that the verdict of a measurement says anything: one without limits cannot fail but by being no number.
func isJudged(m record.Measurement) bool {
	return m.Min != nil || m.Max != nil || reports.Measured(m) != reports.Passed
}

package pdf

import (
	"fmt"
	"strconv"
	"time"

	"otabench/reports"
)

// inkOf is the colour of a verdict.
func inkOf(v reports.Verdict) ink {
	switch v {
	case reports.Passed:
		return green
	case reports.Failed:
		return red
	case reports.Marginal, reports.InPart:
		return amber
	case reports.Void, reports.Aborted:
		return violet
	}
	return soft
}

func word(v reports.Verdict) string { return v.Symbol() + " " + string(v) }

func verdict(v reports.Verdict) cell { return cell{text: word(v), style: bold, ink: inkOf(v)} }

func yes(ok bool, text, otherwise string) cell {
	if ok {
		return cell{text: "✓ " + text, ink: green}
	}
	return cell{text: "✗ " + otherwise, style: bold, ink: red}
}

// num has as many digits as tell a value from its limits.
func num(f float64) string { return strconv.FormatFloat(f, 'g', 7, 64) }

func date(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// upTo are the first n of a list, and how many it has more.
func upTo[T any](list []T, n int) ([]T, int) {
	n = min(n, len(list))
	return list[:n], len(list) - n
}

// seconds is a time of the run's clock.
func seconds(t time.Duration) string { return fmt.Sprintf("%.3f", t.Seconds()) }

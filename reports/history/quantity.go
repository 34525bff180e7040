package history

import (
	"math"

	"otabench/bench/record"
	"otabench/reports"
)

// quantity is what a spec measured under one name, once or several times.
type quantity struct {
	values  []float64
	worst   record.Measurement // nearest to a limit, or outside of one by the most
	verdict reports.Verdict
}

// quantities gathers measurements of one name, unit and source, in the order of the record. What is no number was not
// measured.
func quantities(all []record.Measurement) []quantity {
	type key struct{ name, unit, source string }
	var list []quantity
	place := map[key]int{}
	for _, m := range all {
		if math.IsNaN(m.Value) || math.IsInf(m.Value, 0) {
			continue
		}
		k := key{m.Name, m.Unit, m.Source}
		i, known := place[k]
		if !known {
			i = len(list)
			place[k] = i
			list = append(list, quantity{worst: m})
		}
		list[i].add(m)
	}
	return list
}

func (q *quantity) add(m record.Measurement) {
	q.values = append(q.values, m.Value)
	if reports.Margin(m) < reports.Margin(q.worst) {
		q.worst = m
	}
	if v := reports.Measured(m); q.verdict == "" || v == reports.Failed || v == reports.Marginal && q.verdict == reports.Passed {
		q.verdict = v
	}
}

package diff

import (
	"math"
	"time"

	"otabench/bench/record"
	"otabench/reports"
)

// Moved is a measurement that differs by more than is known of it.
type Moved struct {
	ID   string  `json:"id"` // of the spec
	Spec string  `json:"spec"`
	Name string  `json:"name"`
	Unit string  `json:"unit"`
	From float64 `json:"from"` // medians, if there are several
	To   float64 `json:"to"`
	// Beyond is what a difference has to exceed, and By says where that comes from.
	Beyond float64 `json:"beyond"`
	By     string  `json:"by"`
}

// Sources of what a difference has to exceed.
const (
	byUncertainty = "their uncertainties"
	byScatter     = "3.5 times their scatter (1.4826 MAD)"
	byNothing     = "a tenth, as no uncertainty is stated"
)

type series struct {
	measured    record.Measurement
	values      []float64
	uncertainty float64 // the largest; NaN if one has none
}

type quantity struct{ name, unit, source string }

// gather puts the measurements of a spec together by what they are of, in the order of the record.
func gather(s *reports.Spec) (order []quantity, by map[quantity]*series) {
	by = map[quantity]*series{}
	for _, m := range s.Measurements {
		if math.IsNaN(m.Value) || math.IsInf(m.Value, 0) {
			continue
		}
		q := quantity{m.Name, m.Unit, m.Source}
		x := by[q]
		if x == nil {
			x = &series{measured: m}
			by[q] = x
			order = append(order, q)
		}
		x.values = append(x.values, m.Value)
		if m.Uncertainty == nil {
			x.uncertainty = math.NaN()
			continue
		}
		x.uncertainty = math.Max(x.uncertainty, *m.Uncertainty) // NaN stays
	}
	return order, by
}

func measurements(before, after *reports.Run) []Moved {
	all := []Moved{}
	was := map[string]*reports.Spec{}
	for _, s := range before.Specs {
		was[s.ID] = s
	}
	for _, s := range after.Specs {
		old := was[s.ID]
		if old == nil {
			continue
		}
		_, earlier := gather(old)
		order, now := gather(s)
		for _, q := range order {
			a, b := earlier[q], now[q]
			if a == nil {
				continue
			}
			m := Moved{ID: s.ID, Spec: s.Name(), Name: q.name, Unit: q.unit, From: reports.Median(a.values), To: reports.Median(b.values)}
			if m.Beyond, m.By = beyond(a, b); math.Abs(m.To-m.From) > m.Beyond {
				all = append(all, m)
			}
		}
	}
	return all
}

// beyond is what the difference of two quantities has to exceed: their uncertainties (k = 2) together, or what they
// scatter by within their runs.
func beyond(a, b *series) (limit float64, by string) {
	if u := math.Hypot(a.uncertainty, b.uncertainty); !math.IsNaN(u) {
		return u, byUncertainty
	}
	const few = 5
	if len(a.values) >= few && len(b.values) >= few {
		return 3.5 * 1.4826 * math.Max(reports.MAD(a.values), reports.MAD(b.values)), byScatter
	}
	return math.Abs(reports.Median(a.values)) / 10, byNothing
}

// Duration is a spec that takes another time.
type Duration struct {
	ID   string        `json:"id"`
	Name string        `json:"name"`
	From time.Duration `json:"from_ns"`
	To   time.Duration `json:"to_ns"`
}

// durations are those of specs that passed in both runs, and differ by a fifth and by 100 ms. Those of another clock do
// not compare.
func durations(before, after *reports.Run) []Duration {
	all := []Duration{}
	if before.Header.Virtual != after.Header.Virtual {
		return all
	}
	was := map[string]*reports.Spec{}
	for _, s := range before.Specs {
		was[s.ID] = s
	}
	for _, s := range after.Specs {
		old := was[s.ID]
		if old == nil || old.Verdict != reports.Passed || s.Verdict != reports.Passed {
			continue
		}
		if by := (s.Duration - old.Duration).Abs(); by > old.Duration/5 && by > 100*time.Millisecond {
			all = append(all, Duration{s.ID, s.Name(), old.Duration, s.Duration})
		}
	}
	return all
}

package history

import (
	"cmp"
	"math"
	"slices"
	"time"

	"otabench/reports/conditions"
)

// Rules of drift.
const (
	// MinRuns is the number of earlier values that are needed to say anything of a new one.
	MinRuns = 8
	// MaxRuns is the number of values, the newest included, that are looked at.
	MaxRuns = 50
	// Unusual is the robust z score beyond which a new value is out of the ordinary (Iglewicz and Hoaglin).
	Unusual = 3.5
	// Trending is the z score of Mann and Kendall's test beyond which values rise or fall: less than one series in a
	// thousand does so by chance.
	Trending = 3.3
)

// DriftRule is the rule of drift in the words of a report.
const DriftRule = "A duration or measurement has moved if the newest value lies more than 3.5 spreads from the median of at least 8 earlier ones " +
	"of the same bench file and clock; a spread is 1.4826 times the median of the deviations from the median (MAD), and at least the standard uncertainty of a measurement, " +
	"or 1 % of a duration. It creeps if Mann and Kendall's test finds a trend with z > 3.3. How many runs are left until a limit is said only " +
	"if that is no further ahead than the history reaches back. Void runs do not count, nor do durations of specs that did not pass."

// Drift is a duration or a measurement that moved.
type Drift struct {
	ID     string `json:"id"` // of the spec
	Name   string `json:"name"`
	What   string `json:"what"` // name of the quantity; "duration" of the spec itself
	Unit   string `json:"unit"`
	Source string `json:"source,omitempty"`

	N       int                 `json:"earlier"` // values
	Newest  float64             `json:"newest"`
	Median  float64             `json:"median"` // of the earlier ones
	Spread  float64             `json:"spread"` // 0 if all earlier ones are alike and nothing else bounds it
	Z       *float64            `json:"z,omitempty"`
	Moved   bool                `json:"moved"`  // the newest value is out of the ordinary
	Creeps  bool                `json:"creeps"` // there is a trend
	Slope   float64             `json:"slope"`  // per run
	Limit   *float64            `json:"limit,omitempty"`
	Left    *int                `json:"runs_left,omitempty"` // until Limit at this pace; nil if nobody can honestly say
	Changes []conditions.Change `json:"changes,omitempty"`   // between the run before and the newest one
}

// sample is a value of a series.
type sample struct {
	run   int
	value float64
	floor float64 // of its spread
	min   *float64
	max   *float64
}

// Drifts finds the durations and measurements that moved or creep, those that moved the furthest first.
func (v View) Drifts() []Drift {
	all := []Drift{}
	add := func(s Spec, what, unit, source string, series []sample) {
		if d, ok := v.drift(series); ok {
			d.ID, d.Name, d.What, d.Unit, d.Source = s.ID, s.Name, what, unit, source
			all = append(all, d)
		}
	}
	for _, s := range v.Specs {
		add(s, "duration", "s", "", v.durations(s))
		for _, q := range s.Quantities {
			add(s, q.Name, q.Unit, q.Source, v.series(q))
		}
	}
	slices.SortStableFunc(all, func(a, b Drift) int { return cmp.Compare(b.rank(), a.rank()) })
	return all
}

func (d Drift) rank() float64 {
	switch {
	case d.Left != nil:
		return math.Inf(1)
	case d.Z == nil:
		return math.MaxFloat64
	}
	return math.Abs(*d.Z)
}

// durations are those of passes: a spec that fails ends early or waits in vain.
func (v View) durations(s Spec) (all []sample) {
	for _, x := range s.Results {
		if v.Runs[x.Run].Counts() && x.Verdict == "passed" {
			t := x.Duration.Seconds()
			all = append(all, sample{run: x.Run, value: t, floor: max(t/100, time.Millisecond.Seconds())})
		}
	}
	return v.comparable(all)
}

func (v View) series(q Quantity) (all []sample) {
	for _, x := range q.Values {
		if !v.Runs[x.Run].Counts() {
			continue
		}
		p := sample{run: x.Run, value: x.Median, min: x.Min, max: x.Max}
		if x.Uncertainty != nil && *x.Uncertainty > 0 {
			p.floor = *x.Uncertainty / 2 // which has a coverage factor of 2
		}
		all = append(all, p)
	}
	return v.comparable(all)
}

// comparable keeps the values that were taken with the bench file and the clock of the newest one.
func (v View) comparable(all []sample) []sample {
	if len(all) == 0 {
		return nil
	}
	now := v.Runs[all[len(all)-1].run].Conditions
	all = slices.DeleteFunc(all, func(p sample) bool {
		c := v.Runs[p.run].Conditions
		return c.Bench == "" || c.Bench != now.Bench || c.Virtual != now.Virtual
	})
	return all[max(0, len(all)-MaxRuns):]
}

func (v View) drift(series []sample) (Drift, bool) {
	n := len(series) - 1
	if n < MinRuns {
		return Drift{}, false
	}
	last := series[n]
	values := make([]float64, len(series))
	for i, p := range series {
		values[i] = p.value
	}
	z, median, spread := deviation(last.value, values[:n], last.floor)
	d := Drift{N: n, Newest: last.value, Median: median, Spread: spread, Moved: math.Abs(z) > Unusual}
	if !math.IsInf(z, 0) {
		d.Z = &z
	}
	slope, significance := trend(values)
	// A trend that is smaller than what the values scatter by, or than what is known of them, is none to a reader.
	d.Creeps = math.Abs(significance) > Trending && math.Abs(slope)*float64(n) > spread
	if d.Creeps {
		d.Slope = slope
		d.Limit, d.Left = ahead(last, median+slope*float64(n+1)/2, slope, n)
	}
	d.Changes = conditions.Changes(v.Runs[series[n-1].run].Conditions, v.Runs[last.run].Conditions)
	return d, d.Moved || d.Creeps
}

// ahead is the limit that values creep to, and how many runs are left until it is reached, nil if that is further ahead
// than the values reach back. at is where the trend stands now.
func ahead(last sample, at, slope float64, n int) (limit *float64, left *int) {
	limit = last.max
	if slope < 0 {
		limit = last.min
	}
	if limit == nil {
		return nil, nil
	}
	runs := math.Ceil((*limit-at)/slope - 1e-9) // a limit that is met exactly is reached
	if runs < 0 || runs > float64(n) {
		return limit, nil
	}
	k := int(runs)
	return limit, &k
}

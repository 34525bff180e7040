package html

import (
	"fmt"
	"strings"
	"time"

	"otabench/bench/record"
	"otabench/reports"
)

// detailed is the number of specs up to which each is shown in full.
const detailed = 300

// limits bounds the rows shown of one spec.
type limits struct{ exchanges, rows, chapters int }

// limitsFor keeps a report of many specs readable: there the specs that passed are shown in brief.
func limitsFor(s *reports.Spec, index, specs int) limits {
	switch {
	case specs <= detailed:
		return limits{60, 200, 40}
	case s.Verdict != reports.Passed && s.Verdict != reports.NotRun && index < 10*detailed:
		return limits{30, 50, 12}
	}
	return limits{0, 5, 0}
}

// specView is a spec as the page shows it.
type specView struct {
	*reports.Spec
	Search       string
	Chart        *chart
	Uds          []row
	UdsLeft      int
	Lines        []reports.At[record.ConsoleLine]
	LinesLeft    int
	ShownSteps   []reports.At[record.Step]
	StepsLeft    int
	Measured     []record.Measurement
	MeasuredLeft int
	Made         []record.Stimulus
	MadeLeft     int        // steps of profiles
	Story        *storyView // nil if nothing was shown to a user
}

func view(s *reports.Spec, l limits) specView {
	v := specView{Spec: s, Search: strings.ToLower(s.Name() + " " + strings.Join(s.Labels, " "))}
	v.Search = v.Search[:min(len(v.Search), 500)]
	v.Uds, v.UdsLeft = exchanges(s, l.exchanges)
	v.ShownSteps, v.StepsLeft = around(s.Steps, l.rows, nearest(s.Steps, disturbance(s)))
	v.Lines, v.LinesLeft = around(s.Console, l.rows/4, nearest(s.Console, disturbance(s)))
	v.Measured, v.MeasuredLeft = around(s.Measurements, l.rows, 0)
	v.Made, v.MadeLeft = made(s.Stimuli, l.rows)
	v.Story = tell(s, l.chapters)
	if l.exchanges > 0 {
		v.Chart = plot(s)
	}
	return v
}

// made is the voltage profiles with at most n steps of all of them, and how many steps it leaves out.
func made(all []record.Stimulus, n int) (shown []record.Stimulus, left int) {
	for _, s := range all {
		parts := s.Parts[:min(len(s.Parts), n)]
		left += len(s.Parts) - len(parts)
		if n > 0 {
			s.Parts = parts
			shown = append(shown, s)
		}
		n = max(n-max(len(parts), 1), 0)
	}
	return shown, left
}

// Rel is a time of the run's clock on the spec's.
func (v specView) Rel(t time.Duration) string { return fmt.Sprintf("%+.3f", (t - v.Start).Seconds()) }

// disturbance is the time that a reader wants to see: when the first trigger fired, else the first setting, else the start.
func disturbance(s *reports.Spec) time.Duration {
	for _, t := range s.Triggers {
		if t.Fired != nil {
			return t.Fired.At
		}
	}
	if len(s.Settings) > 0 {
		return s.Settings[0].T
	}
	return s.Start
}

// nearest is the index of the first event that is not before t.
func nearest[B any](list []reports.At[B], t time.Duration) int {
	for i, e := range list {
		if e.T >= t {
			return i
		}
	}
	return len(list)
}

// around returns at most n of list around an index, and how many it leaves out.
func around[T any](list []T, n, index int) ([]T, int) {
	from, to := stretch(len(list), n, index)
	return list[from:to], len(list) - (to - from)
}

// stretch is where at most n of a list around an index lie.
func stretch(length, n, index int) (from, to int) {
	from = min(max(0, index-n/2), max(0, length-n))
	return from, min(from+n, length)
}

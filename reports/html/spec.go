package html

import (
	"fmt"
	"time"

	"otabench/bench/record"
	"otabench/reports"
)

// detailed is the number of specs up to which each is shown in full. Of more, those that did not pass are, up to the same
// number; of the others the page shows verdict, reasons and measurements, and its script the rest.
const detailed = reports.Many

// Rows that are shown of one spec.
const (
	maxUDS   = 60
	maxList  = 200
	maxLines = 50
)

// specView is a spec as the page shows it.
type specView struct {
	*reports.Spec
	Number     int  // of the spec in the run, from 0
	Whole      bool // shown in full; what follows is empty otherwise
	Chart      *chart
	Uds        []row
	UdsLeft    int
	Lines      []reports.At[record.ConsoleLine]
	LinesLeft  int
	ShownSteps []reports.At[record.Step]
	StepsLeft  int
	Made       []record.Stimulus
	MadeLeft   int        // steps of profiles
	Story      *storyView // nil if nothing was shown to a user
}

// view shows a spec in full, with at most so many chapters of its story.
func view(v specView, chapters int) specView {
	s, at := v.Spec, v.Disturbance()
	v.Whole = true
	v.Uds, v.UdsLeft = exchanges(s, maxUDS)
	v.ShownSteps, v.StepsLeft = around(s.Steps, maxList, nearest(s.Steps, at))
	v.Lines, v.LinesLeft = around(s.Console, maxLines, nearest(s.Console, at))
	v.Made, v.MadeLeft = made(s.Stimuli, maxList)
	v.Story = tell(s, min(chapters, maxChapters))
	v.Chart = plot(s)
	v.UdsLeft, v.StepsLeft, v.LinesLeft = v.UdsLeft+s.Left.Exchanges, v.StepsLeft+s.Left.Steps, v.LinesLeft+s.Left.Console
	return v
}

// Shown are the measurements that are listed, and MeasuredLeft how many are not.
func (v specView) Shown() []record.Measurement {
	return v.Measurements[:len(v.Measurements)-v.MeasuredLeft()]
}

// MeasuredLeft counts the measurements that only the record has.
func (v specView) MeasuredLeft() int { return max(len(v.Measurements)-maxList, 0) }

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
	from, to := reports.Stretch(len(list), n, index)
	return list[from:to], len(list) - (to - from)
}

package reports

import (
	"fmt"
	"reflect"
	"time"

	"otabench/bench/record"
)

// Chapter is a part of a spec's story: what the user saw, or a step of the procedure, and what happened beside it until
// the next one.
type Chapter struct {
	T time.Duration // when it begins, since the run's start
	// Shown are the notices that it begins with: one of a display, or the same one of several displays. None if it begins
	// with a step, or before anything was shown.
	Shown []At[record.Notice]
	Step  string // of the procedure; empty if it does not begin with one
	// Progress folds the notices in which only the percentage was new, one entry a display.
	Progress []Progress
	Beside   []Beside
}

// Beside is what the user, the vehicle, the link, the backend, the supply or the bus did during a chapter, in one line.
type Beside struct {
	T    time.Duration // when it began, since the run's start
	By   Actor
	Text string
	// Wrong marks a refusal, an error, or no answer.
	Wrong bool
}

// Actor is who or what did something beside a chapter.
type Actor string

// Actors.
const (
	ByUser    Actor = "user"
	ByVehicle Actor = "vehicle"
	ByLink    Actor = "link"
	ByBackend Actor = "backend"
	BySupply  Actor = "supply"
	ByTrigger Actor = "trigger"
	ByBus     Actor = "bus"
)

// Story tells the spec in the order in which it was lived. A chapter begins with a notice that says more than a new
// percentage, or with a step; a notice that is equal to that of the chapter and comes from another display joins it.
// What has the same time stands in the order of the record. Texts are as they were recorded, and not to be trusted.
func (s *Spec) Story() []Chapter {
	t := teller{spec: s, percent: map[string]int{}}
	for _, e := range s.timeline {
		t.add(e)
	}
	t.close()
	t.supply()
	return t.chapters
}

// teller makes chapters of events.
type teller struct {
	spec     *Spec
	chapters []Chapter
	margin   margin         // of the last chapter
	percent  map[string]int // that each display showed last
}

func (t *teller) add(e record.Event) {
	switch body := e.Body.(type) {
	case record.Notice:
		t.notice(At[record.Notice]{e.T, body})
	case record.Step:
		t.begin(Chapter{T: e.T, Step: body.Text})
	default:
		if len(t.chapters) == 0 {
			t.begin(Chapter{T: t.spec.Start})
		}
		t.beside(e)
	}
}

func (t *teller) notice(n At[record.Notice]) {
	before, seen := t.percent[n.Body.Display]
	t.percent[n.Body.Display] = n.Body.Percent
	switch {
	case n.Body.Progress && seen:
		t.last().progress(n, before)
	case t.joins(n.Body):
		t.last().Shown = append(t.last().Shown, n)
	default:
		t.begin(Chapter{T: n.T, Shown: []At[record.Notice]{n}})
	}
}

func (t *teller) last() *Chapter { return &t.chapters[len(t.chapters)-1] }

// begin ends the last chapter and begins another.
func (t *teller) begin(c Chapter) {
	t.close()
	t.chapters = append(t.chapters, c)
}

func (t *teller) close() {
	if len(t.chapters) > 0 {
		t.last().Beside = t.margin.lines()
	}
	t.margin = margin{}
}

// joins says whether the last chapter began with the same notice on another display.
func (t *teller) joins(n record.Notice) bool {
	if len(t.chapters) == 0 || len(t.last().Shown) == 0 || n.Progress {
		return false
	}
	for _, shown := range t.last().Shown {
		if shown.Body.Display == n.Display {
			return false
		}
	}
	n.Display = t.last().Shown[0].Body.Display
	return reflect.DeepEqual(n, t.last().Shown[0].Body)
}

// Progress is a run of notices on one display in which only the percentage was new.
type Progress struct {
	Display, State string
	Count          int       // of notices
	Falls          int       // how often the percentage was less than before
	Points         []At[int] // percentages in the order of time, one of each notice
}

func (c *Chapter) progress(n At[record.Notice], before int) {
	var p *Progress
	for i := range c.Progress {
		if c.Progress[i].Display == n.Body.Display {
			p = &c.Progress[i]
		}
	}
	if p == nil {
		c.Progress = append(c.Progress, Progress{Display: n.Body.Display, State: n.Body.State})
		p = &c.Progress[len(c.Progress)-1]
	}
	p.Count++
	if n.Body.Percent < before {
		p.Falls++
	}
	p.Points = append(p.Points, At[int]{n.T, n.Body.Percent})
}

// String says the first and the last percentage, how many notices there were in which time, and whether any fell.
func (p Progress) String() string {
	first, last := p.Points[0], p.Points[len(p.Points)-1]
	text := fmt.Sprintf("%d %%, one notice", first.Body)
	if span := (last.T - first.T).Seconds(); p.Count > 1 {
		text = fmt.Sprintf("%d %% to %d %% in %d notices over %.3g s", first.Body, last.Body, p.Count, span)
		if span > 0 {
			text += fmt.Sprintf(": %.3g notices and %.3g %% a second", float64(p.Count-1)/span, float64(last.Body-first.Body)/span)
		}
	}
	if p.Falls > 0 {
		text += fmt.Sprintf("; fell %s", times(p.Falls))
	}
	return text
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

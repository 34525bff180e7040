package html

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/catalogue"
	"otabench/reports/dashboard"
)

// Bounds of what is shown of stories.
const (
	pageChapters = 2000 // of all specs together
	maxChapters  = 40   // of a spec
	leastShare   = 4
	maxCards     = 4  // beside each other
	maxBeside    = 14 // lines of a chapter
	maxEntries   = 20 // of a list of a notice
	maxIDs       = 8  // requirements of a spec
)

// storyView is what the user of a spec saw, as the page shows it.
type storyView struct {
	Requirements []string
	Chapters     []chapterView
	Before       int // chapters that are left out before the first and after the last that is shown
	After        int
}

type chapterView struct {
	reports.Chapter
	Kind      string // "shown", "step" or "before"
	Cards     []cardView
	CardsLeft int
	Message   *record.Notice // in words; nil if the chapter begins with none
	Curves    []progressView
	Lines     []reports.Beside
	LinesLeft int
	MoreLists int // entries of lists of the notice that are left out
}

// cardView is a picture of one display.
type cardView struct {
	T       time.Duration
	Display string
	Phone   bool
	SVG     template.HTML
}

// progressView is a run of percentages with a small curve.
type progressView struct {
	reports.Progress
	Points string
}

// told counts the specs in which a user was shown anything.
func told(r *reports.Run) int {
	n := 0
	for _, s := range r.Specs {
		if len(s.Notices) > 0 {
			n++
		}
	}
	return n
}

// chaptersFor shares out the page's chapters to the specs that have a story.
func chaptersFor(told int) int { return max(pageChapters/max(told, 1), leastShare) }

// tell makes a story of at most n chapters, around the disturbance if there are more; nil if nothing was shown to a user.
func tell(s *reports.Spec, n int) *storyView {
	if len(s.Notices) == 0 {
		return nil
	}
	v := &storyView{}
	for _, l := range s.Labels {
		if catalogue.LooksLike(l) && len(v.Requirements) < maxIDs {
			v.Requirements = append(v.Requirements, l)
		}
	}
	all := s.Story()
	from, to := reports.Stretch(len(all), n, chapterAt(all, s.Disturbance()))
	v.Before, v.After = from, len(all)-to
	for i, c := range all[from:to] {
		v.Chapters = append(v.Chapters, newChapter(c, fmt.Sprintf("card-%s-%d", idOf(s.ID), i)))
	}
	return v
}

// idOf makes an id fit to be a part of a name on the page: what else stands in it becomes its number.
func idOf(id string) string {
	var b strings.Builder
	for _, c := range id[:min(len(id), 80)] {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			b.WriteRune(c)
		} else {
			fmt.Fprintf(&b, "-%x", c)
		}
	}
	return b.String()
}

// chapterAt is the index of the chapter in which t lies.
func chapterAt(all []reports.Chapter, t time.Duration) int {
	index := 0
	for i, c := range all {
		if c.T <= t {
			index = i
		}
	}
	return index
}

func newChapter(c reports.Chapter, id string) chapterView {
	v := chapterView{Chapter: c, Kind: "before"}
	if c.Step != "" {
		v.Kind = "step"
	}
	if len(c.Shown) > 0 {
		v.Kind, v.Message = "shown", bounded(c.Shown[0].Body, &v)
	}
	for i, n := range c.Shown[:min(len(c.Shown), maxCards)] {
		svg := dashboard.Card(n.Body, fmt.Sprintf("%s-%d", id, i))
		v.Cards = append(v.Cards, cardView{n.T, n.Body.Display, n.Body.Display == dashboard.App, template.HTML(svg)})
	}
	v.CardsLeft = len(c.Shown) - len(v.Cards)
	for _, p := range c.Progress[:min(len(c.Progress), maxCards)] {
		v.Curves = append(v.Curves, progressView{p, curveOf(p)})
	}
	v.Lines = c.Beside[:min(len(c.Beside), maxBeside)]
	v.LinesLeft = len(c.Beside) - len(v.Lines)
	return v
}

// bounded cuts the lists of a notice and counts what they lose.
func bounded(n record.Notice, v *chapterView) *record.Notice {
	for _, list := range []*[]string{&n.Details, &n.Advice, &n.Hints, &n.Choices, &n.Off} {
		v.MoreLists += max(len(*list)-maxEntries, 0)
		*list = (*list)[:min(len(*list), maxEntries)]
	}
	return &n
}

// Size of the curve of a run of percentages, in SVG units.
const (
	sparkW = 120.0
	sparkH = 22.0
)

// curveOf draws percentages over time, empty if they are fewer than two.
func curveOf(p reports.Progress) string {
	if len(p.Points) < 2 {
		return ""
	}
	from := p.Points[0].T
	span := max(p.Points[len(p.Points)-1].T-from, 1)
	var at [][2]float64
	for _, q := range p.Points {
		percent := float64(min(max(q.Body, 0), 100))
		at = append(at, [2]float64{1 + (sparkW-2)*float64(q.T-from)/float64(span), 1 + (sparkH-2)*(1-percent/100)})
	}
	return points(thin(at, maxPoints))
}

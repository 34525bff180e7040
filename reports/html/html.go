package html

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"
	"time"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/dashboard"
	"otabench/reports/visible"
)

//go:embed page.tmpl spec.tmpl story.tmpl sweep.tmpl style.css story.css sweep.css filter.js
var assets embed.FS

type page struct {
	*reports.Run
	Issued time.Time
	Rule   string
	Style  template.CSS
	Script template.JS
	Views  []specView
	Map    *sweepView // nil if the run is no sweep
}

// Write writes the report of a run, issued at a time.
func Write(w io.Writer, r *reports.Run, issued time.Time) error {
	t, err := template.New("page.tmpl").Funcs(funcs).ParseFS(assets, "*.tmpl")
	if err != nil {
		return err
	}
	style, err := assets.ReadFile("style.css")
	if err != nil {
		return err
	}
	script, err := assets.ReadFile("filter.js")
	if err != nil {
		return err
	}
	p := page{Run: r, Issued: issued, Rule: reports.DecisionRule, Style: template.CSS(style), Script: template.JS(script), Map: sweepOf(r)}
	if p.Map != nil {
		more, err := assets.ReadFile("sweep.css")
		if err != nil {
			return err
		}
		p.Style += template.CSS(more)
	}
	told := told(r)
	if told > 0 {
		more, err := assets.ReadFile("story.css")
		if err != nil {
			return err
		}
		p.Style += template.CSS(more) + template.CSS(dashboard.Style)
	}
	for i, s := range r.Specs {
		l := limitsFor(s, i, len(r.Specs))
		l.chapters = min(l.chapters, chaptersFor(told))
		p.Views = append(p.Views, view(s, l))
	}
	return t.Execute(w, p)
}

// ReportID names a report by the run and the record that it was made from.
func (p page) ReportID() string {
	return visible.Line(p.Header.Run, 80) + "/" + p.Digest[:min(12, len(p.Digest))]
}

// UnderTest lists the units under test.
func (p page) UnderTest() []record.Device { return p.class(true) }

// Equipment lists what the bench is made of.
func (p page) Equipment() []record.Device { return p.class(false) }

// Bench is what the record says of the bench as a whole, nil if it says nothing.
func (p page) Bench() *record.Device {
	for _, d := range p.Devices {
		if d.Class == "bench" {
			return &d
		}
	}
	return nil
}

func (p page) class(ecu bool) []record.Device {
	var list []record.Device
	for _, d := range p.Devices {
		if (d.Class == "ecu") == ecu && d.Class != "bench" {
			list = append(list, d)
		}
	}
	return list
}

var funcs = template.FuncMap{
	"line":   func(s string) string { return visible.Line(s, 400) },
	"text":   func(s string) string { return visible.Text(s, 8<<10) },
	"css":    func(v reports.Verdict) string { return strings.ReplaceAll(string(v), " ", "-") },
	"symbol": symbol,
	"date":   func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
	"sec":    func(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) },
	"took":   took,
	"num":    func(f float64) string { return strconv.FormatFloat(f, 'g', 6, 64) },
	"limits": reports.Limits,
	"within": reports.Within,
	"join":   strings.Join,
	"mended": mended,
	"count":  count,
	"fault":  faultName,
	"moment": dashboard.Moment,
	"ready":  dashboard.Drivable,
	"head":   func(digest string) string { return digest[:min(12, len(digest))] },
}

// symbol stands beside the word of a verdict, so that colour is not needed to tell them apart.
func symbol(v reports.Verdict) string {
	switch v {
	case reports.Passed:
		return "✓"
	case reports.Failed:
		return "✗"
	case reports.Marginal:
		return "≈"
	case reports.Void:
		return "⊘"
	case reports.InPart:
		return "◐"
	case reports.NotCovered:
		return "·"
	}
	return "–"
}

// took says a duration in the unit that fits it.
func took(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%.0f µs", float64(d)/1e3)
	case d < time.Second:
		return fmt.Sprintf("%.1f ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}

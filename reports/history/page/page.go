package page

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"otabench/reports"
	"otabench/reports/history"
	"otabench/reports/html"
	"otabench/reports/visible"
)

//go:embed page.tmpl
var text string

//go:embed page.css
var style string

//go:embed page.js
var script string

var tmpl = template.Must(template.New("history").Funcs(template.FuncMap{
	"line": func(s string) string { return visible.Line(s, 300) },
	"date": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") },
	"css":  func(v reports.Verdict) string { return strings.ReplaceAll(string(v), " ", "-") },
	"mark": history.Mark,
}).Parse(text))

// view is an overview as the page shows it.
type view struct {
	history.Overview
	Style  template.CSS
	Script template.JS
	Rule   string
	Specs  []spec
}

// spec is a spec with what is drawn of it.
type spec struct {
	history.Spec
	Strip    string // one character for each run
	Bars     []bar
	Width    int
	Counts   string
	Search   string
	Kind     string // flaky, regressed, drift, unsteady or steady
	Took     *curve
	Measured []measured
}

type measured struct {
	history.Quantity
	Curve *curve
	Last  history.Value
}

// Write writes the page.
func Write(w io.Writer, o history.Overview) error {
	v := view{Overview: o, Style: template.CSS(html.Style + style), Script: template.JS(script), Rule: history.DriftRule}
	kinds := kindsOf(o)
	for _, s := range o.View.Specs {
		v.Specs = append(v.Specs, specOf(o.View, s, kinds[s.ID]))
	}
	order := []string{"regressed", "flaky", "unsteady", "drift", "steady"}
	slices.SortStableFunc(v.Specs, func(a, b spec) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
	return tmpl.Execute(w, v)
}

// kindsOf says what is most worth knowing of a spec.
func kindsOf(o history.Overview) map[string]string {
	kinds := map[string]string{}
	for _, d := range o.Drifts {
		kinds[d.ID] = "drift"
	}
	for _, s := range o.Unsteady() {
		kinds[s.ID] = "unsteady"
	}
	for _, f := range o.Flaky {
		kinds[f.ID] = "flaky"
	}
	for _, r := range o.Regressions {
		kinds[r.ID] = "regressed"
	}
	return kinds
}

func specOf(v history.View, s history.Spec, kind string) spec {
	if kind == "" {
		kind = "steady"
	}
	x := spec{Spec: s, Strip: v.Strip(s), Width: len(v.Runs) * step, Kind: kind, Search: strings.ToLower(visible.Line(s.ID+" "+s.Name, 300))}
	x.Bars = bars(v, s)
	x.Counts = counts(v, s)
	var took []point
	for _, r := range s.Results {
		if v.Runs[r.Run].Counts() && r.Verdict == reports.Passed {
			took = append(took, point{run: r.Run, value: r.Duration.Seconds()})
		}
	}
	x.Took = draw(took, len(v.Runs), "s")
	for _, q := range s.Quantities {
		var all []point
		for _, m := range q.Values {
			if v.Runs[m.Run].Counts() {
				all = append(all, point{run: m.Run, value: m.Median, min: m.Min, max: m.Max})
			}
		}
		if c := draw(all, len(v.Runs), visible.Line(q.Unit, 20)); c != nil {
			x.Measured = append(x.Measured, measured{Quantity: q, Curve: c, Last: q.Values[len(q.Values)-1]})
		}
	}
	return x
}

// counts says how often the spec passed, of the runs from which something follows.
func counts(v history.View, s history.Spec) string {
	passed, of := 0, 0
	for _, r := range s.Results {
		if !v.Runs[r.Run].Counts() {
			continue
		}
		of++
		if r.Verdict == reports.Passed {
			passed++
		}
	}
	return fmt.Sprintf("%d of %d", passed, of)
}

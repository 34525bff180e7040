package html

import (
	"bufio"
	"fmt"
	"html/template"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/dashboard"
	"otabench/reports/visible"
)

// page is what the templates see of a run.
type page struct {
	*reports.Run
	Issued time.Time
	Rule   string
	Policy string
	Style  template.CSS
	Script template.JS
	Map    *sweepView // nil if the run is no sweep

	chapters  int // that each story may have
	traces    func() traces
	timelines *timelines
	packer    *packer
}

// Write writes the report of a run, issued at a time. It reads the traces that lie in the run's folder, once.
func Write(w io.Writer, r *reports.Run, issued time.Time) error {
	t, err := template.New("page.tmpl").Funcs(funcs).ParseFS(assets, "*.tmpl")
	if err != nil {
		return err
	}
	p := page{Run: r, Issued: issued, Rule: reports.DecisionRule, Map: sweepOf(r), traces: readTraces(r), timelines: newTimelines(r), packer: newPacker()}
	told := told(r)
	p.chapters = chaptersFor(told)
	if p.Style, err = style(p.Map != nil, told > 0); err != nil {
		return err
	}
	if p.Script, err = script(); err != nil {
		return err
	}
	p.Style += margins(p.ReportID())
	p.Policy = policy(p.Style, p.Script)
	out := bufio.NewWriterSize(w, 64<<10)
	if err := t.Execute(out, p); err != nil {
		return err
	}
	return out.Flush()
}

// Views are the specs as the page shows them, made one after the other so that a page of many needs little memory.
func (p page) Views() iter.Seq[specView] {
	return func(yield func(specView) bool) {
		whole := 0
		for i, s := range p.Specs {
			v := specView{Spec: s, Number: i}
			if !p.InBrief() || s.Verdict != reports.Passed && s.Verdict != reports.NotRun && whole < detailed {
				whole++
				v = view(v, p.chapters)
			}
			if !yield(v) {
				return
			}
		}
	}
}

// InBrief says that the specs are too many for each to be shown in full.
func (p page) InBrief() bool { return len(p.Specs) > detailed }

// Detailed is how many of them are, at most.
func (p page) Detailed() int { return detailed }

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
	"line":     func(s string) string { return visible.Line(s, 400) },
	"text":     func(s string) string { return visible.Text(s, 8<<10) },
	"css":      func(v reports.Verdict) string { return strings.ReplaceAll(string(v), " ", "-") },
	"symbol":   reports.Verdict.Symbol,
	"date":     func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
	"sec":      func(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) },
	"took":     reports.Took,
	"num":      func(f float64) string { return strconv.FormatFloat(f, 'g', 6, 64) },
	"limits":   reports.Limits,
	"measured": reports.Measured,
	"judged":   isJudged,
	"margin":   margin,
	"stated":   uncertainty,
	"value":    value,
	"join":     strings.Join,
	"mended":   mended,
	"count":    reports.Count,
	"fault":    faultName,
	"moment":   dashboard.Moment,
	"ready":    dashboard.Drivable,
	"head":     func(digest string) string { return digest[:min(12, len(digest))] },
	"file":     func(name string) string { return "./" + name }, // so that none is taken for an address
}

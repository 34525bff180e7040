package mutation

import (
	_ "embed"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"
)

//go:embed page.tmpl
var pageText string

var page = template.Must(template.New("mutants").Parse(pageText))

// view is the matrix as the page shows it.
type view struct {
	Matrix
	Issued  string
	Killed  int
	Killers []Spec // specs that kill, in the order of the suite
}

// Kills says whether a spec kills a mutant.
func (view) Kills(r Row, s Spec) bool { return slices.Contains(r.KilledBy, s.ID) }

// Swept is the first point of a sweep that kills a mutant, empty if none does.
func (view) Swept(r Row) string {
	for _, k := range r.KilledBy {
		if point, ok := strings.CutPrefix(k, "sweep "); ok {
			return point
		}
	}
	return ""
}

// HTML writes the matrix as a page of its own.
func (m Matrix) HTML(w io.Writer, issued time.Time) error {
	v := view{Matrix: m, Issued: issued.UTC().Format("2006-01-02 15:04 UTC"), Killed: len(m.Rows) - len(m.Survivors())}
	for _, s := range m.Specs {
		if !slices.Contains(m.Idle, s.ID) && !slices.Contains(m.FalseAlarms, s.ID) {
			v.Killers = append(v.Killers, s)
		}
	}
	return page.Execute(w, v)
}

package history

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"otabench/reports"
	"otabench/reports/visible"
)

// Bounds of what a terminal shows.
const (
	shownRuns   = 20
	shownDrifts = 30
)

// Mark is the character of a verdict in a strip.
func Mark(v reports.Verdict) string {
	switch v {
	case reports.Passed:
		return "✓"
	case reports.Failed:
		return "✗"
	case reports.Marginal:
		return "≈"
	case reports.Void:
		return "⊘"
	case reports.Aborted:
		return "!"
	}
	return "–"
}

// Strip is what a spec came to in each run of the view, from old to new, a blank where the run did not have it.
func (v View) Strip(s Spec) string {
	marks := make([]string, len(v.Runs))
	for i := range marks {
		marks[i] = " "
	}
	for _, x := range s.Results {
		marks[x.Run] = Mark(x.Verdict)
		if !v.Runs[x.Run].Counts() {
			marks[x.Run] = Mark(reports.Void)
		}
	}
	return strings.Join(marks, "")
}

// Unsteady are the specs that did not pass in each run that had them and counts.
func (v View) Unsteady() (all []Spec) {
	for _, s := range v.Specs {
		for _, x := range s.Results {
			if v.Runs[x.Run].Counts() && x.Verdict != reports.Passed {
				all = append(all, s)
				break
			}
		}
	}
	return all
}

// Terminal writes an overview for a terminal.
func Terminal(w io.Writer, o Overview) error {
	var b strings.Builder
	if o.Total == 0 {
		fmt.Fprintf(&b, "The history %s has no run; add some with \"otabench history add RUN...\"\n", o.Path)
		_, err := io.WriteString(w, b.String())
		return err
	}
	o.runLines(&b)
	o.flakyLines(&b)
	o.regressionLines(&b)
	o.driftLines(&b)
	o.stripLines(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func (o Overview) runLines(b *strings.Builder) {
	fmt.Fprintf(b, "%d of %d runs in %s, the newest last\n", len(o.Runs), o.Total, o.Path)
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	from := max(0, len(o.Runs)-shownRuns)
	for _, r := range o.Runs[from:] {
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\n", r.Started.Format("2006-01-02 15:04"), visible.Line(r.ID, 40), r.Conditions.Units(), r.Status, r.Came())
	}
	_ = t.Flush()
	if from > 0 {
		fmt.Fprintf(b, "  %d earlier runs are not listed\n", from)
	}
}

// Came says what a run came to, with the denominator.
func (r Run) Came() string {
	if r.Sweep != nil {
		return fmt.Sprintf("sweep: %d of %d points, %d wrong", r.Sweep.Tried, r.Sweep.Points, r.Sweep.Wrong)
	}
	return r.Totals.String()
}

func (o Overview) flakyLines(b *strings.Builder) {
	specs := map[string]bool{}
	for _, f := range o.Flaky {
		specs[f.ID] = true
	}
	fmt.Fprintf(b, "\nFlaky: %d specs passed and failed with the same firmware, bench file, suite and clock\n", len(specs))
	for _, f := range o.Flaky {
		fmt.Fprintf(b, "  %s  %s\n    with %s: %d passed, %d failed, last in %s: %s\n", visible.Line(f.ID, 40), visible.Line(f.Name, 200), f.Conditions.Units(), f.Passed, f.Failed,
			visible.Line(f.FailedIn, 40), visible.Line(f.Reason, 200))
	}
}

func (o Overview) regressionLines(b *strings.Builder) {
	fmt.Fprintf(b, "\nRegressed: %d specs fail since something changed\n", len(o.Regressions))
	for _, r := range o.Regressions {
		var changes []string
		for _, c := range r.Changes {
			changes = append(changes, c.String())
		}
		fmt.Fprintf(b, "  %s  %s\n    since %s (%s): %s\n", visible.Line(r.ID, 40), visible.Line(r.Name, 200), visible.Line(o.Runs[r.FailedIn].ID, 40),
			strings.Join(changes, "; "), visible.Line(r.Reason, 200))
	}
}

func (o Overview) driftLines(b *strings.Builder) {
	fmt.Fprintf(b, "\nDrift: %d durations or measurements moved or creep\n", len(o.Drifts))
	for _, d := range o.Drifts[:min(len(o.Drifts), shownDrifts)] {
		fmt.Fprintf(b, "  %s  %s\n    %s: %s\n", visible.Line(d.ID, 40), visible.Line(d.Name, 200), visible.Line(d.What, 80), visible.Line(d.String(), 300))
	}
	if more := len(o.Drifts) - shownDrifts; more > 0 {
		fmt.Fprintf(b, "  %d more are in the page and in JSON\n", more)
	}
}

// String says a drift in words.
func (d Drift) String() string {
	text := fmt.Sprintf("%.6g %s, median of %d earlier runs %.6g %s", d.Newest, d.Unit, d.N, d.Median, d.Unit)
	switch {
	case d.Z == nil:
		text += ", which were all alike"
	default:
		text += fmt.Sprintf(", z = %.1f", *d.Z)
	}
	if d.Creeps {
		text += fmt.Sprintf("; creeps by %.3g %s a run", d.Slope, d.Unit)
	}
	if d.Left != nil {
		text += fmt.Sprintf(" and meets its limit of %.6g %s in %d runs at this pace", *d.Limit, d.Unit, *d.Left)
	}
	return text
}

func (o Overview) stripLines(b *strings.Builder) {
	all := o.Unsteady()
	fmt.Fprintf(b, "\n%d of %d specs did not always pass\n", len(all), len(o.Specs))
	for _, s := range all {
		fmt.Fprintf(b, "  %s  %s  %s\n", o.Strip(s), visible.Line(s.ID, 40), visible.Line(s.Name, 120))
	}
}

package reports

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"otabench/reports/visible"
)

// shownFailures bounds the list of failures on a terminal.
const shownFailures = 40

// Terminal writes the closing summary of a run: verdicts by catalogue, what did not pass and why, and the folder.
func Terminal(w io.Writer, r *Run, color bool) error {
	var b strings.Builder
	p := paint(color)
	if r.Simulated() {
		b.WriteString("Simulated bench: this run proves the suite, not a vehicle.\n")
	}
	if r.Sweep == nil {
		for _, g := range r.Groups {
			fmt.Fprintf(&b, "  %-16s %s\n", visible.Line(g.Ref(), 60), tally(g))
		}
	} else {
		sweepLines(&b, r)
	}
	shown := 0
	for _, s := range r.Specs {
		if s.Verdict == Passed || s.Verdict == NotRun {
			continue
		}
		if shown++; shown <= shownFailures {
			fmt.Fprintf(&b, "\n%s %s\n", p(s.Verdict), visible.Line(s.Name(), 200))
			for _, reason := range s.Reasons {
				fmt.Fprintf(&b, "  %s\n", strings.ReplaceAll(visible.Text(reason, 600), "\n", "\n  "))
			}
		}
	}
	if shown > shownFailures {
		fmt.Fprintf(&b, "\n%d more are in the report\n", shown-shownFailures)
	}
	if u := r.Unsafe(); len(u) > 0 {
		fmt.Fprintf(&b, "\nCAUTION: not confirmed off: %s\n", visible.Line(strings.Join(u, ", "), 400))
	}
	if r.Reason != "" {
		fmt.Fprintf(&b, "\n%s\n", visible.Line(r.Reason, 400))
	}
	fmt.Fprintf(&b, "\n%s  %s\n%s\n", p(r.Status), r.Scope(), filepath.Join(r.Dir, "report.html"))
	_, err := io.WriteString(w, b.String())
	return err
}

// Scope says how much the verdict rests on.
func (r *Run) Scope() string {
	if r.Sweep != nil && len(r.Sweep.Results) == 1 && r.Sweep.Plan.Points == 1 {
		return "1 point"
	}
	if r.Sweep != nil && !r.Sweep.Plan.Exhaustive {
		return fmt.Sprintf("%d points", len(r.Sweep.Results))
	}
	if r.Sweep != nil {
		return fmt.Sprintf("%d of %d points", len(r.Sweep.Results), r.Sweep.Plan.Points)
	}
	return r.Totals.String()
}

// sweepLines writes outcomes by phase, and what went wrong with how to play it again.
func sweepLines(b *strings.Builder, r *Run) {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
	columns := slices.DeleteFunc(Outcomes(), func(o string) bool { return r.Sweep.Count(o) == 0 })
	fmt.Fprintf(t, "  \t%s\t\n", strings.Join(columns, "\t"))
	for _, row := range r.Sweep.Rows() {
		fmt.Fprintf(t, "  %s\t", visible.Line(row.Name(), 60))
		for _, o := range columns {
			fmt.Fprintf(t, "%d\t", row.Counts[o])
		}
		fmt.Fprintln(t)
	}
	_ = t.Flush()
	for _, x := range r.Sweep.Reproductions() {
		fmt.Fprintf(b, "\n%s: %s (%d points like this)\n  %s, %s of %s, %s\n  %s\n", visible.Line(x.Outcome, 20),
			visible.Line(x.Wrong, 200), x.Points, visible.Line(x.Fault, 40), visible.Line(x.Phase, 40),
			visible.Line(x.Procedure, 40), visible.Line(x.Offset, 200), visible.Line(r.Command(x.SweepResult), 400))
	}
}

// Name is the spec's text after those of its containers.
func (s *Spec) Name() string {
	return strings.Join(append(append([]string(nil), s.Path...), s.Text), " › ")
}

// Unsafe names the outputs that their instrument did not confirm off at the end of the run.
func (r *Run) Unsafe() []string {
	if len(r.Safe) == 0 {
		return nil
	}
	var names []string
	for _, o := range r.Safe[len(r.Safe)-1].Outputs {
		if !o.Off || o.Error != "" {
			names = append(names, o.Device)
		}
	}
	return names
}

func tally(g Group) string {
	if len(g.Requirements) == 0 {
		return "not judged: the catalogue cannot be had"
	}
	var parts []string
	for _, v := range Verdicts() {
		if n, of := g.Counts(v); v == Passed {
			parts = append(parts, fmt.Sprintf("%d of %d passed", n, of))
		} else if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	return strings.Join(parts, ", ")
}

// paint returns a verdict in capitals, coloured if wanted.
func paint(color bool) func(Verdict) string {
	return func(v Verdict) string {
		text := strings.ToUpper(string(v))
		switch {
		case !color:
			return text
		case v == Passed:
			return "\x1b[1;32m" + text + "\x1b[0m"
		case v == Failed:
			return "\x1b[1;31m" + text + "\x1b[0m"
		}
		return "\x1b[1;33m" + text + "\x1b[0m"
	}
}

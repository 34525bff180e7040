package diff

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"otabench/reports/conditions"
	"otabench/reports/visible"
)

// shown bounds each list on a terminal.
const shown = 40

// Terminal writes a diff for a terminal. What did not change is not named.
func Terminal(w io.Writer, d Diff) error {
	var b strings.Builder
	for _, s := range []Side{d.Before, d.After} {
		fmt.Fprintf(&b, "%s  %s  %s: %s\n", s.Started.UTC().Format("2006-01-02 15:04"), visible.Line(filepath.Base(s.Dir), 60), s.Status, s.Scope)
	}
	section(&b, "Changed", d.Conditions, conditions.Change.String)
	section(&b, "Lines of the bench file", d.BenchFile, func(l string) string { return visible.Line(l, 200) })
	if d.BenchNote != "" {
		fmt.Fprintf(&b, "\nLines of the bench file are not known: %s\n", visible.Line(d.BenchNote, 300))
	}
	section(&b, "Equipment", d.Equipment, device)
	section(&b, "Clauses", d.Clauses, Verdict.String)
	section(&b, "Specs", d.Specs, Verdict.String)
	section(&b, "New specs", d.New, Ref.String)
	section(&b, "Specs that are gone", d.Gone, Ref.String)
	section(&b, "Specs that were not selected", d.LeftOut, Ref.String)
	section(&b, "Measurements that moved", d.Measurements, Moved.String)
	section(&b, "Durations", d.Durations, Duration.String)
	if d.Lost[0] != d.Lost[1] {
		fmt.Fprintf(&b, "\nLost frames: %d → %d\n", d.Lost[0], d.Lost[1])
	}
	if d.Sweep != "" {
		fmt.Fprintf(&b, "\nSweep: %s\n", d.Sweep)
	}
	if d.GotWorse {
		b.WriteString("\nSomething got worse.\n")
	} else {
		b.WriteString("\nNo verdict got worse.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func section[T any](b *strings.Builder, title string, list []T, line func(T) string) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	for _, x := range list[:min(len(list), shown)] {
		fmt.Fprintf(b, "  %s\n", line(x))
	}
	if more := len(list) - shown; more > 0 {
		fmt.Fprintf(b, "  and %d more, see --json\n", more)
	}
}

// device says what changed of a piece of equipment.
func device(c conditions.Change) string {
	return fmt.Sprintf("%s %s: %s → %s", visible.Line(c.What, 40), visible.Line(c.Subject, 60), visible.Line(c.From, 200), visible.Line(c.To, 200))
}

func (v Verdict) String() string {
	text := fmt.Sprintf("%s: %s ", v.Turn, visible.Line(v.ID, 60))
	if v.Name != "" {
		text += visible.Line(v.Name, 200) + " "
	}
	text += fmt.Sprintf("%s → %s", v.From, v.To)
	if v.Reason != "" {
		text += ": " + visible.Line(v.Reason, 200)
	}
	return text
}

func (r Ref) String() string {
	return fmt.Sprintf("%s %s: %s", visible.Line(r.ID, 60), visible.Line(r.Name, 200), r.Verdict)
}

func (m Moved) String() string {
	unit := visible.Line(m.Unit, 20)
	return fmt.Sprintf("%s: %.6g %s → %.6g %s, beyond %s (%.3g %s); %s", visible.Line(m.Name, 80), m.From, unit, m.To, unit, m.By, m.Beyond, unit, visible.Line(m.Spec, 200))
}

func (d Duration) String() string {
	return fmt.Sprintf("%.2f s → %.2f s; %s", d.From.Seconds(), d.To.Seconds(), visible.Line(d.Name, 200))
}

package junit

import (
	"cmp"
	"fmt"
	"strings"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/visible"
)

// limit bounds a text in bytes.
type limit int

// Texts of a run with few specs, and those of one with very many.
const (
	maxText limit = 16 << 10
	minText limit = 256
)

// maxProperties bounds the measurements of a spec that are shown as properties.
const maxProperties = 50

// line makes text fit for an attribute. What XML 1.0 does not allow becomes visible.
func (n limit) line(s string) string { return visible.Line(s, int(min(n, 1000))) }

func (n limit) text(s string) string { return visible.Text(s, int(n)) }

func (n limit) ofRun(r *reports.Run) []property {
	return []property{
		{"run", n.line(r.Header.Run)},
		{"verdict", string(r.Status)},
		{"tool", n.line(r.Header.Tool)},
		{"bench file", n.line(r.Header.File)},
		{"bench file SHA-256", n.line(r.Header.Digest)},
		{"suite SHA-256", n.line(r.Header.Suite)},
		{"record SHA-256", r.Digest},
		{"simulated", fmt.Sprint(r.Simulated())},
		{"virtual time", fmt.Sprint(r.Header.Virtual)},
	}
}

// kind is how JUnit tells verdicts apart.
type kind int

const (
	none kind = iota
	failure
	fault
	skip
)

func kindOf(v reports.Verdict) kind {
	switch v {
	case reports.Passed:
		return none
	case reports.Failed, reports.Marginal:
		return failure
	case reports.NotRun:
		return skip
	}
	return fault
}

// set adds a problem to a testcase in the way of its kind.
func (c *testcase) set(k kind, p *problem) {
	switch k {
	case failure:
		c.Failure = p
	case fault:
		c.Error = p
	case skip:
		c.Skipped = p
	}
}

// showsWhole says whether the testcases of specs alone would not show what the run came to.
func showsWhole(r *reports.Run) bool {
	return r.Reason != "" || r.Sweep != nil || r.Status == reports.NotRun
}

// kindOfWhole differs from that of a spec in that a run that was not run is an error: no reader takes notice of what is
// skipped.
func kindOfWhole(r *reports.Run) kind {
	if r.Status == reports.NotRun {
		return fault
	}
	return kindOf(r.Status)
}

// whole is a testcase of what the run came to.
func (n limit) whole(r *reports.Run) testcase {
	c := testcase{Name: "the run as a whole", Class: "otabench", Time: seconds(0)}
	why := cmp.Or(r.Reason, r.Totals.String())
	c.set(kindOfWhole(r), &problem{Message: n.line(why), Type: string(r.Status), Body: n.text(why)})
	return c
}

func (n limit) caseOf(r *reports.Run, s *reports.Spec) testcase {
	c := testcase{
		Name: n.line(s.Text) + " [" + n.line(s.ID) + "]", Class: n.line(strings.Join(s.Path, ".")),
		File: n.line(s.File), Line: max(0, s.Line), Time: seconds(s.Duration),
		Properties: &properties{n.ofSpec(s)},
	}
	if c.Class == "" {
		c.Class = "otabench"
	}
	if s.Verdict == reports.Passed {
		return c
	}
	c.set(kindOf(s.Verdict), &problem{Message: n.line(strings.Join(s.Reasons, "; ")), Type: string(s.Verdict), Body: n.body(s)})
	c.Reruns = n.reruns(s)
	c.SystemOut = attachment(r, "report.html") + n.output(s)
	return c
}

// ofSpec has unique names, because Jenkins keeps the last property of a name: all labels are one value.
func (n limit) ofSpec(s *reports.Spec) []property {
	list := []property{{"verdict", string(s.Verdict)}, {"requirements", n.line(strings.Join(s.Labels, " "))}}
	taken := names{}
	for i, m := range s.Measurements {
		if i == maxProperties {
			return append(list, property{"measurements left out", fmt.Sprint(len(s.Measurements) - i)})
		}
		value := fmt.Sprintf("%g %s, %s, %s", m.Value, m.Unit, reports.Limits(m), reports.Measured(m))
		list = append(list, property{taken.unique("", "measurement "+n.line(m.Name)), n.line(value)})
	}
	return list
}

// body has text in it whatever the verdict: GitLab shows an element with attributes alone as a table of them.
func (n limit) body(s *reports.Spec) string {
	text := strings.Join(s.Reasons, "\n")
	if s.Where != "" {
		text += "\n" + s.Where
	}
	return n.text(text) + "\n" + n.line(fmt.Sprintf("spec %s at %s:%d", s.ID, s.File, s.Line))
}

// reruns are the failures of a spec beside the one that its verdict rests on.
func (n limit) reruns(s *reports.Spec) (all []rerun) {
	counted := false
	for _, e := range s.Ends {
		switch {
		case e.Outcome == record.Passed:
		case !counted && e.Outcome == s.Outcome && e.Message == s.Message:
			counted = true
		default:
			all = append(all, rerun{n.line(e.Message), n.line(string(e.Outcome)), n.text(e.Where)})
		}
	}
	return all
}

// output is what a reader of a problem looks at first: how often the spec ran, its procedure, and what units printed.
func (n limit) output(s *reports.Spec) string {
	var b strings.Builder
	if s.Ended > 1 {
		fmt.Fprintf(&b, "ran %d times, and the worst end counts:", s.Ended)
		for _, e := range s.Ends {
			fmt.Fprintf(&b, " %s", e.Outcome)
		}
		b.WriteByte('\n')
	}
	for _, e := range s.Steps {
		fmt.Fprintf(&b, "%8.3f s  %s\n", (e.T - s.Start).Seconds(), visible.Line(e.Body.Text, 200))
	}
	for _, e := range s.Console {
		fmt.Fprintf(&b, "%8.3f s  %s: %s\n", (e.T - s.Start).Seconds(), visible.Line(e.Body.ECU, 40), visible.Line(e.Body.Text, 200))
	}
	if s.Left.Steps+s.Left.Console > 0 {
		fmt.Fprintf(&b, "%d more lines are in the record\n", s.Left.Steps+s.Left.Console)
	}
	return withoutTags(n.text(b.String()))
}

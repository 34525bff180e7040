// Package junit writes a run as the JUnit XML that CI servers read.
//
// A spec is a testcase whose classname is its container path and whose name is unique. A failed spec has a failure,
// a void or aborted one an error, one that was not run is skipped: no reader can count any of them as passed.
//
//	err := junit.Write(f, run)
package junit

import (
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"otabench/reports"
	"otabench/reports/visible"
)

// maxBody bounds a failure's body in bytes; GitLab refuses files of more than 30 MB.
const maxBody = 16 << 10

type suites struct {
	XMLName xml.Name `xml:"testsuites"`
	counts
	Suite suite `xml:"testsuite"`
}

type counts struct {
	Name     string `xml:"name,attr"`
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
	Skipped  int    `xml:"skipped,attr"`
	Time     string `xml:"time,attr"`
}

type suite struct {
	counts
	Timestamp  string     `xml:"timestamp,attr"`
	Hostname   string     `xml:"hostname,attr"`
	Properties []property `xml:"properties>property"`
	Cases      []testcase `xml:"testcase"`
	SystemOut  string     `xml:"system-out,omitempty"`
}

type testcase struct {
	Name       string      `xml:"name,attr"`
	Class      string      `xml:"classname,attr"`
	File       string      `xml:"file,attr,omitempty"`
	Line       int         `xml:"line,attr,omitempty"`
	Time       string      `xml:"time,attr"`
	Properties *properties `xml:"properties"`
	Failure    *problem    `xml:"failure"`
	Error      *problem    `xml:"error"`
	Skipped    *problem    `xml:"skipped"`
}

type properties struct {
	List []property `xml:"property"`
}

type property struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type problem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Body    string `xml:",chardata"`
}

// Write writes a run. An incomplete run, or one that came to something that its specs do not show, has one more
// testcase that says so.
func Write(w io.Writer, r *reports.Run) error {
	s := suite{Timestamp: r.Header.Started.UTC().Format("2006-01-02T15:04:05"), Hostname: line(r.Header.Host), Properties: runProperties(r)}
	for _, spec := range r.Specs {
		s.Cases = append(s.Cases, caseOf(spec))
	}
	if r.Reason != "" {
		s.Cases = append(s.Cases, testcase{
			Name: "the run as a whole", Class: "otabench", Time: "0.000",
			Error: &problem{Message: line(r.Reason), Type: string(r.Status), Body: line(r.Reason)},
		})
	}
	s.counts = count(s.Cases)
	s.Name, s.Time = line(r.Header.Bench), seconds(r.Length)
	s.SystemOut = attachments(r)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	return e.Encode(suites{counts: s.counts, Suite: s})
}

func runProperties(r *reports.Run) []property {
	return []property{
		{"run", line(r.Header.Run)},
		{"verdict", string(r.Status)},
		{"tool", line(r.Header.Tool)},
		{"bench file", line(r.Header.File)},
		{"bench file SHA-256", line(r.Header.Digest)},
		{"simulated", fmt.Sprint(r.Simulated())},
		{"virtual time", fmt.Sprint(r.Header.Virtual)},
	}
}

func caseOf(s *reports.Spec) testcase {
	c := testcase{
		Name: line(s.Text) + " [" + line(s.ID) + "]", Class: line(strings.Join(s.Path, ".")),
		File: line(s.File), Line: s.Line, Time: seconds(s.Duration),
	}
	if c.Class == "" {
		c.Class = "otabench"
	}
	// Jenkins merges properties of the same name, so all labels are one value.
	if len(s.Labels) > 0 {
		c.Properties = &properties{[]property{{"requirements", line(strings.Join(s.Labels, " "))}}}
	}
	p := &problem{Message: line(strings.Join(s.Reasons, "; ")), Type: string(s.Verdict), Body: body(s)}
	switch s.Verdict {
	case reports.Passed:
	case reports.Failed:
		c.Failure = p
	case reports.NotRun:
		c.Skipped = &problem{Message: p.Message}
	default:
		c.Error = p
	}
	return c
}

func body(s *reports.Spec) string {
	text := strings.Join(s.Reasons, "\n")
	if s.Where != "" {
		text += "\n" + s.Where
	}
	return visible.Text(text, maxBody)
}

func count(cases []testcase) counts {
	n := counts{Tests: len(cases)}
	for _, c := range cases {
		switch {
		case c.Failure != nil:
			n.Failures++
		case c.Error != nil:
			n.Errors++
		case c.Skipped != nil:
			n.Skipped++
		}
	}
	return n
}

// attachments names the run's files in the way that Jenkins' junit-attachments plugin reads, relative to where the
// run folder was named from.
func attachments(r *reports.Run) string {
	var b strings.Builder
	for _, f := range append([]string{"report.html"}, r.Files...) {
		fmt.Fprintf(&b, "[[ATTACHMENT|%s]]\n", line(filepath.Join(r.Dir, f)))
	}
	return b.String()
}

// line makes text fit for an attribute. What XML 1.0 does not allow becomes visible.
func line(s string) string { return visible.Line(s, 1000) }

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

package junit

import (
	"encoding/xml"
	"fmt"
	"time"

	"otabench/reports"
)

type suites struct {
	XMLName xml.Name `xml:"testsuites"`
	counts
	Skipped *int  `xml:"skipped,attr"` // no schema has it
	Suite   suite `xml:"testsuite"`
}

type counts struct {
	Name     string `xml:"name,attr"`
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
	Time     string `xml:"time,attr"`
}

type suite struct {
	counts
	Skipped    int        `xml:"skipped,attr"`
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
	Reruns     []rerun     `xml:"rerunFailure"`
	SystemOut  string      `xml:"system-out,omitempty"`
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
	Type    string `xml:"type,attr"`
	Body    string `xml:",chardata"`
}

// rerun is a further failure of a spec that ran several times.
type rerun struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Stack   string `xml:"stackTrace,omitempty"`
}

// document is a run with texts of at most n bytes each.
func document(r *reports.Run, n limit) suites {
	s := suite{
		Timestamp: r.Header.Started.UTC().Format("2006-01-02T15:04:05"), Hostname: n.line(r.Header.Host),
		Properties: n.ofRun(r), SystemOut: attachments(r),
	}
	taken := names{}
	for _, spec := range r.Specs {
		c := n.caseOf(r, spec)
		c.Name = taken.unique(c.Class, c.Name)
		s.Cases = append(s.Cases, c)
	}
	if r.Reason != "" {
		s.Cases = append(s.Cases, n.whole(r))
	}
	s.count()
	s.Name, s.Time = n.line(r.Header.Bench), seconds(r.Length)
	return suites{Skipped: &s.Skipped, counts: s.counts, Suite: s}
}

func (s *suite) count() {
	s.Tests = len(s.Cases)
	for _, c := range s.Cases {
		switch {
		case c.Failure != nil:
			s.Failures++
		case c.Error != nil:
			s.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
}

// leaveOutExtensions leaves out what readers know and no schema has.
func (doc *suites) leaveOutExtensions() {
	doc.Skipped = nil
	for i := range doc.Suite.Cases {
		c := &doc.Suite.Cases[i]
		c.File, c.Line, c.Properties = "", 0, nil
	}
}

// names are the testcases of each class. GitLab drops a testcase whose name another one of its class has.
type names map[[2]string]bool

func (taken names) unique(class, name string) string {
	free := name
	for i := 2; taken[[2]string{class, free}]; i++ {
		free = fmt.Sprintf("%s (%d)", name, i)
	}
	taken[[2]string{class, free}] = true
	return free
}

// seconds is a time as schemas have it, which know no negative one.
func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", max(0, d).Seconds()) }

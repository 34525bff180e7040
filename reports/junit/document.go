package junit

import (
	"encoding/xml"
	"fmt"
	"io"
	"iter"
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
	Cases      cases      `xml:"testcase"`
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

// cases are testcases that are made as they are written.
type cases iter.Seq[testcase]

// MarshalXML implements xml.Marshaler.
func (all cases) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	for c := range all {
		if err := e.EncodeElement(c, start); err != nil {
			return err
		}
	}
	return nil
}

// form is how a document is written.
type form struct {
	limit
	strict bool // without what readers know and no schema has
}

func (f form) encode(w io.Writer, r *reports.Run) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(f.document(r)); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (f form) document(r *reports.Run) suites {
	s := suite{
		Timestamp: r.Header.Started.UTC().Format("2006-01-02T15:04:05"), Hostname: f.line(r.Header.Host),
		Properties: f.ofRun(r), Cases: f.cases(r), SystemOut: attachments(r),
	}
	s.count(r)
	s.Name, s.Time = f.line(r.Header.Bench), seconds(r.Length)
	doc := suites{counts: s.counts, Suite: s}
	if !f.strict {
		doc.Skipped = &s.Skipped
	}
	return doc
}

// cases are those of the specs, and that of the run where it needs one.
func (f form) cases(r *reports.Run) cases {
	return func(yield func(testcase) bool) {
		taken := names{}
		for _, spec := range r.Specs {
			c := f.caseOf(r, spec)
			c.Name = taken.unique(c.Class, c.Name)
			if f.strict {
				c.File, c.Line, c.Properties = "", 0, nil
			}
			if !yield(c) {
				return
			}
		}
		if showsWhole(r) {
			yield(f.whole(r))
		}
	}
}

func (s *suite) count(r *reports.Run) {
	for _, spec := range r.Specs {
		s.add(kindOf(spec.Verdict))
	}
	if showsWhole(r) {
		s.add(kindOfWhole(r))
	}
}

func (s *suite) add(k kind) {
	s.Tests++
	switch k {
	case failure:
		s.Failures++
	case fault:
		s.Errors++
	case skip:
		s.Skipped++
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

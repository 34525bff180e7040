// Package junit writes a run as the JUnit XML that CI servers read.
//
// A spec is a testcase whose classname is its container path and whose name is unique. A failed or marginal spec has a
// failure, a void or aborted one an error, one that was not run is skipped: no reader can count any of them as passed.
// The type of a failure or error is the verdict.
//
//	err := junit.Write(f, run)
//
// Write is for GitLab, GitHub's reporters and Jenkins' junit step, which all read more than any schema has: the file and
// line of a testcase, and properties of it. Jenkins' xUnit plugin refuses these, so Strict leaves them out.
//
// A spec that ran several times has one testcase, of its worst end. Its other failures are rerunFailures. None is ever a
// flakyFailure, by which Surefire calls a test passed that failed before: whether a spec is flaky is for the history of
// many runs to say.
package junit

import (
	"bytes"
	"encoding/xml"
	"io"

	"otabench/reports"
)

// maxSize is the largest document in bytes, if it can be had by leaving text out. GitLab refuses more than 30 MB.
const maxSize = 29 << 20

// Write writes a run. An incomplete run, or one that came to something that its specs do not show, has one more
// testcase that says so.
func Write(w io.Writer, r *reports.Run) error { return write(w, r, func(*suites) {}) }

// Strict writes a run as the schema of Jenkins' xUnit plugin has it.
func Strict(w io.Writer, r *reports.Run) error { return write(w, r, (*suites).leaveOutExtensions) }

// write makes texts shorter until the document is small enough, which it mostly is at once.
func write(w io.Writer, r *reports.Run, change func(*suites)) error {
	var b bytes.Buffer
	for n := min(maxText, max(minText, maxSize/limit(len(r.Specs)+1))); ; n /= 4 {
		b.Reset()
		b.WriteString(xml.Header)
		e := xml.NewEncoder(&b)
		e.Indent("", "  ")
		doc := document(r, n)
		change(&doc)
		if err := e.Encode(doc); err != nil {
			return err
		}
		if b.Len() <= maxSize || n <= minText {
			break
		}
	}
	b.WriteByte('\n')
	_, err := b.WriteTo(w)
	return err
}

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
	"io"

	"otabench/reports"
)

// maxSize is the largest document in bytes, if it can be had by leaving text out. GitLab refuses more than 30 MB.
const maxSize = 29 << 20

// Write writes a run. A sweep, an incomplete run, and one that came to something that its specs do not show, have one more
// testcase that says so.
func Write(w io.Writer, r *reports.Run) error { return write(w, r, false) }

// Strict writes a run as the schema of Jenkins' xUnit plugin has it.
func Strict(w io.Writer, r *reports.Run) error { return write(w, r, true) }

// write makes texts shorter until the document is small enough, which it mostly is at once.
func write(w io.Writer, r *reports.Run, strict bool) error {
	f := form{strict: strict, limit: min(maxText, max(minText, maxSize/limit(len(r.Specs)+1)))}
	var b bytes.Buffer
	for ; ; f.limit /= 4 {
		b.Reset()
		if err := f.encode(&b, r); err != nil {
			return err
		}
		if b.Len() <= maxSize || f.limit <= minText {
			_, err := b.WriteTo(w)
			return err
		}
	}
}

package reports

import (
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"

	"otabench/bench/record"
)

// proofFolder is the form of the folders of proofs, in a run folder and in links.
var proofFolder = regexp.MustCompile(`^proofs/[a-z0-9][a-z0-9.-]*$`)

// unproven says why the verdicts of a run that has to prove itself do not count; empty if they do.
func (r *Run) unproven() string {
	for _, p := range r.Proofs {
		if !p.Holds() {
			return fmt.Sprintf("The suite does not prove itself: %.40s %.60s should be %.20s and was %.20s.", p.Proof, p.Subject, p.Expected, p.Got)
		}
	}
	if !r.Proven {
		return ""
	}
	for _, kind := range []string{record.KnownBad, record.Loopback} {
		if !slices.ContainsFunc(r.Proofs, func(p record.Proof) bool { return p.Proof == kind }) {
			return fmt.Sprintf("The suite does not prove itself: no %s was tried.", kind)
		}
	}
	return ""
}

// checkProofs derives the proofs that have a record of their own again. One whose record is not there, is another one, or
// tells something else makes the run void.
func (r *Run) checkProofs(dir string) {
	for _, p := range r.Proofs {
		if p.Folder == "" {
			continue
		}
		if wrong := proofWrong(dir, p); wrong != "" {
			r.Status = Void
			r.Reason = fmt.Sprintf("The suite does not prove itself: %s of %.40q %.60q %s.", p.Proof, p.Subject, p.Folder, wrong)
			return
		}
	}
}

// proofWrong says what is wrong with the record of a proof, empty if nothing is.
func proofWrong(dir string, p record.Proof) string {
	if !proofFolder.MatchString(p.Folder) {
		return "is no folder of a proof"
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "cannot be read: " + err.Error()
	}
	defer root.Close()
	f, err := OpenFile(root, path.Join(p.Folder, RecordFile))
	if err != nil {
		return "cannot be read: " + err.Error()
	}
	defer f.Close()
	own, err := read(f, nil)
	if err != nil {
		return "cannot be read: " + err.Error()
	}
	i := slices.IndexFunc(own.Specs, func(s *Spec) bool { return s.ID == p.Spec })
	switch {
	case own.Digest != p.Digest:
		return "is not the one that the run left: SHA-256 of its record is " + own.Digest
	case own.Incomplete != "":
		return "is incomplete: " + own.Incomplete
	case i < 0:
		return fmt.Sprintf("has no spec %.20q", p.Spec)
	case string(own.Specs[i].Verdict) != string(p.Got):
		return fmt.Sprintf("says that spec %.20s is %s", p.Spec, own.Specs[i].Verdict)
	case p.Proof == record.Loopback && own.Totals.Passed != own.Totals.Specs:
		return fmt.Sprintf("says that %s", own.Totals)
	}
	return ""
}

package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"slices"

	"otabench/bench/record"
)

// ending is what points have in common of which one is played again for all.
type ending struct {
	procedure, phase, fault, outcome, wrong string
	recovered                               bool
}

func endingOf(r record.SweepResult) ending {
	return ending{r.Procedure, r.Phase, r.Fault, r.Outcome, r.Wrong, r.Recovered}
}

// Representatives are at most n points that stand for all: the first one of each procedure, phase and fault with each
// end, those that went wrong before the others. A procedure that failed undisturbed has no point to play.
func (s *Sweep) Representatives(n int) []record.SweepResult {
	var wrong, right []record.SweepResult
	place := map[ending]int{}
	for _, r := range s.Results {
		if r.Fault == Undisturbed || r.Outcome == "void" {
			continue
		}
		list := &right
		if IsWrong(r) {
			list = &wrong
		}
		g := endingOf(r)
		i, known := place[g]
		switch {
		case !known:
			place[g] = len(*list)
			*list = append(*list, r)
		case r.At < (*list)[i].At:
			(*list)[i] = r
		}
	}
	all := append(wrong, right...)
	return all[:min(n, len(all))]
}

// evidenceFolder is what a sweep calls the folder of a point. A record may hold anything.
var evidenceFolder = regexp.MustCompile(`^points/[A-Za-z0-9][A-Za-z0-9.-]{0,199}$`)

// played keeps the last evidence of a point. The error says why its folder is none; it is not kept then.
func (s *Sweep) played(e record.SweepEvidence) (err error) {
	if !evidenceFolder.MatchString(e.Folder) || path.Clean(e.Folder) != e.Folder {
		err = fmt.Errorf("the evidence of %.80s lies in %.80q, which is no folder of this run", e.Point, e.Folder)
		e.Folder = ""
	}
	s.Evidence = slices.DeleteFunc(s.Evidence, func(o record.SweepEvidence) bool { return o.Point == e.Point })
	s.Evidence = append(s.Evidence, e)
	return err
}

// Unlike returns the points that ended otherwise when they were played again.
func (s *Sweep) Unlike() (all []record.SweepEvidence) {
	for _, e := range s.Evidence {
		i, known := s.place[e.Point]
		if !known || s.Results[i].Outcome != e.Outcome || s.Results[i].Recovered != e.Recovered || s.Results[i].Wrong != e.Wrong {
			all = append(all, e)
		}
	}
	return all
}

// EvidenceOf is the evidence of a point, or of one that stands for it.
func (s *Sweep) EvidenceOf(r record.SweepResult) (record.SweepEvidence, bool) {
	for _, e := range s.Evidence {
		if i, known := s.place[e.Point]; known && endingOf(s.Results[i]) == endingOf(r) {
			return e, true
		}
	}
	return record.SweepEvidence{}, false
}

// checkEvidence takes the folder from evidence whose record is not there, or is not the one that the sweep left.
func (r *Run) checkEvidence(dir string) error {
	if r.Sweep == nil || len(r.Sweep.Evidence) == 0 {
		return nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for i := range r.Sweep.Evidence {
		e := &r.Sweep.Evidence[i]
		if e.Folder == "" {
			continue
		}
		switch digest, err := digestOf(root, path.Join(e.Folder, RecordFile)); {
		case err != nil:
			r.Deviations = append(r.Deviations, record.Deviation{Device: e.Folder, Text: "the evidence cannot be read: " + err.Error()})
			e.Folder = ""
		case digest != e.Digest:
			r.Deviations = append(r.Deviations, record.Deviation{Device: e.Folder, Text: "the evidence is not the one that the sweep left: SHA-256 of its record is " + digest})
			e.Folder = ""
		}
	}
	return nil
}

func digestOf(root *os.Root, name string) (string, error) {
	f, err := OpenFile(root, name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

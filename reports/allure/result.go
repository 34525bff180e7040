package allure

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"otabench/reports"
	"otabench/reports/visible"
)

// Bounds of what is shown of a spec, in bytes or entries.
const (
	maxLine       = 500
	maxText       = 16 << 10
	maxParameters = 50
)

// converter makes results of the specs of a run.
type converter struct {
	run    *reports.Run
	shared []label // of all results
	links  map[string][]reports.Link
}

func newConverter(r *reports.Run) converter {
	return converter{run: r, links: r.Links(), shared: []label{
		{"framework", "otabench"}, {"language", "go"}, {"host", line(r.Header.Host)},
	}}
}

// spec is the result of a spec, with the files that it names.
func (c converter) spec(s *reports.Spec) (result, []file, error) {
	res := result{
		UUID: c.uuid(s.ID), HistoryID: digest(s.ID), TestCaseID: digest(s.ID),
		Name: line(s.Text), FullName: line(strings.Join(append(s.Path[:len(s.Path):len(s.Path)], s.Text), " / ")),
		Status: statusOf(s.Verdict), Stage: "finished",
		Start: c.at(s.Start), Stop: c.at(s.Start + max(0, s.Duration)),
		Labels: append(c.labels(s), c.shared...), Parameters: parameters(s), Steps: c.steps(s), Attachments: []attachment{},
	}
	if s.Verdict != reports.Passed {
		res.Details = &details{
			Message: message(s.Verdict, strings.Join(s.Reasons, "\n")),
			Trace:   visible.Text(strings.TrimSpace(fmt.Sprintf("%s\nspec %s at %s:%d", s.Where, s.ID, s.File, s.Line)), maxText),
		}
	}
	all, err := c.files(s, res.UUID)
	for _, f := range all {
		res.Attachments = append(res.Attachments, f.attachment)
	}
	return res, all, err
}

// showsWhole says whether the results of specs alone would not show what the run came to.
func showsWhole(r *reports.Run) bool {
	return r.Reason != "" || r.Sweep != nil || r.Status == reports.NotRun
}

// whole is a result of what the run came to. Unlike a spec, a run that was not run is broken, because Allure leaves what is
// skipped out of its count.
func (c converter) whole() result {
	r := c.run
	id := "the run as a whole"
	res := result{
		UUID: c.uuid(id), HistoryID: digest(id), TestCaseID: digest(id), Name: id, FullName: id, Stage: "finished",
		Status: statusOf(r.Status), Start: c.at(0), Stop: c.at(r.Length),
		Labels: append([]label{{"parentSuite", "otabench"}}, c.shared...), Parameters: []parameter{}, Steps: []step{}, Attachments: []attachment{},
	}
	if r.Status != reports.Passed {
		res.Details = &details{Message: message(r.Status, cmp.Or(r.Reason, r.Totals.String()))}
	}
	if r.Status == reports.NotRun {
		res.Status = broken
	}
	return res
}

// statusOf is Allure's word for a verdict.
func statusOf(v reports.Verdict) status {
	switch v {
	case reports.Passed:
		return passed
	case reports.Failed, reports.Marginal:
		return failed
	case reports.NotRun:
		return skipped
	}
	return broken
}

// message begins with the verdict, which the categories go by.
func message(v reports.Verdict, why string) string {
	return visible.Text(string(v)+": "+why, maxText)
}

// labels sort the result into Allure's trees: suites by containers, behaviors by requirements, packages by file.
func (c converter) labels(s *reports.Spec) []label {
	var all []label
	for i, name := range []string{"parentSuite", "suite", "subSuite"} {
		if i >= len(s.Path) {
			break
		}
		text := s.Path[i]
		if name == "subSuite" {
			text = strings.Join(s.Path[i:], " / ")
		}
		all = append(all, label{name, line(text)})
	}
	all = append(all, label{"package", line(strings.ReplaceAll(strings.TrimSuffix(s.File, path.Ext(s.File)), "/", "."))})
	for _, l := range c.links[s.ID] {
		if story := (label{"story", line(l.Requirement.ID)}); !slices.Contains(all, story) {
			all = append(all, story)
		}
	}
	for _, t := range s.Tags() {
		all = append(all, label{"tag", line(t)})
	}
	return all
}

func parameters(s *reports.Spec) []parameter {
	all := []parameter{{Name: "spec", Value: line(s.ID), Excluded: true}}
	if s.Ended > 1 {
		all = append(all, parameter{Name: "runs", Value: fmt.Sprintf("%d, of which the worst counts", s.Ended), Excluded: true})
	}
	for i, m := range s.Measurements {
		if i == maxParameters {
			return append(all, parameter{Name: "more measurements", Value: fmt.Sprint(len(s.Measurements) - i), Excluded: true})
		}
		value := fmt.Sprintf("%g %s (%s): %s", m.Value, m.Unit, reports.Limits(m), reports.Measured(m))
		all = append(all, parameter{Name: line(m.Name), Value: line(value), Excluded: true})
	}
	return all
}

// steps are the procedure. The record judges specs and not their steps: those of a spec that passed did; of any other the
// last one has the status of the spec, and those before it have none.
func (c converter) steps(s *reports.Spec) []step {
	all := make([]step, len(s.Steps))
	for i, e := range s.Steps {
		stop := s.Start + max(0, s.Duration)
		if i+1 < len(s.Steps) {
			stop = s.Steps[i+1].T
		}
		all[i] = step{Name: line(e.Body.Text), Stage: "finished", Start: c.at(e.T), Stop: c.at(max(e.T, stop))}
		if s.Verdict == reports.Passed || i+1 == len(s.Steps) {
			all[i].Status = statusOf(s.Verdict)
		}
	}
	return all
}

// at is a time on the run's clock as Allure has it.
func (c converter) at(t time.Duration) int64 { return c.run.Header.Started.Add(t).UnixMilli() }

// uuid is the same for the same spec of the same run, whatever is written when. It is of version 8, made by a rule of our own.
func (c converter) uuid(id string) string {
	sum := sha256.Sum256([]byte(c.run.Header.Run + "\x00" + id))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// digest tells specs apart from run to run.
func digest(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}

func line(s string) string { return visible.Line(s, maxLine) }

package lobster

import (
	"fmt"
	"strings"

	"otabench/bench/record"
	"otabench/reports"
)

// item is what all items of LOBSTER have.
type item struct {
	Tag        string   `json:"tag"` // namespace, space, name
	Location   location `json:"location"`
	Name       string   `json:"name"`
	Messages   []string `json:"messages"`
	JustUp     []string `json:"just_up"`
	JustDown   []string `json:"just_down"`
	JustGlobal []string `json:"just_global"`
	Refs       []string `json:"refs"`
}

func newItem(tag, name string, at location) item {
	return item{Tag: tag, Name: name, Location: at, Messages: []string{}, JustUp: []string{}, JustDown: []string{}, JustGlobal: []string{}, Refs: []string{}}
}

// location is a file, or void.
type location struct {
	Kind string `json:"kind"`
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

type activity struct {
	item
	Framework string `json:"framework"`
	Kind      string `json:"kind"`
	Text      string `json:"text"`
	Status    string `json:"status"` // ok, fail or not run
}

type requirement struct {
	item
	Framework string `json:"framework"`
	Kind      string `json:"kind"`
	Text      string `json:"text"`
	Status    string `json:"status"`
}

func activityOf(r *reports.Run, s *reports.Spec, links []reports.Link) activity {
	a := test(s.SpecStart, links)
	v := r.Counted(s.Verdict)
	a.Status = statusOf(v)
	switch {
	case v == reports.Passed:
	case v != s.Verdict:
		a.Messages = append(a.Messages, message(v, r.Reason))
	default:
		a.Messages = append(a.Messages, message(v, strings.Join(s.Reasons, "; ")))
	}
	return a
}

func leftOut(s record.SpecStart, links []reports.Link) activity {
	a := test(s, links)
	a.Status = statusOf(reports.NotRun)
	a.Messages = append(a.Messages, message(reports.NotRun, "left out of the selection"))
	return a
}

func test(s record.SpecStart, links []reports.Link) activity {
	text := strings.Join(append(s.Path[:len(s.Path):len(s.Path)], s.Text), " / ")
	a := activity{item: newItem("otabench "+tag(s.ID), line(s.Text), locate(s)), Framework: "otabench", Kind: "test", Text: line(text)}
	a.Refs = refs(links)
	return a
}

func requirementOf(r *reports.Run, g reports.Group, q reports.Requirement) requirement {
	v := r.Counted(q.Verdict)
	i := requirement{
		item: newItem("req "+tag(q.ID), line(q.ID), location{Kind: "void"}), Framework: line(g.Title), Kind: "requirement",
		Text: line(q.Expectation), Status: string(v),
	}
	switch v {
	case reports.Passed:
	case reports.OutOfScope:
		i.JustDown = append(i.JustDown, message(v, q.Reason))
	default:
		i.Messages = append(i.Messages, line(fmt.Sprintf("%s of %s is %s: %s", q.ID, g.Ref(), v, counts(q))))
	}
	return i
}

// merge adds what another catalogue says of a requirement of the same name. The worse status stays, and justifies nothing.
func (q *requirement) merge(o requirement) {
	if len(q.Messages) == 0 && (len(o.Messages) > 0 || q.Status == string(reports.Passed)) {
		q.Status = o.Status
	}
	q.Messages, q.JustDown = append(q.Messages, o.Messages...), append(q.JustDown, o.JustDown...)
	if len(q.Messages) > 0 {
		q.JustDown = []string{}
	}
}

// counts says how many specs observe a requirement, and what they came to.
func counts(q reports.Requirement) string {
	text := q.Totals.String()
	if n := len(q.LeftOut); n > 0 {
		text += fmt.Sprintf(", %d left out of the selection", n)
	}
	return text
}

// statusOf is LOBSTER's word for a verdict. Of what is void or aborted nothing is known.
func statusOf(v reports.Verdict) string {
	switch v {
	case reports.Passed:
		return "ok"
	case reports.Failed, reports.Marginal:
		return "fail"
	}
	return "not run"
}

func message(v reports.Verdict, why string) string { return line(string(v) + ": " + why) }

func locate(s record.SpecStart) location {
	if s.File == "" {
		return location{Kind: "void"}
	}
	return location{Kind: "file", File: line(s.File), Line: max(0, s.Line)}
}

// tag makes a name fit for a tag: what follows an at sign would be its version.
func tag(name string) string { return strings.ReplaceAll(line(name), "@", "(at)") }

package pdf

import (
	"fmt"
	"slices"
	"strings"

	"otabench/reports"
)

// conformity is the statement of ISO/IEC 17025:2017, 7.8.6: for which results, to which requirements, by which rule.
func (d *document) conformity() {
	d.begin("Statement of conformity")
	d.say("It applies to the results of run %s on the items under test of this report. %s", line(d.Header.Run), d.judged())
	d.tally()
	if d.uncounted() && d.Sweep == nil {
		d.alarm(violet, "⊘ The run as a whole is void, so that no requirement counts as passed.", "What each of its specs came to by itself is in the chapter on specs.")
	}
	d.part("Decision rule")
	d.list(func(i int) string { return fmt.Sprint(i+1, ".") }, sentences(reports.DecisionRule))
	if d.Sweep != nil {
		d.say("A sweep is judged by its points, and not by requirement; see the chapter on the sweep.")
		return
	}
	d.catalogues()
	for _, g := range d.Groups {
		d.group(g)
	}
}

func (d *document) judged() string {
	text := fmt.Sprintf("The run is %s: %s.", d.Status, d.Scope())
	if d.Reason != "" {
		text += " " + line(d.Reason)
	}
	return text
}

// sentences divides a text after its full stops.
func sentences(text string) (all []string) {
	for s := range strings.SplitAfterSeq(text, ". ") {
		all = append(all, strings.TrimSpace(s))
	}
	return all
}

// uncounted says that the run takes every pass from its requirements.
func (d *document) uncounted() bool { return d.Counted(reports.Passed) != reports.Passed }

// verdicts of requirements in the order of the table; the last one is not in the denominator.
var verdicts = slices.DeleteFunc(reports.Verdicts(), func(v reports.Verdict) bool { return v == reports.Aborted })

// tally counts the requirements of each catalogue by verdict. The first number is the denominator: what all others but the
// last add up to.
func (d *document) tally() {
	if d.Sweep != nil || len(d.Groups) == 0 {
		return
	}
	columns := []column{{head: "Catalogue", width: 32}, {head: "Require-\nments", width: 15, right: true}}
	for _, v := range verdicts {
		columns = append(columns, column{head: v.Symbol() + "\n" + string(v), width: 15.8, right: true})
	}
	t := d.table(columns...)
	t.caption = "Requirements by verdict"
	for _, g := range d.Groups {
		_, of := g.Counts(reports.Passed)
		counts := map[reports.Verdict]int{}
		for _, q := range g.Requirements {
			counts[d.Counted(q.Verdict)]++
		}
		row := []cell{strong(line(g.Ref())), plain(fmt.Sprint(of))}
		for _, v := range verdicts {
			c := cell{text: fmt.Sprint(counts[v]), style: bold, ink: inkOf(v)}
			if counts[v] == 0 {
				c = faint("0")
			}
			row = append(row, c)
		}
		t.row(row...)
	}
	t.end("")
}

// catalogues says by which the run is judged.
func (d *document) catalogues() {
	d.part("Catalogues that the run is judged by")
	if len(d.Run.Catalogues) == 0 {
		d.say("The record names none; these are the ones of this version of otabench.")
	}
	t := d.table(column{head: "Catalogue", width: 25}, column{head: "Version", width: 14}, column{head: "Source", width: 62}, column{head: "File", width: 24}, column{head: "SHA-256", width: 48})
	for _, g := range d.Groups {
		if g.Version == "" && g.Digest == "" { // labels that no catalogue knows
			continue
		}
		file := plain(line(g.File))
		if g.File == "" {
			file = faint("part of otabench")
		}
		t.row(strong(line(g.Ref())), plain(line(g.Version)), stated(g.Source), file, digest(g.Digest))
	}
	t.end("None.")
}

// group is the clause-first matrix of a catalogue.
func (d *document) group(g reports.Group) {
	d.part(g.Ref() + ": " + g.Title)
	switch {
	case len(g.Requirements) == 0:
		d.alarm(violet, "⊘ Not judged: the catalogue cannot be had.", line(g.Notice))
		return
	case g.Notice != "":
		d.remark("%s", line(g.Notice))
	}
	t := d.table(column{head: "Requirement", width: 32}, column{head: "What is expected", width: 62}, column{head: "Verdict", width: 22}, column{head: "Specs", width: 52})
	for _, q := range g.Requirements {
		t.row(strong(line(q.ID)), plain(expected(q)), verdict(d.Counted(q.Verdict)), plain(d.observers(q)))
	}
	t.end("")
}

// expected is a requirement in words, with what its catalogue says of how it is observed.
func expected(q reports.Requirement) string {
	text := line(q.Expectation)
	if q.Stimulus != "" {
		text = line(q.Stimulus) + " → " + text
	}
	if q.Title != "" {
		text = line(q.Title) + "\n" + text
	}
	if len(q.ObservedBy) > 0 {
		text += "\nObserved by " + line(strings.Join(q.ObservedBy, ", "))
		if q.Partly {
			text += ", in part"
		}
	}
	if q.Reason != "" {
		text += "\n(" + line(q.Reason) + ")"
	}
	return text
}

// maxObservers bounds the numbers that a row of the matrix names one by one.
const maxObservers = 12

// observers says how many specs observe a requirement, how they ended, which ones they are, and what was left out.
func (d *document) observers(q reports.Requirement) string {
	var bad []string
	var good []int
	for _, s := range q.Specs {
		n := d.number[s]
		switch page := d.page(specKey(n)); {
		case s.Verdict == reports.Passed:
			good = append(good, n)
		case page == "":
			bad = append(bad, s.Verdict.Symbol()+" "+specName(n))
		default:
			bad = append(bad, s.Verdict.Symbol()+" "+specName(n)+", page "+page)
		}
	}
	switch {
	case len(q.Specs) > 0:
	case q.Verdict == reports.OutOfScope:
		return "left to documents"
	case len(q.LeftOut) > 0:
		return "none selected, " + reports.Count(len(q.LeftOut), "spec") + " left out"
	}
	text := q.Totals.String()
	if len(bad) > 0 {
		shown, more := upTo(bad, maxObservers)
		text += "\n" + strings.Join(shown, "\n")
		if more > 0 {
			text += fmt.Sprintf("\nand %d more", more)
		}
	}
	if len(good) > 0 {
		text += "\n" + reports.Passed.Symbol() + " " + ranges(good)
	}
	if n := len(q.LeftOut); n > 0 {
		text += "\n" + reports.Count(n, "spec") + " left out of the selection"
	}
	return text
}

// ranges names specs by their numbers, which rise, as in "S3–S5, S9".
func ranges(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		end := i
		for end+1 < len(numbers) && numbers[end+1] == numbers[end]+1 {
			end++
		}
		part := specName(numbers[i])
		if end > i {
			part += "–" + specName(numbers[end])
		}
		parts = append(parts, part)
		i = end + 1
	}
	shown, more := upTo(parts, 3*maxObservers)
	text := strings.Join(shown, ", ")
	if more > 0 {
		text += fmt.Sprintf(" and %d more ranges", more)
	}
	return text
}

package pdf

import (
	"fmt"
	"strings"

	"otabench/bench/record"
	"otabench/reports"
)

// maxLeftOut bounds the specs that were left out and are named.
const maxLeftOut = 300

// selection says which specs ran, why these, and which did not.
func (d *document) selection() {
	d.begin("Selection of specs")
	f := d.facts()
	if d.Sweep != nil {
		f.fact("Selected", "points of an interruption sweep; see the chapter on the sweep")
	} else {
		f.fact("Selected", fmt.Sprintf("%d of %s", len(d.Specs), reports.Count(len(d.Specs)+d.Unselected, "spec")))
		f.fact("Left out", reports.Count(d.Unselected, "spec"))
		filter := line(d.Filter)
		if filter == "" {
			filter = "none"
		}
		f.fact("Filter", filter)
	}
	f.fact("Rationale", line(d.Rationale))
	f.end("")
	if d.Unselected == 0 {
		return
	}
	d.part("Specs that were left out")
	if len(d.LeftOut) == 0 {
		d.say("%s were left out; the record does not name them.", reports.Count(d.Unselected, "spec"))
		return
	}
	shown, more := upTo(d.LeftOut, maxLeftOut)
	t := d.table(column{head: "Spec", width: 100}, column{head: "Requirements", width: 50}, column{head: "Id", width: 22})
	t.size = sizeSmall
	for _, start := range shown {
		s := reports.Spec{SpecStart: start}
		t.row(plain(line(s.Name())), plain(line(strings.Join(s.Tags(), ", "))), code(line(s.ID)))
	}
	t.end("")
	d.omitted(more, "spec")
}

// proofs say whether the suite can be believed: whether it failed what is wrong and passed what is right.
func (d *document) proofs() {
	d.begin("Proof of the suite by itself")
	if len(d.Proofs) == 0 {
		if d.Proven {
			d.say("This run had to prove itself, and did not: no proof is recorded. Its verdicts are void.")
		} else {
			d.say("This run did not have to prove itself: no unit with a known fault and no loopback was tried in it.")
		}
		return
	}
	d.say("A unit with a known fault must fail, and a loopback must pass; otherwise the verdicts of this run are void.")
	t := d.table(column{head: "Proof", width: 22}, column{head: "Subject", width: 30}, column{head: "Spec", width: 50},
		column{head: "Should be", width: 20}, column{head: "Was", width: 16}, column{head: "Holds", width: 16}, column{head: "Detail", width: 50})
	shown, more := upTo(d.Proofs, 100)
	for _, p := range shown {
		text := p.Text
		if text == "" {
			text = p.Spec
		}
		t.row(strong(line(p.Proof)), plain(line(p.Subject)), plain(line(text)), plain(line(string(p.Expected))), plain(line(string(p.Got))),
			yes(p.Holds(), "yes", "no"), plain(proofDetail(p)))
	}
	t.end("")
	d.omitted(more, "proof")
}

// proofDetail is why a proof came out as it did, and where its own record is.
func proofDetail(p record.Proof) string {
	text := line(p.Detail)
	if p.Folder != "" {
		text += "\n" + line(p.Folder) + ", SHA-256 of its record " + line(p.Digest)
	}
	return strings.TrimSpace(text)
}

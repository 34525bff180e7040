package pdf

import (
	"fmt"
	"strings"

	"otabench/reports"
)

// maxOnCover bounds the specs that the cover names.
const maxOnCover = 10

// cover says what a reader has to know who reads no further.
func (d *document) cover() {
	d.y += 4
	d.put(left, d.y+sizeTitle*point, bold, sizeTitle, black, "Test report")
	d.y += leading(sizeTitle) + 1
	d.paragraph(regular, 11, black, "Over-the-air update of vehicle control units")
	d.paragraph(mono, sizeText, soft, d.sheet.id)
	d.space(2)
	d.result()
	d.alarms()
	f := d.facts()
	f.fact("Laboratory", d.bench().Details["laboratory"])
	f.fact("Customer", line(d.Assignment.Customer))
	f.fact("Items under test", strings.Join(d.underTest(), "\n"))
	f.fact("Date of test", date(d.Header.Started))
	f.fact("Date of issue", date(d.issued))
	f.fact("Authorised by", person(d.Assignment.AuthorisedBy))
	f.end("")
	if d.Sweep == nil {
		d.tally()
	}
	d.notPassed()
}

// result is the verdict of the run in a box.
func (d *document) result() {
	const height = 21.0
	c := inkOf(d.Status)
	reason := d.faces[regular].wrap(line(d.Reason), limit(inner-12, sizeText))
	if d.Reason == "" {
		reason = nil
	}
	h := height + float64(len(reason))*leading(sizeText)
	d.fill(left, d.y, inner, h, shade)
	d.fill(left, d.y, 1.6, h, c)
	d.put(left+6, d.y+10, bold, 17, c, word(d.Status))
	d.put(left+6, d.y+16.5, regular, 10, black, d.faces[regular].fit(d.scope(), limit(inner-12, 10)))
	d.y += height
	for _, l := range reason {
		d.put(left+6, d.y, regular, sizeText, black, l)
		d.y += leading(sizeText)
	}
	d.y += 4
}

// scope says how much the verdict rests on.
func (d *document) scope() string {
	if d.Sweep != nil {
		return "Interruption sweep: " + d.Scope()
	}
	text := "Specs: " + d.Scope()
	if d.Unselected > 0 {
		text += fmt.Sprintf("; %d not selected", d.Unselected)
	}
	return text
}

// alarms stand out.
func (d *document) alarms() {
	if d.Incomplete != "" {
		d.alarm(red, "✗ Incomplete: this record was cut short or is damaged.", "The run is void; what follows is what was whole. "+line(d.Incomplete))
	}
	if u := d.Unsafe(); len(u) > 0 {
		d.alarm(red, "✗ Caution: outputs were not confirmed off at the end.", line(strings.Join(u, ", ")))
	}
	if d.Simulated() {
		d.alarm(amber, "Simulated bench: this run proves the suite, not a vehicle.", "What was simulated is named under items under test and equipment.")
	}
}

func (d *document) alarm(c ink, title, text string) {
	lines := d.faces[regular].wrap(text, limit(inner-8, sizeText))
	h := float64(len(lines)+1)*leading(sizeText) + 4
	d.room(h)
	d.pdf.SetDrawColor(c[0], c[1], c[2])
	d.pdf.SetLineWidth(0.4)
	d.pdf.Rect(left, d.y, inner, h, "D")
	y := d.y + 1.6 + sizeText*point
	d.put(left+4, y, bold, sizeText, c, d.faces[bold].clean(title))
	for _, l := range lines {
		y += leading(sizeText)
		d.put(left+4, y, regular, sizeText, black, l)
	}
	d.y += h + 3
}

// notPassed names the first specs that did not pass, with the pages that tell more.
func (d *document) notPassed() {
	var bad []*reports.Spec
	for _, s := range d.Specs {
		if s.Verdict != reports.Passed && s.Verdict != reports.NotRun {
			bad = append(bad, s)
		}
	}
	if len(bad) == 0 {
		return
	}
	d.space(2)
	shown, more := upTo(bad, maxOnCover)
	t := d.table(column{head: "No.", width: 9}, column{head: "Verdict", width: 18}, column{head: "Spec", width: 112}, column{head: "Page", width: 10, right: true})
	t.caption = "Specs that did not pass"
	for _, s := range shown {
		key := specKey(d.number[s])
		t.row(plain(specName(d.number[s])), verdict(s.Verdict), cell{text: line(s.Name()), ink: black, key: key}, cell{text: d.page(key), ink: black, key: key})
	}
	t.end("")
	if more > 0 {
		d.remark("%d more did not pass; they are in the chapter on specs.", more)
	}
}

func specName(n int) string { return fmt.Sprint("S", n) }
func specKey(n int) string  { return fmt.Sprint("spec ", n) }

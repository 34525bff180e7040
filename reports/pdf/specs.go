package pdf

import (
	"fmt"
	"strings"
	"time"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/visible"
)

// Bounds of what is shown of specs.
const (
	maxFull  = 300 // specs in full, where of many only those are shown so that did not pass
	maxRows  = 40  // of each table of a spec
	maxTable = 20_000
)

// specs shows each spec: in full, or in a run of many those in full that did not pass, and all in one table.
func (d *document) specs() {
	d.begin("Specs")
	if len(d.Specs) == 0 {
		d.paragraph(regular, sizeText, soft, "No spec was planned.")
		return
	}
	if len(d.Specs) <= reports.Many {
		d.say("%s.", d.Totals)
		d.part("All specs")
		d.rows()
		d.part("Each spec")
		d.remark("Times are in seconds since the spec began. A voltage curve is drawn where a voltage changed by more than %g V.", curveFrom)
		for _, s := range d.Specs {
			d.spec(s)
		}
		return
	}
	d.say("%s. Specs that passed have one row; all that is recorded of them is in record.jsonl.", d.Totals)
	d.part("All specs")
	d.rows()
	d.part("Specs that did not pass")
	full, more := 0, 0
	for _, s := range d.Specs {
		switch {
		case s.Verdict == reports.Passed, s.Verdict == reports.NotRun:
		case full == maxFull:
			more++
		default:
			full++
			d.spec(s)
		}
	}
	if full == 0 {
		d.paragraph(regular, sizeText, soft, "None, but for those that were not run.")
	}
	if more > 0 {
		d.remark("%d more did not pass; they are in the table above.", more)
	}
}

// rows is a table of all specs, with their requirements where these are not shown further below.
func (d *document) rows() {
	full := len(d.Specs) <= reports.Many
	columns := []column{{head: "No.", width: 12}, {head: "Verdict", width: 19}, {head: "Spec", width: 108}}
	if !full {
		columns = append(columns, column{head: "Requirements", width: 38})
	}
	t := d.table(append(columns, column{head: "Took", width: 15, right: true}, column{head: "Page", width: 10, right: true})...)
	t.size = sizeSmall
	shown, more := upTo(d.Specs, maxTable)
	for _, s := range shown {
		name := line(s.Name())
		if len(s.Reasons) > 0 && s.Verdict != reports.NotRun {
			name += "\n" + line(s.Reasons[0])
		}
		n := d.number[s]
		key := specKey(n)
		row := []cell{{text: specName(n), ink: black, key: key}, verdict(s.Verdict), plain(name)}
		if !full {
			row = append(row, plain(line(strings.Join(s.Tags(), ", "))))
		}
		t.row(append(row, plain(reports.Took(s.Duration)), cell{text: d.page(key), ink: black, key: key})...)
	}
	t.end("")
	d.omitted(more, "spec")
}

// spec shows one spec in full.
func (d *document) spec(s *reports.Spec) {
	n := d.number[s]
	p := newPlot(s)
	d.space(3.5)
	if d.room(26); p != nil {
		d.room(16 + curveHeight) // that the curve stands below its headline
	}
	d.note(mark{key: specKey(n), number: specName(n), text: s.Verdict.Symbol() + " " + line(s.Name()), level: 2})
	d.headline(s, n)
	about := "id " + line(s.ID)
	if s.File != "" {
		about += fmt.Sprintf(", %s:%d", line(s.File), s.Line)
	}
	about += ", took " + reports.Took(s.Duration)
	if s.Begun > 1 {
		about += fmt.Sprintf(", begun %d times", s.Begun)
	}
	d.indented(0, regular, sizeSmall, soft, about)
	if tags := s.Tags(); len(tags) > 0 {
		d.indented(0, regular, sizeTable, black, "Requirements and labels: "+line(strings.Join(tags, ", ")))
	}
	d.space(1)
	d.reasons(s)
	if p != nil {
		d.curve(p, s)
	}
	d.steps(s)
	d.triggers(s)
	d.values(s)
	d.profiles(s)
	d.exchanges(s)
	notes, more := upTo(s.Notes, 10)
	for _, note := range notes {
		d.indented(0, regular, sizeTable, soft, "Note: "+line(note))
	}
	d.omitted(more+s.Left.Notes, "note")
}

// headline is the spec's number, verdict and name on a shaded bar.
func (d *document) headline(s *reports.Spec, n int) {
	f := d.faces[bold]
	sign := specName(n) + "  " + word(s.Verdict)
	indent := d.width(bold, sizeText, sign) + 6
	lines := f.wrap(line(s.Name()), limit(inner-indent-2, sizeText))
	h := float64(len(lines))*leading(sizeText) + 1.6
	d.fill(left, d.y, inner, h, shade)
	d.fill(left, d.y, 1, h, inkOf(s.Verdict))
	y := d.y + 0.8 + sizeText*point
	d.put(left+2.5, y, bold, sizeText, inkOf(s.Verdict), sign)
	for _, l := range lines {
		d.put(left+indent, y, bold, sizeText, black, l)
		y += leading(sizeText)
	}
	d.y += h + 0.8
}

// reasons say why the verdict is no pass.
func (d *document) reasons(s *reports.Spec) {
	shown, more := upTo(s.Reasons, 20)
	for _, text := range shown {
		d.indented(2, regular, sizeTable, inkOf(s.Verdict), visible.Text(text, 1500))
	}
	d.omitted(more, "reason")
	if s.Where != "" && s.Verdict != reports.Passed {
		d.indented(2, regular, sizeSmall, soft, "at "+line(s.Where))
	}
	if len(s.Reasons) > 0 {
		d.space(1)
	}
}

// rel is a time of the run's clock on the spec's.
func rel(s *reports.Spec, t time.Duration) string {
	return fmt.Sprintf("%+.3f", (t - s.Start).Seconds())
}

func (d *document) steps(s *reports.Spec) {
	if len(s.Steps) == 0 {
		return
	}
	t := d.table(column{head: "Time", width: 14, right: true}, column{head: "Step", width: 158})
	shown, more := upTo(s.Steps, maxRows)
	for _, x := range shown {
		t.row(plain(rel(s, x.T)), plain(line(x.Body.Text)))
	}
	t.end("")
	d.omitted(more+s.Left.Steps, "step")
}

func (d *document) triggers(s *reports.Spec) {
	if len(s.Triggers) == 0 {
		return
	}
	t := d.table(column{head: "Trigger", width: 50}, column{head: "Action", width: 40}, column{head: "Fired at", width: 22, right: true}, column{head: "By", width: 32},
		column{head: "Wished after", width: 17, right: true}, column{head: "Off the wish by", width: 17, right: true})
	shown, more := upTo(s.Triggers, maxRows)
	for _, x := range shown {
		row := []cell{plain(line(x.Condition)), plain(line(x.Action))}
		if f := x.Fired; f == nil {
			row = append(row, cell{text: "did not fire", style: bold, ink: amber}, faint(""), faint(""), faint(""))
		} else {
			row = append(row, plain(rel(s, f.At)), fired(f), wished(f.Wished), plain(reports.Took(f.Latency)))
		}
		t.row(row...)
	}
	t.end("")
	d.omitted(more, "trigger")
}

// fired is what met a trigger's condition, and its single actions if there were several.
func fired(f *record.TriggerFired) cell {
	c := plain(line(f.Event))
	if f.Error != "" {
		c = cell{text: c.text + "\n✗ " + line(f.Error), ink: red}
	}
	steps, more := upTo(f.Steps, 8)
	for _, x := range steps {
		c.text += fmt.Sprintf("\n%s: wished after %s, off by %s", line(x.Action), reports.Took(x.Wished), reports.Took(x.Latency))
	}
	if more > 0 {
		c.text += "\n" + reports.Count(more, "more action")
	}
	return c
}

func wished(t time.Duration) cell {
	if t == 0 {
		return plain("at once")
	}
	return plain(reports.Took(t))
}

func (d *document) values(s *reports.Spec) {
	if len(s.Measurements) == 0 {
		return
	}
	t := d.table(measurementColumns()...)
	shown, more := upTo(s.Measurements, maxRows)
	for _, m := range shown {
		t.row(measured(m)...)
	}
	t.end("")
	d.omitted(more, "measurement")
}

// profiles say how well voltage profiles were made.
func (d *document) profiles(s *reports.Spec) {
	rows := 0
	for i, x := range s.Stimuli {
		if rows >= maxRows {
			d.omitted(len(s.Stimuli)-i+s.Left.Stimuli, "voltage profile")
			return
		}
		t := d.table(column{head: "Step", width: 36}, column{head: "Shape", width: 52}, column{head: "Met", width: 16, right: true}, column{head: "Expected", width: 24}, column{head: "Measured by " + line(x.Source), width: 50})
		t.caption = fmt.Sprintf("Voltage profile %s on %s: %s", line(x.Profile), line(x.Rail), line(x.Verdict))
		parts, more := upTo(x.Parts, maxRows-rows)
		for _, p := range parts {
			text := line(p.Verdict)
			if p.Reason != "" {
				text += ": " + line(p.Reason)
			}
			t.row(plain(line(p.Name)), plain(line(p.Shape)), plain(fmt.Sprintf("%d of %d", p.Met, p.Count)), plain(line(p.Expected)), plain(text))
		}
		t.end("")
		d.omitted(more, "profile step")
		rows += max(len(parts), 1)
	}
	d.omitted(s.Left.Stimuli, "voltage profile")
}

// exchanges counts the diagnostic exchanges; each of them is in the record and on the trace.
func (d *document) exchanges(s *reports.Spec) {
	refused, silent := 0, 0
	for _, e := range s.Exchanges {
		switch {
		case e.NRC != "":
			refused++
		case e.Error != "":
			silent++
		}
	}
	if n := len(s.Exchanges); n > 0 {
		text := fmt.Sprintf("%s: %d refused, %d without an answer; each is in record.jsonl.", reports.Count(n, "diagnostic exchange"), refused, silent)
		if s.Left.Exchanges > 0 {
			text += fmt.Sprintf(" There are %d more, which are not counted here.", s.Left.Exchanges)
		}
		d.indented(0, regular, sizeTable, soft, text)
	}
}

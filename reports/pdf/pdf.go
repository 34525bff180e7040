package pdf

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"time"

	"otabench/bench/record"
	"otabench/reports"
)

// maxPasses bounds how often a document is set until its page numbers are right.
const maxPasses = 4

// Write writes the report of a run, issued at a time.
func Write(w io.Writer, r *reports.Run, issued time.Time) error {
	faces, err := newFaces()
	if err != nil {
		return err
	}
	d := document{Run: r, issued: issued, number: map[*reports.Spec]int{}}
	for i, s := range r.Specs {
		d.number[s] = i + 1
	}
	var known layout
	for range maxPasses {
		d.sheet = newSheet(faces, d.id(), d.laboratory(), issued, known)
		d.compose()
		found := d.layout()
		if found.pages == known.pages && maps.Equal(found.at, known.at) {
			return d.archive(w)
		}
		known = found
	}
	return fmt.Errorf("set the report of run %s: its page numbers do not settle in %d passes; please report this", line(r.Header.Run), maxPasses)
}

// document is a report that is being set.
type document struct {
	*reports.Run
	*sheet
	issued time.Time
	number map[*reports.Spec]int
}

// compose sets the whole report.
func (d *document) compose() {
	d.cover()
	d.contents()
	d.particulars()
	d.conformity()
	d.selection()
	d.proofs()
	d.items()
	d.equipment()
	d.conditions()
	if d.Sweep != nil {
		d.sweep()
	}
	if d.Sweep == nil || len(d.Specs) > 0 { // a sweep has them where its trials were recorded
		d.measurements()
		d.specs()
	}
	d.evidence()
	d.end()
}

// archive writes the document as a file for archives.
func (d *document) archive(w io.Writer) error {
	var file bytes.Buffer
	if err := d.pdf.Output(&file); err != nil {
		return fmt.Errorf("set the report of run %s: %w", line(d.Header.Run), err)
	}
	a := archive{bookmarks: d.below(), properties: properties{
		title: "Test report " + d.sheet.id + ": " + string(d.Status), author: d.laboratory(),
		subject: "Over-the-air update of vehicle control units", creator: line(d.Header.Tool), issued: d.issued,
	}}
	return a.write(w, file.Bytes())
}

// id names a report by the run and the record that it was made from.
func (d *document) id() string {
	return line(d.Header.Run) + "/" + d.Digest[:min(12, len(d.Digest))]
}

// bench is what the record says of the bench as a whole.
func (d *document) bench() record.Device {
	for _, x := range d.Devices {
		if x.Class == "bench" {
			return x
		}
	}
	return record.Device{}
}

func (d *document) laboratory() string {
	if name := d.bench().Details["laboratory"]; name != "" {
		return line(name)
	}
	return "laboratory not stated"
}

// omitted says how much of a list is left out.
func (d *document) omitted(n int, what string) {
	are := " are"
	if n == 1 {
		are = " is"
	}
	if n > 0 {
		d.paragraph(regular, sizeTable, soft, reports.Count(n, "more "+what)+are+" in record.jsonl.")
	}
}

// end marks the end of the report.
func (d *document) end() {
	d.space(8)
	d.room(16)
	const text = "— End of test report —"
	d.put(left+(inner-d.width(bold, sizeText, text))/2, d.y+5, bold, sizeText, black, text)
	name := "Test report " + d.sheet.id + ", made from record.jsonl"
	d.put(left+(inner-d.width(regular, sizeTable, name))/2, d.y+10, regular, sizeTable, soft, name)
	d.y += 12
}

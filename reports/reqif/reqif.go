// Package reqif writes requirements, specs and the links between them as ReqIF 1.0, which tools for requirements import.
//
// The document has a specification for each catalogue and one for the specs. A requirement and a spec have a verdict, by
// which a tool filters; a relation leads from each spec to each requirement that it observes, and says whether it observes
// the whole of it. Identifiers are made of the requirement's label or the spec's id, so that a tool that imports the
// document of the next run finds the same objects again.
//
// A verdict is what it counts for: if the run as a whole is void, none of them is passed.
//
//	err := reqif.Write(f, run)
package reqif

import (
	"encoding/xml"
	"io"
	"time"

	"otabench/reports"
)

// Write writes a run. Specs that were left out of its selection are in it too, as not run.
func Write(w io.Writer, r *reports.Run) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	d := document{e: xml.NewEncoder(w), run: r, changed: r.Header.Started.UTC().Format(time.RFC3339)}
	d.e.Indent("", " ")
	d.all()
	if d.err == nil {
		d.err = d.e.Close()
	}
	if d.err != nil {
		return d.err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// document is a document that is being written. After an error it writes nothing more.
type document struct {
	e       *xml.Encoder
	err     error
	run     *reports.Run
	changed string // when what is in it changed last: the start of the run
}

func (d *document) all() {
	d.in("REQ-IF", attributes{{"xmlns", "http://www.omg.org/spec/ReqIF/20110401/reqif.xsd"}, {"xmlns:xhtml", "http://www.w3.org/1999/xhtml"}}, func() {
		d.in("THE-HEADER", nil, d.header)
		d.in("CORE-CONTENT", nil, func() {
			d.in("REQ-IF-CONTENT", nil, func() {
				c := contentOf(d.run)
				d.in("DATATYPES", nil, d.datatypes)
				d.in("SPEC-TYPES", nil, d.types)
				d.in("SPEC-OBJECTS", nil, func() { d.objects(c) })
				d.in("SPEC-RELATIONS", nil, func() { d.relations(c) })
				d.in("SPECIFICATIONS", nil, func() { d.specifications(c) })
			})
		})
	})
}

func (d *document) header() {
	h := d.run.Header
	d.in("REQ-IF-HEADER", attributes{{"IDENTIFIER", id("document", h.Run)}}, func() {
		d.leaf("COMMENT", nil, line(d.comment()))
		d.leaf("CREATION-TIME", nil, d.changed)
		d.leaf("REPOSITORY-ID", nil, line(h.Bench))
		d.leaf("REQ-IF-TOOL-ID", nil, "otabench")
		d.leaf("REQ-IF-VERSION", nil, "1.0")
		d.leaf("SOURCE-TOOL-ID", nil, line(h.Tool))
		d.leaf("TITLE", nil, line("Verdicts of run "+h.Run))
	})
}

// comment says what the run as a whole came to.
func (d *document) comment() string {
	text := string(d.run.Status) + ": " + d.run.Totals.String()
	if d.run.Reason != "" {
		text += ". " + d.run.Reason
	}
	return text
}

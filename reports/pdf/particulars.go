package pdf

import (
	"cmp"
	"fmt"
	"strings"

	"otabench/bench/record"
	"otabench/reports"
)

// particulars are what ISO/IEC 17025:2017, 7.8.2.1, asks of every report.
func (d *document) particulars() {
	a, bench := d.Assignment, d.bench()
	d.begin("Particulars of the report")
	d.remark("As ISO/IEC 17025:2017, 7.8.2.1, lists them. What customer, laboratory and person are is stated by the bench file; the suite cannot check it.")
	d.part("Laboratory and customer")
	f := d.facts()
	f.fact("Title", "Test report: over-the-air update of vehicle control units")
	f.fact("Report", d.sheet.id)
	f.fact("Laboratory", line(bench.Details["laboratory"]))
	f.fact("Address", line(a.Address))
	f.fact("Location of the test", line(bench.Details["location"]))
	f.fact("Accreditation", line(a.Accreditation))
	f.fact("Customer", line(a.Customer))
	f.fact("Contact of the customer", line(a.Contact))
	f.fact("Order", line(a.Order))
	f.fact("Authorised by", person(a.AuthorisedBy))
	f.end("")
	d.signature()
	d.part("Dates")
	f = d.facts()
	f.fact("Items received", line(a.Received))
	f.fact("Test begun", date(d.Header.Started))
	if !d.Header.Virtual {
		f.fact("Test ended", date(d.Header.Started.Add(d.Length)))
	}
	f.fact("Length of the test", reports.Took(d.Length)+clock(d.Header.Virtual))
	f.fact("Issued", date(d.issued))
	f.end("")
	d.part("Method")
	f = d.facts()
	f.fact("Method", line(a.Method))
	f.fact("Additions, deviations, exclusions", line(a.Exceptions))
	f.fact("Suite", line(d.Header.Tool))
	f.row(cell{text: "Suite, SHA-256", style: bold, ink: soft}, digest(d.Header.Suite))
	f.fact("Bench", line(d.Header.Bench)+" on host "+line(d.Header.Host))
	f.fact("Bench file", cmp.Or(line(d.Header.File), "embedded bench"))
	f.row(cell{text: "Bench file, SHA-256", style: bold, ink: soft}, digest(d.Header.Digest))
	f.row(cell{text: "Record, SHA-256", style: bold, ink: soft}, digest(d.Digest))
	f.fact("Sampling of the items", line(a.Sampling))
	f.fact("Results from external providers", line(a.External))
	f.end("")
	d.part("Statements")
	d.list(dash, []string{
		"The results relate only to the items that were tested, in the condition in which they were tested.",
		"This report shall not be reproduced except in full without the approval of the laboratory.",
		"Each verdict is derived from record.jsonl by the decision rule of this report, and from nothing else; whoever has the record can derive it again.",
		"The end of this report is marked. A part without that mark is no report.",
	})
}

// signature is where whoever authorises the report signs a print of it.
func (d *document) signature() {
	d.room(18)
	d.y += 11
	d.line(left+inner*0.24, d.y, left+inner*0.7, d.y, soft, 0.2)
	d.put(left+inner*0.24, d.y+3, regular, sizeSmall, soft, "Date and signature of the person who authorises the report")
	d.y += 5
}

func dash(int) string { return "–" }

func clock(virtual bool) string {
	if virtual {
		return ", in virtual time"
	}
	return ", in real time"
}

func digest(text string) cell {
	if text == "" {
		return faint("not stated")
	}
	return code(line(text))
}

func person(p record.Person) string {
	var parts []string
	for _, s := range []string{p.Name, p.Role} {
		if s != "" {
			parts = append(parts, line(s))
		}
	}
	return strings.Join(parts, ", ")
}

// underTest names the units under test.
func (d *document) underTest() (names []string) {
	for _, x := range d.Devices {
		if x.Class == "ecu" {
			names = append(names, named(x))
		}
	}
	shown, more := upTo(names, 6)
	if more > 0 {
		shown = append(shown[:len(shown):len(shown)], fmt.Sprintf("and %d more", more))
	}
	return shown
}

func named(x record.Device) string {
	text := line(x.Role)
	for _, part := range []struct{ name, value string }{{"", x.Model}, {"serial ", x.Serial}, {"software ", x.Firmware}} {
		if part.value != "" {
			text += ", " + part.name + line(part.value)
		}
	}
	if x.Simulated {
		text += " (simulated)"
	}
	return text
}

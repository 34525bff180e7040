package reqif

import (
	"fmt"

	"otabench/reports"
)

// verdicts are the values of the enumeration, in the order of their keys.
var verdicts = []reports.Verdict{
	reports.Passed, reports.Failed, reports.Marginal, reports.Void, reports.Aborted, reports.NotRun, reports.InPart, reports.NotCovered, reports.OutOfScope,
}

// datatype is a data type of ReqIF, as its names have it.
type datatype string

const (
	text   datatype = "STRING"
	markup datatype = "XHTML"
	choice datatype = "ENUMERATION" // of verdicts
)

// kind is a type of objects, relations or specifications.
type kind struct {
	element string // of ReqIF
	name    string
	columns []column
}

// column is an attribute of a kind. Names that begin with ReqIF are those that tools agree on; stimulus and reason are what
// "otabench catalogue import" reads.
type column struct {
	name string
	datatype
}

var (
	requirement = kind{"SPEC-OBJECT-TYPE", "Requirement", []column{
		{"ReqIF.ForeignID", text},
		{"ReqIF.Name", text},
		{"ReqIF.Text", markup},
		{"stimulus", text},
		{"Verdict", choice},
		{"Specs", text},
		{"reason", text},
	}}
	testCase = kind{"SPEC-OBJECT-TYPE", "Test case", []column{
		{"ReqIF.ForeignID", text},
		{"ReqIF.Name", text},
		{"ReqIF.Text", markup},
		{"Verdict", choice},
		{"Reasons", text},
		{"Source", text},
		{"Run", text},
	}}
	// Extent is a text, because not every reader knows other attributes of a relation.
	verifies      = kind{"SPEC-RELATION-TYPE", "verifies", []column{{"Extent", text}}}
	specification = kind{"SPECIFICATION-TYPE", "Specification", []column{{"ReqIF.Description", text}}}
)

func (k kind) id() string                    { return id("type", k.name) }
func (k kind) column(name string) string     { return id("column", k.name, name) }
func (t datatype) id() string                { return id("datatype", string(t)) }
func (t datatype) definition() string        { return "DATATYPE-DEFINITION-" + string(t) }
func (t datatype) attribute() string         { return "ATTRIBUTE-DEFINITION-" + string(t) }
func valueID(verdict reports.Verdict) string { return id("verdict", string(verdict)) }

func (d *document) datatypes() {
	d.in(text.definition(), append(d.identified(text.id(), "Text"), [2]string{"MAX-LENGTH", fmt.Sprint(maxLength)}), func() {})
	d.in(markup.definition(), d.identified(markup.id(), "Marked-up text"), func() {})
	d.in(choice.definition(), d.identified(choice.id(), "Verdict"), func() {
		d.in("SPECIFIED-VALUES", nil, func() {
			for key, v := range verdicts {
				d.in("ENUM-VALUE", d.identified(valueID(v), string(v)), func() {
					d.in("PROPERTIES", nil, func() {
						d.in("EMBEDDED-VALUE", attributes{{"KEY", fmt.Sprint(key)}, {"OTHER-CONTENT", ""}}, func() {})
					})
				})
			}
		})
	})
}

func (d *document) types() {
	for _, k := range []kind{requirement, testCase, verifies, specification} {
		d.in(k.element, d.identified(k.id(), k.name), func() {
			d.in("SPEC-ATTRIBUTES", nil, func() {
				for _, c := range k.columns {
					d.attribute(k, c)
				}
			})
		})
	}
}

func (d *document) attribute(k kind, c column) {
	with := d.identified(k.column(c.name), c.name)
	if c.datatype == choice {
		with = append(with, [2]string{"MULTI-VALUED", "false"})
	}
	d.in(c.attribute(), with, func() { d.of("TYPE", c.definition()+"-REF", c.id()) })
}

// values writes the values of an object in the order of its kind's columns. A verdict is given as it is, all else as text.
func (d *document) values(k kind, values ...string) {
	d.in("VALUES", nil, func() {
		for i, c := range k.columns {
			d.value(k, c, values[i])
		}
	})
}

func (d *document) value(k kind, c column, value string) {
	definition := func() { d.of("DEFINITION", c.attribute()+"-REF", k.column(c.name)) }
	name := "ATTRIBUTE-VALUE-" + string(c.datatype)
	switch c.datatype {
	case choice:
		d.in(name, nil, func() {
			definition()
			d.of("VALUES", "ENUM-VALUE-REF", valueID(reports.Verdict(value)))
		})
	case markup:
		d.in(name, nil, func() {
			definition()
			d.in("THE-VALUE", nil, func() { d.leaf("xhtml:div", nil, line(value)) })
		})
	default:
		d.in(name, attributes{{"THE-VALUE", line(value)}}, definition)
	}
}

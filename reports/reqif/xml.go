package reqif

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"strings"

	"otabench/reports/visible"
)

// attributes are names and values.
type attributes [][2]string

// in writes an element with what body writes within it.
func (d *document) in(name string, with attributes, body func()) {
	start := xml.StartElement{Name: xml.Name{Local: name}}
	for _, a := range with {
		start.Attr = append(start.Attr, xml.Attr{Name: xml.Name{Local: a[0]}, Value: a[1]})
	}
	d.token(start)
	body()
	d.token(start.End())
}

// leaf writes an element with a text.
func (d *document) leaf(name string, with attributes, text string) {
	d.in(name, with, func() { d.token(xml.CharData(text)) })
}

// of writes an element that holds one reference to another one.
func (d *document) of(name, kind, id string) {
	d.in(name, nil, func() { d.leaf(kind, nil, id) })
}

// identified are the attributes of whatever has an identifier.
func (d *document) identified(id, name string) attributes {
	return attributes{{"IDENTIFIER", id}, {"LAST-CHANGE", d.changed}, {"LONG-NAME", name}}
}

func (d *document) token(t xml.Token) {
	if d.err == nil {
		d.err = d.e.EncodeToken(t)
	}
}

// id is an identifier as XML has it, made of names that may hold anything.
func id(names ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	return "_" + hex.EncodeToString(sum[:16])
}

// maxLength bounds a text; what visible makes of a character has up to eight.
const maxLength = 16000

func line(s string) string { return visible.Line(s, maxLength/10) }

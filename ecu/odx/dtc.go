package odx

import (
	"maps"
	"slices"
	"strings"

	"otabench/ecu/description"
)

// troubleCodes takes over the trouble codes of all DTC-DOPs that the layer has.
func (d *describer) troubleCodes() {
	known := map[uint32]string{}
	for _, name := range slices.Sorted(maps.Keys(d.types)) {
		if dop := d.types[name]; dop.name == "DTC-DOP" {
			d.troubleCodesOf(dop, known, nil, 0)
		}
	}
}

// troubleCodesOf takes over those of one DTC-DOP and of those that it links to, without the names that are left out.
func (d *describer) troubleCodesOf(dop *element, known map[uint32]string, without map[string]bool, depth int) {
	if depth > maxNest || !d.step() {
		d.note(dop, "DTC-DOP %s links to itself, or through too many others", clean(dop.shortName()))
		return
	}
	if list := dop.child("DTCS"); list != nil {
		for _, c := range list.children {
			if c.name == "DTC-REF" {
				c = d.follow(c)
			}
			if c != nil && !without[c.shortName()] && d.step() {
				d.troubleCode(c, known)
			}
		}
	}
	for link := range dop.all("LINKED-DTC-DOPS", "LINKED-DTC-DOP") {
		left := maps.Clone(without)
		if left == nil {
			left = map[string]bool{}
		}
		for n := range link.all("NOT-INHERITED-DTC-SNREFS", "NOT-INHERITED-DTC-SNREF") {
			left[n.attr("SHORT-NAME")] = true
		}
		if to := d.dataObject(link, "DTC-DOP"); to != nil && to.name == "DTC-DOP" {
			d.troubleCodesOf(to, known, left, depth+1)
		}
	}
}

func (d *describer) troubleCode(c *element, known map[uint32]string) {
	code, ok := c.number("TROUBLE-CODE")
	if !ok || code < 1 || code > 0xFFFFFF {
		number := clean(c.value("TROUBLE-CODE"))
		d.note(c, "trouble code %s is left out: %q is not from 1 to 16777215", clean(c.shortName()), number)
		return
	}
	text := clean(c.value("TEXT"))
	if text == "" {
		text = c.label()
	}
	if shown := clean(c.value("DISPLAY-TROUBLE-CODE")); shown != "" && !strings.Contains(text, shown) {
		text = shown + " " + text
	}
	if other, there := known[uint32(code)]; there {
		if d.ecu.DTCs[other].Text != text {
			d.note(c, "trouble code %06X has another text here, %q, which is left out", code, text)
		}
		return
	}
	name := d.unique(kindDTC, snake(words(c.shortName())), code, 6)
	known[uint32(code)] = name
	d.ecu.DTCs[name] = description.DTC{Code: uint32(code), Text: text}
}

package odx

import (
	"slices"
	"strings"
)

// parameter is a communication parameter with the values that hold for a variant.
type parameter struct {
	at       *element   // where they stand
	values   [][]string // one row; more for a table
	fallback bool       // they are the parameter's own defaults
}

// parameters are the communication parameters of a variant over one protocol, by short name.
type parameters map[string]parameter

// parametersOf collects them: what is nearer to the variant overrides what it inherits, and what is said for the
// protocol overrides what is said for all. Below them are the defaults of the protocol's specification.
func (d *describer) parametersOf(p *layer) parameters {
	all := parameters{}
	if p != nil {
		d.defaults(p, all)
	}
	for _, specific := range []bool{false, true} {
		for _, l := range slices.Backward(d.layer.ancestors()) {
			if l.kind == protocol && l != p {
				continue
			}
			for ref := range l.at.all("COMPARAM-REFS", "COMPARAM-REF") {
				only := ref.child("PROTOCOL-SNREF").attr("SHORT-NAME")
				if (only != "") == specific && (only == "" || p != nil && only == p.name) {
					d.instance(ref, all)
				}
			}
		}
	}
	return all
}

// instance takes the values of a COMPARAM-REF. Its definition is often in a document that is not delivered, so that the
// name has to be found in the reference.
func (d *describer) instance(ref *element, all parameters) {
	name := ref.attr("ID-REF")
	name = name[strings.LastIndexByte(name, '.')+1:]
	if spec, err := d.db.refer(ref); err == nil {
		name = spec.shortName()
	}
	p := parameter{at: ref}
	if v := ref.child("COMPLEX-VALUE"); v != nil {
		p.values = rowsOf(v)
	} else {
		value := ref.value("SIMPLE-VALUE")
		if value == "" {
			value = ref.value("VALUE") // of ODX 2.0.0
		}
		p.values = [][]string{{value}}
	}
	all[name] = p
}

// rowsOf reads a complex value: its parts, or rows of parts.
func rowsOf(v *element) [][]string {
	var row []string
	var rows [][]string
	for _, c := range v.children {
		switch c.name {
		case "SIMPLE-VALUE":
			row = append(row, c.text)
		case "COMPLEX-VALUE":
			rows = append(rows, rowsOf(c)...)
		}
	}
	if len(row) > 0 {
		rows = append(rows, row)
	}
	return rows
}

// defaults adds the defaults of the documents that a protocol's COMPARAM-SPEC refers to.
func (d *describer) defaults(p *layer, all parameters) {
	ref := p.at.child("COMPARAM-SPEC-REF")
	if ref == nil {
		return
	}
	spec := d.follow(ref)
	if spec == nil {
		return
	}
	stack := spec.child("PROT-STACKS", "PROT-STACK")
	if named := p.at.child("PROT-STACK-SNREF").attr("SHORT-NAME"); named != "" {
		for s := range spec.all("PROT-STACKS", "PROT-STACK") {
			if s.shortName() == named {
				stack = s
			}
		}
	}
	sets := []*element{spec} // ODX 2.0 has no subsets
	for ref := range stack.all("COMPARAM-SUBSET-REFS", "COMPARAM-SUBSET-REF") {
		if set := d.follow(ref); set != nil {
			sets = append(sets, set)
		}
	}
	for _, set := range sets {
		for c := range set.all("COMPARAMS", "COMPARAM") {
			all[c.shortName()] = parameter{at: c, values: [][]string{{c.value("PHYSICAL-DEFAULT-VALUE")}}, fallback: true}
		}
		for c := range set.all("COMPLEX-COMPARAMS", "COMPLEX-COMPARAM") {
			var row []string
			for part := range c.all("COMPARAM") {
				row = append(row, part.value("PHYSICAL-DEFAULT-VALUE"))
			}
			all[c.shortName()] = parameter{at: c, values: [][]string{row}, fallback: true}
		}
	}
}

package odx

import (
	"slices"
	"strconv"

	"otabench/ecu/description"
)

// Limits of what one message and one description may be made of. Structures may hold each other many times over.
const (
	maxParts = 4092
	maxNest  = 32
	maxSteps = 1 << 20 // parameters and items that are looked at, for one description
)

// layout is a message, a structure or a row of a table, taken apart into what lies where.
type layout struct {
	parts []part
	end   int  // the first byte behind what was placed
	open  bool // something reaches to the end, so nothing can follow
}

// walker lays out the parameters of one message.
type walker struct {
	*describer
	*layout
	inside []*element // structures that are being laid out
	full   bool
}

// layOut lays out a REQUEST, POS-RESPONSE, STRUCTURE or simple DOP from a byte on.
func (d *describer) layOut(e *element, from int) *layout {
	w := &walker{describer: d, layout: &layout{end: from}}
	if e.child("PARAMS") != nil || e.name == "REQUEST" || e.name == "POS-RESPONSE" {
		w.params(e, from, "")
	} else {
		w.object(e, part{at: e, name: clean(e.shortName()), byte: from}, "")
	}
	return w.layout
}

// params lays out the parameters of a message or structure that begins at a byte.
func (w *walker) params(e *element, origin int, prefix string) {
	for p := range e.all("PARAMS", "PARAM") {
		if w.full = w.full || !w.step() || len(w.parts) >= maxParts; w.full {
			w.note(p, "%s is too long to be laid out", clean(e.shortName()))
			return
		}
		at := w.end
		if n, ok := p.number("BYTE-POSITION"); ok && n >= 0 && origin+n < maxBits/8 {
			at = origin + n
		} else if w.open {
			w.note(p, "%s%s is left out: it follows something of unknown length", prefix, clean(p.shortName()))
			return
		}
		bit, _ := p.number("BIT-POSITION")
		w.param(p, part{at: p, name: prefix + clean(p.shortName()), byte: at, bit: min(max(bit, 0), 7)}, prefix)
	}
}

func (w *walker) param(p *element, at part, prefix string) {
	switch kind := p.attr("type"); kind {
	case "CODED-CONST":
		w.codedConst(p, at)
	case "VALUE", "PHYS-CONST", "LENGTH-KEY", "SYSTEM":
		w.value(p, at, prefix)
	case "RESERVED":
		n, _ := p.number("BIT-LENGTH")
		at.hidden, at.shape.bits = true, min(max(n, 1), maxBits)
		w.place(at)
	case "MATCHING-REQUEST-PARAM":
		n, _ := p.number("BYTE-LENGTH")
		at.hidden, at.shape.bits = true, 8*min(max(n, 1), maxBits/8)
		w.place(at)
	case "TABLE-KEY":
		w.tableKey(p, at)
	case "TABLE-STRUCT":
		at.row, at.shape.codec.Format = true, description.Hex
		w.place(at)
	default: // NRC-CONST stands in negative responses, DYNAMIC and TABLE-ENTRY in requests of 0x2C
		w.note(p, "%s is left out: parameters of type %s have no place in a description", at.name, clean(kind))
		w.open = true
	}
}

// place puts a part where it says, with its length before it if it has one.
func (w *walker) place(p part) {
	if p.byte+max(p.length(), 1) > maxBits/8 || len(w.parts) >= maxParts {
		w.full = true
		return
	}
	if p.shape.lead > 0 {
		length := p
		length.name += "_length"
		length.shape = shape{bits: p.shape.lead, codec: description.Codec{Format: description.Uint}}
		if p.shape.lead%8 == 0 {
			length.shape.codec.Length = p.shape.lead / 8
		}
		w.place(length)
		p.byte, p.bit, p.shape.lead = p.byte+length.length(), 0, 0
	}
	w.parts = append(w.parts, p)
	if p.shape.bits == 0 {
		w.open = true
		w.end = max(w.end, p.byte)
		return
	}
	w.end = max(w.end, p.byte+p.length())
}

func (w *walker) codedConst(p *element, at part) {
	c := readCoded(p.child("DIAG-CODED-TYPE"))
	at.shape = shape{codec: c.codec(), bits: c.bits}
	at.constant = at.shape.encode(p.value("CODED-VALUE"), true)
	at.fixed = true
	if at.constant == nil {
		w.note(p, "%s: its constant %q does not fit its type", at.name, clean(p.value("CODED-VALUE")))
	}
	w.place(at)
}

func (w *walker) value(p *element, at part, prefix string) {
	dop := w.dataObject(p, "DOP")
	if dop == nil {
		w.open = true
		return
	}
	w.object(dop, at, prefix)
}

// dataObject follows DOP-REF or DOP-SNREF, and those of other names; nil if it leads nowhere, which is noted.
func (d *describer) dataObject(p *element, name string) *element {
	if ref := p.child(name + "-REF"); ref != nil {
		return d.follow(ref)
	}
	ref := p.child(name + "-SNREF")
	if ref == nil {
		d.note(p, "%s is left out: it has no %s-REF", clean(p.shortName()), name)
		return nil
	}
	if dop, ok := d.types[ref.attr("SHORT-NAME")]; ok {
		return dop
	}
	d.note(ref, "%s leads to %q, which %s does not have", ref.name, clean(ref.attr("SHORT-NAME")), d.layer.name)
	return nil
}

// object lays out whatever a parameter refers to.
func (w *walker) object(dop *element, at part, prefix string) {
	switch dop.name {
	case "DATA-OBJECT-PROP", "DTC-DOP":
		w.simple(dop, at)
	case "STRUCTURE", "ENV-DATA":
		w.structure(dop, at.byte, at.name+"_")
	case "STATIC-FIELD":
		w.staticField(dop, at)
	default: // END-OF-PDU-FIELD, DYNAMIC-LENGTH-FIELD, DYNAMIC-ENDMARKER-FIELD, MUX, ENV-DATA-DESC
		w.group("parts that repeat or depend on others are shown as bytes", at.name+" ("+clean(dop.name)+")")
		at.shape.codec.Format = description.Hex
		w.place(at)
	}
}

func (w *walker) simple(dop *element, at part) {
	at.shape = w.shapeOf(dop)
	for _, c := range []struct {
		value string
		fixed bool
	}{{"PHYS-CONSTANT-VALUE", true}, {"PHYSICAL-DEFAULT-VALUE", false}} {
		if v := at.at.child(c.value); v != nil {
			at.constant, at.fixed = at.shape.encode(v.text, false), c.fixed
		}
	}
	w.place(at)
}

func (w *walker) structure(s *element, from int, prefix string) {
	if slices.Contains(w.inside, s) || len(w.inside) >= maxNest {
		w.note(s, "%s %s holds itself, or is nested too deep", s.name, clean(s.shortName()))
		w.open = true
		return
	}
	w.inside = append(w.inside, s)
	before, open := w.end, w.open
	w.end, w.open = from, false
	w.params(s, from, prefix)
	w.inside = w.inside[:len(w.inside)-1]
	if size, ok := s.number("BYTE-SIZE"); ok && size >= 0 && size < maxBits/8 {
		w.end, w.open = max(w.end, from+size), false
	}
	w.end, w.open = max(w.end, before), w.open || open
}

// staticField repeats a structure a fixed number of times.
func (w *walker) staticField(f *element, at part) {
	count, _ := f.number("FIXED-NUMBER-OF-ITEMS")
	size, _ := f.number("ITEM-BYTE-SIZE")
	item := w.dataObject(f, "BASIC-STRUCTURE")
	fits := count >= 1 && size >= 1 && count <= maxParts && size <= maxBits/8 && at.byte+count*size <= maxBits/8
	if item == nil || item.name != "STRUCTURE" || !fits {
		w.note(f, "%s is left out: STATIC-FIELD %s has no items that fit a message", at.name, clean(f.shortName()))
		w.open = true
		return
	}
	for i := range count {
		if w.full = w.full || !w.step(); w.full {
			return
		}
		w.structure(item, at.byte+i*size, at.name+"_"+strconv.Itoa(i+1)+"_")
	}
	w.end, w.open = max(w.end, at.byte+count*size), false
}

// tableKey takes as much room as the keys of its table do.
func (w *walker) tableKey(p *element, at part) {
	table := w.tableOf(p)
	if table == nil {
		w.open = true
		return
	}
	key := w.dataObject(table, "KEY-DOP")
	if key == nil || key.name != "DATA-OBJECT-PROP" {
		w.open = true
		return
	}
	at.shape = w.shapeOf(key)
	w.place(at)
}

// tableOf is the table of a TABLE-KEY, which refers to it or to one of its rows.
func (d *describer) tableOf(p *element) *element {
	for _, name := range []string{"TABLE-REF", "TABLE-ROW-REF"} {
		ref := p.child(name)
		if ref == nil {
			continue
		}
		at := d.follow(ref)
		if at != nil && at.name == "TABLE-ROW" {
			at = at.parent
		}
		if at != nil && at.name != "TABLE" {
			d.note(ref, "%s leads to %s, which is no table", name, at.name)
			return nil
		}
		return at
	}
	if ref := p.child("TABLE-SNREF"); ref != nil {
		if t, ok := d.tables[ref.attr("SHORT-NAME")]; ok {
			return t
		}
	}
	d.note(p, "%s is left out: its table is not there", clean(p.shortName()))
	return nil
}

package odx

import (
	"fmt"
	"strings"

	"otabench/ecu/description"
)

// shape is how a value reads, wherever it lies.
type shape struct {
	codec description.Codec
	bits  int // 0 reaches to the end
	lead  int // bits of a length in front of it
	// number says that it is a number although it is shown as hexadecimal digits.
	number bool
}

// shapeOf reads a DATA-OBJECT-PROP or DTC-DOP. What is lost is noted once, however often the DOP is used.
func (d *describer) shapeOf(dop *element) shape {
	if known, ok := d.shapes[dop]; ok {
		return known
	}
	c := readCoded(dop.child("DIAG-CODED-TYPE"))
	s := shape{codec: c.codec(), bits: c.bits, lead: c.lead}
	losses := []string{c.loss, compute(&s.codec, dop.child("COMPU-METHOD"))}
	s.codec.Unit = d.unit(dop, s.codec)
	d.constraints(dop, &s)
	s.radix(dop)
	if dop.name == "DTC-DOP" && s.bits == 24 && !s.codec.LittleEndian {
		s.codec, s.number = description.Codec{Format: description.Hex, Length: 3}, true
	}
	for _, loss := range losses {
		if loss != "" {
			d.note(dop, "%s %s: %s", dop.name, clean(dop.shortName()), loss)
		}
	}
	d.shapes[dop] = s
	return s
}

// radix shows numbers of whole bytes as hexadecimal digits where the physical type wants that.
func (s *shape) radix(dop *element) {
	plain := s.codec.Format == description.Uint && !s.codec.LittleEndian && s.codec.Scale == 0 && s.codec.Offset == 0 &&
		len(s.codec.Values) == 0 && s.codec.Unit == ""
	if plain && s.bits > 8 && s.bits%8 == 0 && dop.child("PHYSICAL-TYPE").attr("DISPLAY-RADIX") == "HEX" {
		s.codec.Format, s.number = description.Hex, true
	}
}

// unit is how the unit of a DOP is written.
func (d *describer) unit(dop *element, c description.Codec) string {
	ref := dop.child("UNIT-REF")
	if ref == nil {
		return ""
	}
	u := d.follow(ref)
	if u == nil {
		return ""
	}
	name := clean(u.value("DISPLAY-NAME"))
	if name == "" {
		name = clean(u.shortName())
	}
	if c.Format != description.Uint && c.Format != description.Int && c.Format != description.Float {
		return "" // bytes and text have none
	}
	return name
}

// constraints names numbers that are no values, such as "not available", and notes limits.
func (d *describer) constraints(dop *element, s *shape) {
	number := s.codec.Format == description.Uint || s.codec.Format == description.Int
	if constr := dop.child("INTERNAL-CONSTR"); constr != nil {
		for scale := range constr.all("SCALE-CONSTRS", "SCALE-CONSTR") {
			validity := scale.attr("VALIDITY")
			name := clean(scale.value("SHORT-LABEL"))
			if name == "" {
				name = strings.ToLower(strings.ReplaceAll(clean(validity), "-", " "))
			}
			low, high, ok := limits(scale)
			if validity != "VALID" && (!number || !ok || name == "" || !nameAll(&s.codec, low, high, name)) {
				d.note(scale, "%s %s: numbers that are %s are not named", dop.name, clean(dop.shortName()), name)
			}
		}
		d.limited(dop, constr)
	}
	if constr := dop.child("PHYS-CONSTR"); constr != nil {
		d.limited(dop, constr)
	}
}

func (d *describer) limited(dop, constr *element) {
	lower, upper := constr.value("LOWER-LIMIT"), constr.value("UPPER-LIMIT")
	if lower == "" && upper == "" {
		return
	}
	limits := fmt.Sprintf("%s from %s to %s", clean(dop.shortName()), orNone(lower), orNone(upper))
	d.group("limits of values are not checked", limits)
}

func orNone(limit string) string {
	if limit = clean(limit); limit == "" {
		return "any"
	}
	return limit
}

package odx

import (
	"fmt"
	"strconv"
	"strings"

	"otabench/ecu/description"
)

// Sub-functions of RoutineControl.
const startRoutine = 0x01

// routine takes over the routines that a service controls. The start says which options they take and how their status
// record reads; the other sub-functions give only the number.
func (d *describer) routine(m *message) {
	kind, ok := m.known.number(1, 1)
	if !ok {
		d.note(m.at, "service %s: whether it starts the routine is a parameter; it is taken to start it", m.name)
		kind = startRoutine
	}
	for _, c := range d.choices(m, 2, 2) {
		if c.number < 1 || c.number > 0xFFFF {
			d.note(m.at, "service %s: routine %04X is not accepted by descriptions", m.name, c.number)
			continue
		}
		name := d.routineName(uint16(c.number), c.name)
		r := d.ecu.Routines[name]
		r.ID = uint16(c.number)
		if kind&^suppress == startRoutine {
			r.Options = d.options(m, c)
			r.Status, _ = d.record(m, m.response, c.row, header)
			r.Values, r.Status = meanings(r.Status)
		}
		d.ecu.Routines[name] = r
	}
}

// meanings takes what status records mean from their first field, if it has names for its numbers. A field that is all of
// the record says no more than that.
func meanings(status []description.Field) (map[description.Bytes]string, []description.Field) {
	if len(status) == 0 || len(status[0].Values) == 0 || status[0].Byte != 0 || status[0].Length == 0 {
		return nil, status
	}
	values := map[description.Bytes]string{}
	for n, name := range status[0].Values {
		raw := description.Codec{Format: status[0].Format, Length: status[0].Length, LittleEndian: status[0].LittleEndian}
		if data, err := raw.Encode(strconv.FormatInt(n, 10)); err == nil {
			values[description.Bytes(fmt.Sprintf("%X", data))] = name
		}
	}
	if len(status) == 1 {
		status = nil
	}
	return values, status
}

// options makes the option record of constants and defaults. What a tester has to choose is noted.
func (d *describer) options(m *message, c choice) string {
	l := m.request
	if c.row != nil && m.response == nil {
		l = d.withRow(l, c.row)
	}
	var open []string
	for _, p := range l.parts {
		if p.byte >= header && p.constant == nil && !p.hidden {
			open = append(open, snake(words(p.name)))
		}
	}
	if len(open) > 0 {
		d.note(m.at, "routine %04X: its options have to be completed with %s", c.number, strings.Join(open, ", "))
		return ""
	}
	if l.end <= header {
		return ""
	}
	return fmt.Sprintf("%X", l.constants(l.end, true).bytes[header:])
}

// routineName finds the name that a number has, here or in the standard, or makes one.
func (d *describer) routineName(id uint16, short string) string {
	for name, r := range d.ecu.Routines {
		if r.ID == id {
			return name
		}
	}
	name := bare(kindRoutine, short)
	for standard, known := range description.StandardRoutines() {
		if known.ID == id {
			d.group("names of the standard in place of those of the file", fmt.Sprintf("%s is %s", standard, clean(short)))
			return standard
		}
		if standard == name {
			name = fmt.Sprintf("%s_%04x", name, id)
		}
	}
	return d.unique(kindRoutine, name, int(id), 4)
}

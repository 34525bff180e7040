package odx

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"otabench/ecu/description"
	"otabench/ecu/uds"
)

// message is a service with its request and its first positive response laid out.
type message struct {
	at       *element // DIAG-SERVICE
	name     string
	sid      byte
	request  *layout
	response *layout // nil if there is none
	known    known   // of the request
}

// header is the longest beginning of a request that says what it is about.
const header = 4

// messages lays out the services of the variant, those that read before those that write.
func (d *describer) messages() []*message {
	var all []*message
	for _, s := range d.services() {
		if m := d.message(s); m != nil {
			all = append(all, m)
		}
	}
	slices.SortStableFunc(all, func(a, b *message) int { return int(a.sid) - int(b.sid) })
	return all
}

// message lays out one service; nil if it does not begin with what tells which it is.
func (d *describer) message(s *element) *message {
	m := &message{at: s, name: clean(s.shortName())}
	request := d.dataObject(s, "REQUEST")
	if request == nil {
		return nil
	}
	m.request = d.layOut(request, 0)
	m.known = m.request.constants(header, false)
	sid, ok := m.known.number(0, 1)
	if !ok {
		d.note(s, "service %s is left out: its request does not begin with a constant", m.name)
		return nil
	}
	m.sid = byte(sid)
	for ref := range s.all("POS-RESPONSE-REFS", "POS-RESPONSE-REF") {
		if m.response != nil {
			d.note(ref, "service %s has several positive responses; the first is taken", m.name)
			break
		}
		if r := d.follow(ref); r != nil {
			m.response = d.layOut(r, 0)
		}
	}
	return m
}

// take takes over what a service says.
func (d *describer) take(m *message) {
	d.conditions(m)
	switch m.sid {
	case uds.SIDDiagnosticSessionControl:
		d.sessions(m)
	case uds.SIDECUReset:
		d.resets(m)
	case uds.SIDReadDataByIdentifier:
		d.identifiers(m, m.response, false)
	case uds.SIDWriteDataByIdentifier:
		d.identifiers(m, m.request, true)
	case uds.SIDSecurityAccess:
		d.levels(m)
	case uds.SIDRoutineControl:
		d.routine(m)
	default:
		text := fmt.Sprintf("%s (%02X)", m.name, m.sid)
		if strings.HasPrefix(uds.ServiceName(m.sid), "service ") {
			d.group("services that ISO 14229-1 does not have are left out", text)
			return
		}
		d.group("services that need no description, or have no place in one", text)
	}
}

// conditions tells which states of the ECU a service needs, of which a description knows nothing.
func (d *describer) conditions(m *message) {
	for ref := range m.at.all("PRE-CONDITION-STATE-REFS", "PRE-CONDITION-STATE-REF") {
		if state := d.follow(ref); state != nil && state.parent != nil && state.parent.parent != nil {
			chart := clean(state.parent.parent.shortName())
			d.group(fmt.Sprintf("services that need state %s of %s", clean(state.shortName()), chart), m.name)
		}
	}
}

// choice is one of the things that a service is about, such as a data identifier.
type choice struct {
	number int
	name   string
	row    *element // TABLE-ROW that says how it reads
}

// choices finds what stands at a place of a request: a constant, one of the texts of a table of texts, or a key of a
// table.
func (d *describer) choices(m *message, at, length int) []choice {
	if n, ok := m.known.number(at, length); ok {
		return []choice{{number: n, name: m.name}}
	}
	for _, p := range m.request.parts {
		switch {
		case p.byte != at || p.bit != 0:
		case p.at.attr("type") == "TABLE-KEY":
			return d.rows(p)
		case len(p.shape.codec.Values) > 0 && p.length() == length:
			var all []choice
			for _, n := range slices.Sorted(maps.Keys(p.shape.codec.Values)) {
				all = append(all, choice{number: int(n), name: p.shape.codec.Values[n]})
			}
			return all
		}
	}
	if !m.request.open && m.request.end < at+length {
		d.note(m.at, "service %s is left out: its request has %d bytes, and %02X has at least %d", m.name,
			m.request.end, m.sid, at+length)
		return nil
	}
	d.note(m.at, "service %s is left out: what it is about is a parameter, and the file lists no values", m.name)
	return nil
}

// rows are the rows of the table that a key chooses from.
func (d *describer) rows(p part) []choice {
	table := d.tableOf(p.at)
	if table == nil {
		return nil
	}
	var one *element
	if ref := p.at.child("TABLE-ROW-REF"); ref != nil {
		one = d.follow(ref)
	}
	var all []choice
	for row := range table.all("TABLE-ROW") {
		if one != nil && row != one {
			continue
		}
		key := p.shape.encode(row.value("KEY"), false)
		k := known{make([]byte, len(key)), make([]byte, len(key))}
		k.put(part{shape: p.shape, constant: key})
		n, ok := k.number(0, len(key))
		if key == nil || !ok || len(key) > 2 {
			d.note(row, "row %s is left out: its KEY %q does not fit", clean(row.shortName()), clean(row.value("KEY")))
			continue
		}
		all = append(all, choice{number: n, name: clean(row.shortName()), row: row})
	}
	return all
}

// record makes fields of what lies behind the header of a message; rows lie where the message has a place for them.
func (d *describer) record(m *message, l *layout, row *element, start int) (fields []description.Field, length int) {
	if l == nil {
		return nil, 0
	}
	if row != nil {
		l = d.withRow(l, row)
	}
	names := map[string]bool{}
	for _, p := range l.parts {
		if p.hidden || p.byte < start {
			continue
		}
		if p.row {
			d.group("parts that repeat or depend on others are shown as bytes", p.name+" (TABLE-STRUCT)")
		}
		f, loss := p.field(d.fieldName(names, p.name), start)
		if loss != "" {
			d.note(p.at, "%s of %s %s", f.Name, m.name, loss)
		}
		fields = append(fields, f)
	}
	if !l.open && l.end > start {
		length = l.end - start
	}
	return fields, length
}

// withRow puts what a row of a table says in the place that a message has for it.
func (d *describer) withRow(l *layout, row *element) *layout {
	at := l.end
	all := &layout{open: l.open}
	for _, p := range l.parts {
		if p.row {
			at = p.byte
			continue
		}
		all.parts = append(all.parts, p)
	}
	for _, name := range []string{"STRUCTURE", "DATA-OBJECT-PROP"} {
		if row.child(name+"-REF") == nil && row.child(name+"-SNREF") == nil {
			continue
		}
		if o := d.dataObject(row, name); o != nil {
			inner := d.layOut(o, at)
			all.parts = append(all.parts, inner.parts...)
			all.end, all.open = inner.end, inner.open
		}
	}
	return all
}

// fieldName makes the name of a field, which no other of the record has.
func (d *describer) fieldName(taken map[string]bool, short string) string {
	name := snake(words(short))
	if name == "" {
		name = "field"
	}
	for base, i := name, 2; taken[name]; i++ {
		name = fmt.Sprintf("%s_%d", base, i)
	}
	taken[name] = true
	return name
}

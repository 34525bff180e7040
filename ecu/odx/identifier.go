package odx

import (
	"fmt"
	"reflect"

	"otabench/ecu/description"
)

// identifiers takes over the data identifiers that a service reads or writes.
func (d *describer) identifiers(m *message, l *layout, write bool) {
	const start = 3 // behind the service and the identifier
	for _, c := range d.choices(m, 1, 2) {
		if c.number < 1 || c.number > 0xFFFF {
			d.note(m.at, "service %s: data identifier %04X is not accepted by descriptions", m.name, c.number)
			continue
		}
		did := d.identifier(m, l, c, start)
		did.Writable = write
		d.keep(m, c, did, write)
	}
}

// identifier makes a data identifier of a record. One field that is all of it needs no name.
func (d *describer) identifier(m *message, l *layout, c choice, start int) description.DID {
	did := description.DID{ID: uint16(c.number)}
	fields, length := d.record(m, l, c.row, start)
	switch {
	case len(fields) == 1 && fields[0].Byte == 0 && fields[0].Bits == 0 && (length == 0 || fields[0].Length == length):
		did.Codec = fields[0].Codec
	case len(fields) > 0:
		did.Fields, did.Length = fields, length
	default:
		did.Codec = description.Codec{Format: description.Hex, Length: length}
	}
	return did
}

// keep adds an identifier, or says of one that is there that it can be written as well.
func (d *describer) keep(m *message, c choice, did description.DID, write bool) {
	if name, there := d.dids[did.ID]; there {
		old := d.ecu.Identifiers[name]
		did.Writable = did.Writable || old.Writable
		old.Writable = did.Writable
		if !reflect.DeepEqual(old, did) {
			d.note(m.at, "service %s: %s is there with other fields already, which stay", m.name, name)
		}
		d.ecu.Identifiers[name] = old
		return
	}
	if write {
		d.group("identifiers that can be written and not read", fmt.Sprintf("%04X", did.ID))
	}
	name := d.identifierName(did.ID, c.name)
	d.dids[did.ID] = name
	d.ecu.Identifiers[name] = did
}

// identifierName keeps the names of the standard for its own identifiers, by which other parts ask for them.
func (d *describer) identifierName(id uint16, short string) string {
	name := bare(kindIdentifier, short)
	for standard, known := range description.Standard() {
		if known.ID == id {
			d.group("names of the standard in place of those of the file", fmt.Sprintf("%s is %s", standard, clean(short)))
			return standard
		}
		if standard == name {
			name = fmt.Sprintf("%s_%04x", name, id)
		}
	}
	return d.unique(kindIdentifier, name, int(id), 4)
}

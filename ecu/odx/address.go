package odx

import (
	"fmt"
	"slices"
	"strings"

	"otabench/can"
)

// Communication parameters of addressing over CAN (ISO 22900-2).
const (
	uniqueTable    = "CP_UniqueRespIdTable"
	physicalFormat = "CP_CanPhysReqFormat"
	physicalID     = "CP_CanPhysReqId"
	physicalByte   = "CP_CanPhysReqExtAddr"
	responseFormat = "CP_CanRespUSDTFormat"
	responseID     = "CP_CanRespUSDTId"
	responseByte   = "CP_CanRespUSDTExtAddr"
	layerName      = "CP_ECULayerShortName"
	functionFormat = "CP_CanFuncReqFormat"
	functionID     = "CP_CanFuncReqId"
	functionByte   = "CP_CanFuncReqExtAddr"
)

// tableColumns are the parts of the table of addresses in the order of ISO 22900-2, for files without its definition.
var tableColumns = []string{
	physicalFormat, physicalID, physicalByte, responseFormat, responseID, responseByte,
	"CP_CanRespUUDTFormat", "CP_CanRespUUDTId", "CP_CanRespUUDTExtAddr", layerName,
}

// spread puts the parts of the row that is the variant's among the other parameters.
func (d *describer) spread(all parameters) {
	table, there := all[uniqueTable]
	if !there || len(table.values) == 0 {
		return
	}
	columns := d.columns(table.at)
	row := table.values[0]
	if len(table.values) > 1 {
		own := slices.IndexFunc(table.values, func(r []string) bool { return d.isOwn(value(columns, r, layerName)) })
		if own >= 0 {
			row = table.values[own]
		} else {
			d.note(table.at, "of %d rows of addresses none is for %s; the first is taken", len(table.values), d.layer.name)
		}
	}
	for i, name := range columns {
		if i < len(row) && row[i] != "" {
			all[name] = parameter{at: table.at, values: [][]string{{row[i]}}, fallback: table.fallback}
		}
	}
}

// columns are the names of the parts of the table.
func (d *describer) columns(at *element) []string {
	spec := at
	if at.name == "COMPARAM-REF" {
		found, err := d.db.refer(at)
		if err != nil {
			return tableColumns
		}
		spec = found
	}
	var names []string
	for c := range spec.all("COMPARAM") {
		names = append(names, c.shortName())
	}
	return names
}

func value(columns, row []string, name string) string {
	if i := slices.Index(columns, name); i >= 0 && i < len(row) {
		return row[i]
	}
	return ""
}

// isOwn says that a layer's name is that of the variant or of its base variant.
func (d *describer) isOwn(name string) bool {
	return slices.ContainsFunc(d.layer.ancestors(), func(l *layer) bool { return l.kind >= baseVariant && l.name == name })
}

// hasCAN says that there are addresses on CAN.
func (p parameters) hasCAN() bool {
	_, table := p[uniqueTable]
	_, single := p[physicalID]
	return table || single
}

// address takes over how the ECU is addressed.
func (d *describer) address(all parameters) {
	d.spread(all)
	a := &d.ecu.Address
	format := strings.ToLower(all.text(physicalFormat))
	a.Extended = strings.Contains(format, "29-bit")
	a.Request = d.identifierOf(all, physicalID)
	a.Response = d.identifierOf(all, responseID)
	a.Functional = d.identifierOf(all, functionID)
	if max(a.Request, a.Response) > can.MaxStandardID {
		a.Extended = true
	}
	switch {
	case strings.Contains(format, "extended"):
		a.Format = "extended"
	case strings.Contains(format, "mixed"):
		a.Format = "mixed"
	}
	if a.Format != "" {
		a.RequestByte = d.byteOf(all, physicalByte)
		a.ResponseByte = d.byteOf(all, responseByte)
		a.FunctionalByte = d.byteOf(all, functionByte)
	}
	if a.Functional != 0 && strings.Contains(strings.ToLower(all.text(functionFormat)), "29-bit") != a.Extended {
		d.add(fmt.Sprintf("functional requests have identifiers of another length, %#x, which is left out", a.Functional))
		a.Functional = 0
	}
}

// noID stands for an identifier that is not used.
const noID = 0xFFFFFFFF

func (d *describer) identifierOf(all parameters, name string) uint32 {
	n, ok := d.numberOf(all, name)
	switch {
	case !ok || n == noID || n == 0:
		return 0
	case n < 0 || n > can.MaxExtendedID:
		d.note(all[name].at, "%s: %d is no CAN identifier", name, n)
		return 0
	}
	return uint32(n)
}

func (d *describer) byteOf(all parameters, name string) uint8 {
	n, ok := d.numberOf(all, name)
	if ok && (n < 0 || n > 0xFF) {
		d.note(all[name].at, "%s: %d is no byte", name, n)
		return 0
	}
	return uint8(n)
}

// text is the value of a simple parameter, "" if there is none.
func (p parameters) text(name string) string {
	one := p[name]
	if len(one.values) == 0 || len(one.values[0]) == 0 {
		return ""
	}
	return one.values[0][0]
}

// numberOf is the value of a simple parameter as a number.
func (d *describer) numberOf(all parameters, name string) (int64, bool) {
	text := all.text(name)
	if text == "" {
		return 0, false
	}
	n, err := parseInteger(text)
	if err != nil {
		d.note(all[name].at, "%s: %q is no whole number", name, clean(text))
		return 0, false
	}
	if all[name].fallback {
		d.group("values that are defaults of the communication parameters", name)
	}
	return n, true
}

package odx

import (
	"fmt"
	"maps"
	"slices"

	"otabench/ecu/description"
)

// suppress is suppressPosRspMsgIndicationBit, which is no part of a sub-function.
const suppress = 0x80

// sessions takes over the sessions that a service enters.
func (d *describer) sessions(m *message) {
	s := &d.ecu.Sessions
	for _, c := range d.choices(m, 1, 1) {
		switch n := uint8(c.number &^ suppress); n {
		case 0:
			d.note(m.at, "service %s: session 00 is not accepted by descriptions", m.name)
		case 0x01:
			s.Default = n
		case 0x02:
			s.Programming = n
		case 0x03:
			s.Extended = n
		default:
			d.otherSession(n, c.name)
		}
	}
}

func (d *describer) otherSession(n uint8, short string) {
	for _, known := range d.ecu.Sessions.Others {
		if known == n {
			return
		}
	}
	d.ecu.Sessions.Others[d.unique(kindSession, bare(kindSession, short), int(n), 2)] = n
}

// resets tells which resets there are. Descriptions name only the one after programming.
func (d *describer) resets(m *message) {
	for _, c := range d.choices(m, 1, 1) {
		d.group("resets, of which programming.reset may name one", fmt.Sprintf("%02X %s", c.number&^suppress, clean(c.name)))
	}
}

// levels takes over security levels by name.
func (d *describer) levels(m *message) {
	for _, c := range d.choices(m, 1, 1) {
		n := uint8(c.number &^ suppress)
		switch {
		case n%2 == 0: // sendKey
			continue
		case n > 0x7D:
			d.note(m.at, "service %s: security level %02X is not accepted by descriptions", m.name, n)
			continue
		}
		d.level(n, c.name)
	}
}

func (d *describer) level(n uint8, short string) {
	for _, known := range d.ecu.Unlocks {
		if known.Level == n {
			return
		}
	}
	name := d.unique(kindLevel, bare(kindLevel, short), int(n), 2)
	d.ecu.Unlocks[name] = description.Security{Level: n, Algorithm: description.AlgorithmNone}
}

// chooseLevel takes the lowest level for the one that programming needs. Files do not say which it is.
func (d *describer) chooseLevel() {
	e := &d.ecu
	if len(e.Unlocks) == 0 {
		return
	}
	lowest := slices.MinFunc(slices.Collect(maps.Keys(e.Unlocks)), func(a, b string) int {
		return int(e.Unlocks[a].Level) - int(e.Unlocks[b].Level)
	})
	e.Security = e.Unlocks[lowest]
	delete(e.Unlocks, lowest)
	d.add(fmt.Sprintf("security is level %02X (%s), the lowest; others are in unlocks", e.Security.Level, lowest))
	d.add("how keys are made from seeds is not known, so algorithms say none")
}

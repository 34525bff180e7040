package described

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"otabench/ecu/description"
	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// makeValues gives identifiers their first data.
func (e *ECU) makeValues() error {
	e.values = map[uint16][]byte{}
	d := e.cfg.Description
	for name, did := range d.Identifiers {
		if _, standard := description.Standard()[name]; !standard {
			e.values[did.ID] = nothing(did)
		}
	}
	for name, text := range map[string]string{
		description.Hardware: d.Programming.Hardware, description.SystemName: d.Programming.System,
	} {
		if text != "" {
			e.values[d.Identifiers[name].ID] = []byte(text)
		}
	}
	if e.cfg.Recorded != nil {
		maps.Copy(e.values, e.cfg.Recorded.identifiers)
	}
	for name, data := range e.cfg.Values {
		did, known := d.Identifiers[name]
		if !known {
			return fmt.Errorf("there is a value for identifier %q, which the description does not have", name)
		}
		e.values[did.ID] = data
	}
	return nil
}

// nothing is data that fits a codec: zeros, or as many blanks.
func nothing(did description.DID) []byte {
	fill := byte(0)
	if did.Format == description.ASCII {
		fill = ' '
	}
	return bytes.Repeat([]byte{fill}, max(did.Length, 1))
}

// identifier finds an identifier: what is remembered, or what the software that runs has in its memory.
func (e *ECU) identifier(id uint16) (server.DID, bool) {
	one := server.DID{Read: func(context.Context, server.Call) ([]byte, error) { return e.read(id) }}
	if !e.writable(id) {
		return one, true
	}
	one.WriteAccess = e.programming()
	one.Write = func(ctx context.Context, _ server.Call, data []byte) error {
		if ctx.Err() != nil {
			return uds.GeneralProgrammingFailure // the power went before it was written
		}
		e.values[id] = slices.Clone(data)
		return nil
	}
	return one, true
}

// writable says that the programming sequence writes an identifier, or that somebody wrote it who was recorded.
func (e *ECU) writable(id uint16) bool {
	d := e.cfg.Description
	named := func(name string) bool { return d.Identifiers[name].ID == id }
	return named(description.Fingerprint) || e.cfg.Recorded != nil && e.cfg.Recorded.written[id] ||
		slices.ContainsFunc(d.Programming.Sequence, func(s description.Step) bool {
			return s.Step == description.StepWrite && named(s.Identifier)
		})
}

// read reads an identifier: from the state of the ECU, from the software that runs, or what it was given.
func (e *ECU) read(id uint16) ([]byte, error) {
	d := e.cfg.Description
	for _, name := range slices.Sorted(maps.Keys(d.Identifiers)) {
		did := d.Identifiers[name]
		if did.ID != id {
			continue
		}
		if data, known := e.state(name, did); known {
			return data, nil
		}
		if data, known, err := e.ofSoftware(name, did); known || err != nil {
			return data, err
		}
	}
	if data, there := e.values[id]; there {
		return data, nil
	}
	return nil, uds.RequestOutOfRange
}

// state is what changes by itself.
func (e *ECU) state(name string, did description.DID) ([]byte, bool) {
	if name == description.ActiveSession {
		return []byte{e.session}, true
	}
	if name == description.BootState && e.memory.slots() && did.Format == description.ASCII {
		return []byte(e.memory.bootState()), true
	}
	for _, b := range e.cfg.Description.Programming.Blocks {
		if b.Resume == name {
			return sized(e.memory.kept(b), did.Length), true
		}
	}
	return nil, false
}

// ofSoftware is what the software that runs has in its memory, or in its signed manifest.
func (e *ECU) ofSoftware(name string, did description.DID) (data []byte, known bool, err error) {
	if region, there := e.cfg.Description.Memory[did.Region]; there {
		return e.memory.read(region)
	}
	p := e.cfg.Description.Programming
	runs, confirmed := e.memory.runs.manifest(p), e.memory.confirmedManifest()
	switch {
	case name == description.SoftwareVersion && runs != nil:
		if !e.memory.runs.complete() {
			return nil, false, uds.ConditionsNotCorrect
		}
		return []byte(runs.Manifest.Version), true, nil
	case name == description.RXSWIN && confirmed != nil: // the approval is that of confirmed software
		return []byte(confirmed.Manifest.RXSWIN), true, nil
	case name == description.SecurityCounter && confirmed != nil:
		return sized(uint64(confirmed.Manifest.Counter), did.Length), true, nil
	}
	return nil, false, nil
}

// sized is a number in as many bytes, 4 if that is not said.
func sized(n uint64, width int) []byte {
	if width == 0 {
		width = 4
	}
	b := binary.BigEndian.AppendUint64(make([]byte, max(width-8, 0)), n)
	return b[len(b)-width:]
}

package sim

import (
	"context"
	"slices"

	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// dtcStatus is the status of a stored trouble code, and the bits of it that this ECU supports: testFailed and
// confirmedDTC (ISO 14229-1:2020, D.2).
const dtcStatus = uds.TestFailed | uds.ConfirmedDTC

// dtcFormat is that of ISO 14229-1.
const dtcFormat uds.DTCFormat = 0x01

// knownDTCs are the codes that this ECU can store by itself.
func knownDTCs() []uint32 { return []uint32{dtcUpdate, dtcVoltageLow, dtcVoltageHigh} }

// faults is the fault memory, which lies in NVM.
type faults struct{ *diagnostics }

// DTCs implements server.FaultMemory: what is stored, and then what the ECU can store besides.
func (f faults) DTCs() []server.DTC {
	stored := f.life.nvm.read().DTCs
	var all []server.DTC
	for _, code := range stored {
		all = append(all, server.DTC{Code: code, Status: dtcStatus})
	}
	for _, code := range knownDTCs() {
		if !slices.Contains(stored, code) {
			all = append(all, server.DTC{Code: code})
		}
	}
	return all
}

// Freeze implements server.FaultMemory.
func (f faults) Freeze(frozen bool) { f.dtcsOff = frozen }

// Clear implements server.FaultMemory for all groups, which are the only one.
func (f faults) Clear(ctx context.Context, group uint32) error {
	if group != server.AllDTCs {
		return uds.RequestOutOfRange
	}
	p := f.life.nvm.read()
	if len(p.DTCs) == 0 {
		return nil
	}
	p.DTCs = nil
	return f.life.nvm.write(ctx, p)
}

// note stores a trouble code, unless ControlDTCSetting forbids it. That it could not be stored changes nothing else.
func (d *diagnostics) note(ctx context.Context, code uint32) {
	if d.dtcsOff {
		return
	}
	if err := d.life.nvm.store(ctx, code); err != nil {
		d.life.log("app: %v", err)
	}
}

package described

import (
	"cmp"
	"maps"
	"slices"

	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// makeFaults knows the trouble codes of the description, those of a recording with the status that they had.
func (e *ECU) makeFaults() error {
	status := map[uint32]byte{}
	if e.cfg.Recorded != nil {
		status = e.cfg.Recorded.faults
	}
	codes := map[uint32]bool{}
	for _, c := range e.cfg.Description.DTCs {
		codes[c.Code] = true
	}
	for code := range status {
		codes[code] = true
	}
	var all []server.DTC
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		all = append(all, server.DTC{Code: code})
	}
	e.faults = server.NewMemory(all...)
	for code, s := range status {
		e.faults.SetStatus(code, uds.DTCStatus(s))
	}
	return nil
}

// troubles serves reportNumberOfDTCByStatusMask, reportDTCByStatusMask and reportSupportedDTC.
func (e *ECU) troubles() *server.Faults {
	available := byte(0xFF)
	if e.cfg.Recorded != nil {
		available = cmp.Or(e.cfg.Recorded.available, available)
	}
	return &server.Faults{
		Reports: map[byte]server.Access{0x01: {}, 0x02: {}, 0x0A: {}}, Memory: e.faults,
		Available: uds.DTCStatus(available), Format: 0x01,
	}
}

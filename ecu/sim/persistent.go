package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"otabench/ecu/sim/nvm"
)

// Bounds of what NVM holds, and the smallest sector that holds all of it.
const (
	vinLength      = 17
	maxFingerprint = 64
	maxDTCs        = 16
	minDataSector  = 1024
)

// persistent is what the ECU remembers beside its software. An update or a revert changes nothing of it.
type persistent struct {
	VIN         string   `json:"vin"`
	Fingerprint []byte   `json:"fingerprint,omitempty"`
	Date        []byte   `json:"date,omitempty"`
	InvalidKeys int      `json:"invalid_keys,omitempty"` // since the last valid one
	DTCs        []uint32 `json:"dtcs,omitempty"`
	// Version is that of an update, for ECUs that tell it in place of the version that runs.
	Version string `json:"version,omitempty"`
}

// blank is an NVM as it comes from the maker of the chip.
func blank() persistent { return persistent{VIN: strings.Repeat("0", vinLength)} }

// DTCs that the ECU itself stores (SAE J2012-DA).
const (
	dtcVoltageLow  uint32 = 0xF00316 // U3003-16, battery voltage below threshold
	dtcVoltageHigh uint32 = 0xF00317 // U3003-17, battery voltage above threshold
	dtcUpdate      uint32 = 0xF00055 // U3000-55, control module not configured: an update was reverted
)

// dtcFor is the trouble code of a supply voltage that interrupts a transfer.
func dtcFor(c condition) uint32 {
	if c == voltageHigh {
		return dtcVoltageHigh
	}
	return dtcVoltageLow
}

// with returns p with a trouble code, or p as it is if the code is there already or the memory is full.
func (p persistent) with(dtc uint32) persistent {
	if slices.Contains(p.DTCs, dtc) || len(p.DTCs) >= maxDTCs {
		return p
	}
	p.DTCs = append(slices.Clone(p.DTCs), dtc)
	return p
}

type persistentStore struct{ *nvm.Store }

// read returns what flash holds now; a lost record reads as an empty one.
func (s persistentStore) read() persistent {
	var p persistent
	if raw, err := s.Read(); err == nil {
		_ = json.Unmarshal(raw, &p) // whole by its CRC
	}
	return p
}

func (s persistentStore) write(ctx context.Context, p persistent) error {
	if err := s.Write(ctx, p.encode()); err != nil {
		return fmt.Errorf("write NVM: %w", err)
	}
	return nil
}

// store adds a trouble code.
func (s persistentStore) store(ctx context.Context, dtc uint32) error {
	before := s.read()
	after := before.with(dtc)
	if len(after.DTCs) == len(before.DTCs) {
		return nil
	}
	return s.write(ctx, after)
}

// nvmFlaws are what the store of the NVM does wrong.
func (c Config) nvmFlaws() nvm.Flaws {
	return nvm.Flaws{
		OneCopy: c.has(NVMInPlace), ErasesBoth: c.has(NVMErasedFirst),
		NeedsBoth: c.has(NVMNeedsBothCopies), NoChecksum: c.has(NVMWithoutChecksum),
	}
}

func (p persistent) encode() []byte {
	raw, err := json.Marshal(p)
	if err != nil {
		panic(fmt.Sprintf("sim: encode NVM: %v", err)) // only numbers, bytes and strings are in it
	}
	return raw
}

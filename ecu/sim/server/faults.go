package server

import (
	"context"

	"otabench/ecu/uds"
)

// Faults is ReadDTCInformation (12.3) with the memories that it and ClearDiagnosticInformation are about.
type Faults struct {
	Access Access
	// Reports are the sub-functions that there are.
	Reports map[byte]Access
	// Memory is the primary fault memory, and User are those that the maker defines, by MemorySelection.
	Memory FaultMemory
	User   map[byte]FaultMemory
	// Available are the status bits that the server supports; 0 is all of them. SeverityAvailable likewise.
	Available         uds.DTCStatus
	SeverityAvailable uds.DTCSeverity
	Format            uds.DTCFormat
}

// FaultMemory holds trouble codes. Its methods must be quick, Clear excepted: events look at it between requests.
type FaultMemory interface {
	// DTCs returns all trouble codes that the server knows, whatever their status, always in the same order.
	DTCs() []DTC
	// Clear clears a group of trouble codes or a single one; AllDTCs is all of them. It refuses a group that there is not
	// with requestOutOfRange.
	Clear(ctx context.Context, group uint32) error
	// Freeze has the status of trouble codes change no more, but by Clear, or go on.
	Freeze(frozen bool)
}

// AllDTCs is the group of all trouble codes (annex D.1).
const AllDTCs uint32 = 0xFFFFFF

// DTC is a trouble code with all that a fault memory knows of it.
type DTC struct {
	Code           uint32 // 3 bytes
	Status         uds.DTCStatus
	Severity       uds.DTCSeverity
	FunctionalUnit byte
	Counter        int8 // fault detection counter (annex D.5)
	Permanent      bool // it is in the permanent memory
	Snapshots      []Snapshot
	Extended       []ExtendedRecord
	Stored         []Snapshot // of reportDTCStoredDataByRecordNumber
	// Groups are the functional groups that it belongs to (annex D.6), each with its readiness group.
	Groups map[byte]byte
	// Order says when things happened, in numbers that grow; 0 is never since the last clear.
	Order Order
}

// Order says when the test of a trouble code failed, and when the code was confirmed.
type Order struct{ FirstFailed, LastFailed, FirstConfirmed, LastConfirmed uint64 }

// Snapshot is what the server saw when a trouble code was stored.
type Snapshot struct {
	Number byte // 0x00 to 0xFE
	Values []DataValue
}

// DataValue is an identifier with its data.
type DataValue struct {
	ID   uint16
	Data []byte
}

// ExtendedRecord is more that the server knows of a trouble code, such as an occurrence counter.
type ExtendedRecord struct {
	Number byte // 0x01 to 0xEF
	Data   []byte
}

func (f *Faults) all() []FaultMemory {
	if f == nil {
		return nil
	}
	all := make([]FaultMemory, 0, 1+len(f.User))
	if f.Memory != nil {
		all = append(all, f.Memory)
	}
	for _, m := range f.User {
		all = append(all, m)
	}
	return all
}

// available are the status bits that the server supports.
func (f *Faults) available() uds.DTCStatus {
	if f.Available == 0 {
		return 0xFF
	}
	return f.Available
}

func (f *Faults) severityAvailable() uds.DTCSeverity {
	if f.SeverityAvailable == 0 {
		return 0xFF
	}
	return f.SeverityAvailable
}

// status is a trouble code's status as the server reports it.
func (f *Faults) status(d DTC) uds.DTCStatus { return d.Status & f.available() }

func (s *Server) addFaults(t map[byte]service) {
	f := s.cfg.Faults
	if f == nil {
		return
	}
	t[uds.SIDReadDTCInformation] = service{access: f.Access, subs: f.Reports, handle: s.readDTCs}
	if access := s.cfg.ClearDTC; access != nil {
		t[uds.SIDClearDiagnosticInformation] = service{
			access: *access, least: 4, handle: s.clearDTCs, otherwise: uds.GeneralProgrammingFailure,
		}
	}
}

// clearDTCs is ClearDiagnosticInformation (12.2), with MemorySelection if it is for a memory that the maker defines.
func (s *Server) clearDTCs(ctx context.Context, _ Call, req []byte) ([]byte, error) {
	f := s.cfg.Faults
	memory := f.Memory
	switch {
	case len(req) > 5:
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	case len(req) == 5:
		memory = f.User[req[4]]
	}
	if memory == nil {
		return nil, uds.RequestOutOfRange
	}
	return nil, memory.Clear(ctx, uint32(number(req[1:4])))
}

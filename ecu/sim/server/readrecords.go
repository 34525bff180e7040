package server

import "otabench/ecu/uds"

// Record numbers with a meaning (12.3.2).
const (
	allRecords          byte = 0xFF
	allRegulatedRecords byte = 0xFE // of extended data: 0x90 to 0x9F
)

// find returns the trouble code that is asked for.
func find(m FaultMemory, code []byte) (DTC, error) {
	found := with(m, func(d DTC) bool { return uint64(d.Code) == number(code) })
	if len(found) == 0 {
		return DTC{}, uds.RequestOutOfRange
	}
	return found[0], nil
}

// appendValues appends identifiers with their data, behind their number.
func appendValues(b []byte, values []DataValue) []byte {
	b = append(b, byte(len(values)))
	for _, v := range values {
		b = append(appendNumber(b, uint64(v.ID), 2), v.Data...)
	}
	return b
}

func (f *Faults) snapshotIdentification(byte, []byte) ([]byte, error) {
	var b []byte
	for _, d := range with(f.Memory, anyDTC) {
		for _, snapshot := range d.Snapshots {
			b = append(appendCode(b, d), snapshot.Number)
		}
	}
	return b, nil
}

func (f *Faults) snapshots(_ byte, p []byte) ([]byte, error) { return f.snapshotsIn(f.Memory, p) }

// snapshotsIn answers with snapshots of a trouble code. A number that it has no record of is answered without records; one
// that no trouble code has is out of range.
func (f *Faults) snapshotsIn(m FaultMemory, p []byte) ([]byte, error) {
	d, err := find(m, p[:3])
	if err != nil {
		return nil, err
	}
	if p[3] != allRecords && len(with(m, hasSnapshot(p[3]))) == 0 {
		return nil, uds.RequestOutOfRange
	}
	b := f.appendStatus(nil, d)
	for _, snapshot := range d.Snapshots {
		if p[3] == snapshot.Number || p[3] == allRecords {
			b = appendValues(append(b, snapshot.Number), snapshot.Values)
		}
	}
	return b, nil
}

func hasSnapshot(number byte) func(DTC) bool {
	return func(d DTC) bool {
		for _, snapshot := range d.Snapshots {
			if snapshot.Number == number {
				return true
			}
		}
		return false
	}
}

// stored answers with records whatever trouble code they belong to.
func (f *Faults) stored(_ byte, p []byte) ([]byte, error) {
	var b []byte
	for _, d := range with(f.Memory, anyDTC) {
		for _, record := range d.Stored {
			if p[0] == record.Number || p[0] == allRecords {
				b = appendValues(f.appendStatus(append(b, record.Number), d), record.Values)
			}
		}
	}
	if b == nil {
		return nil, uds.RequestOutOfRange
	}
	return b, nil
}

func (f *Faults) extended(_ byte, p []byte) ([]byte, error) { return f.extendedIn(f.Memory, p) }

// extendedIn answers with extended data of a trouble code, as snapshotsIn does.
func (f *Faults) extendedIn(m FaultMemory, p []byte) ([]byte, error) {
	d, err := find(m, p[:3])
	if err != nil {
		return nil, err
	}
	if p[3] < allRegulatedRecords && len(with(m, hasExtended(p[3]))) == 0 {
		return nil, uds.RequestOutOfRange
	}
	b := f.appendStatus(nil, d)
	for _, record := range d.Extended {
		if wanted(p[3], record.Number) {
			b = append(append(b, record.Number), record.Data...)
		}
	}
	return b, nil
}

// wanted says whether a record of extended data is among those that were asked for.
func wanted(asked, number byte) bool {
	switch asked {
	case allRecords:
		return true
	case allRegulatedRecords:
		return number >= 0x90 && number <= 0x9F
	}
	return asked == number
}

func hasExtended(number byte) func(DTC) bool {
	return func(d DTC) bool {
		for _, record := range d.Extended {
			if record.Number == number {
				return true
			}
		}
		return false
	}
}

// extendedByNumber answers with one record of all trouble codes that have it.
func (f *Faults) extendedByNumber(_ byte, p []byte) ([]byte, error) {
	dtcs := with(f.Memory, hasExtended(p[0]))
	if len(dtcs) == 0 {
		return nil, uds.RequestOutOfRange
	}
	b := []byte{p[0]}
	for _, d := range dtcs {
		b = f.appendStatus(b, d)
		for _, record := range d.Extended {
			if record.Number == p[0] {
				b = append(b, record.Data...)
			}
		}
	}
	return b, nil
}

// withExtended lists the trouble codes that have a record.
func (f *Faults) withExtended(_ byte, p []byte) ([]byte, error) {
	dtcs := with(f.Memory, hasExtended(p[0]))
	if len(dtcs) == 0 {
		return nil, uds.RequestOutOfRange
	}
	return f.list([]byte{byte(f.available()), p[0]}, dtcs), nil
}

func (f *Faults) userSnapshots(_ byte, p []byte) ([]byte, error) {
	return f.ofUserMemory(p, f.snapshotsIn)
}

func (f *Faults) userExtended(_ byte, p []byte) ([]byte, error) {
	return f.ofUserMemory(p, f.extendedIn)
}

// ofUserMemory answers a report of a memory that the maker defines, whose MemorySelection is the last parameter.
func (f *Faults) ofUserMemory(p []byte, answer func(FaultMemory, []byte) ([]byte, error)) ([]byte, error) {
	memory, known := f.User[p[4]]
	if !known {
		return nil, uds.RequestOutOfRange
	}
	b, err := answer(memory, p[:4])
	if err != nil {
		return nil, err
	}
	return append([]byte{p[4]}, b...), nil
}

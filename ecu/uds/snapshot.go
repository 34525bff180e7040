package uds

import "context"

// Lengths tells how many bytes the data of an identifier or record have, which responses do not. It is 0 for those that
// it does not know.
type Lengths func(id uint16) int

// Value is an identifier with its data.
type Value struct {
	ID   uint16
	Data []byte
}

// Snapshot is one record of what the server saw when a trouble code was stored (freeze frame).
type Snapshot struct {
	Number byte
	Values []Value
}

// Snapshots are records of one trouble code.
type Snapshots struct {
	DTC     DTC
	Records []Snapshot // nil if the caller told no Lengths
	Raw     []byte     // all records as they came
}

// AllRecords asks for all records instead of one.
const AllRecords byte = 0xFF

// SnapshotID says that a trouble code has a snapshot record.
type SnapshotID struct {
	Code   uint32
	Number byte
}

// SnapshotIdentification lists the snapshot records that there are (12.3, reportDTCSnapshotIdentification).
func (c *Client) SnapshotIdentification(ctx context.Context) ([]SnapshotID, error) {
	return dtcs(ctx, c, func(r *reader) []SnapshotID {
		return each(r, func(r *reader) SnapshotID { return SnapshotID{Code: r.triple(), Number: r.byte()} })
	}, reportDTCSnapshotIdentification)
}

// Snapshots reads a snapshot record of a trouble code, or AllRecords (12.3, reportDTCSnapshotRecordByDTCNumber). The
// records are taken apart if lengths is not nil; an identifier that it does not know makes that ErrLength.
func (c *Client) Snapshots(ctx context.Context, dtc uint32, number byte, lengths Lengths) (Snapshots, error) {
	return dtcs(ctx, c, func(r *reader) Snapshots { return r.snapshots(dtc, lengths) },
		reportDTCSnapshotRecordByDTCNumber, append(code(dtc), number)...)
}

// UserMemorySnapshots does the same in a memory that the maker defines (12.3,
// reportUserDefMemoryDTCSnapshotRecordByDTCNumber).
func (c *Client) UserMemorySnapshots(
	ctx context.Context, memory byte, dtc uint32, number byte, lengths Lengths,
) (Snapshots, error) {
	return dtcs(ctx, c, func(r *reader) Snapshots {
		r.want("MemorySelection", memory)
		return r.snapshots(dtc, lengths)
	}, reportUserDefMemoryDTCSnapshotRecordByDTCNumber, append(code(dtc), number, memory)...)
}

func (r *reader) snapshots(dtc uint32, lengths Lengths) Snapshots {
	s := Snapshots{DTC: r.dtcOf(dtc), Raw: r.rest}
	if lengths == nil {
		r.rest = nil
		return s
	}
	s.Records = each(r, func(r *reader) Snapshot {
		return Snapshot{Number: r.byte(), Values: r.values(lengths)}
	})
	return s
}

// dtcOf takes a trouble code that has to be the one that was asked for.
func (r *reader) dtcOf(dtc uint32) DTC {
	r.want("DTC", code(dtc)...)
	return DTC{Code: dtc & 0xFFFFFF, Status: DTCStatus(r.byte())}
}

// values takes identifiers with their data, behind their number.
func (r *reader) values(lengths Lengths) []Value {
	var all []Value
	for range r.byte() {
		id := r.word()
		if r.fault != "" {
			return nil
		}
		all = append(all, Value{ID: id, Data: r.sized(lengths(id), "identifier", id)})
	}
	return all
}

// StoredRecord is one record of stored data with the trouble code that it belongs to.
type StoredRecord struct {
	Number byte
	DTC    DTC
	Values []Value
}

// StoredData are records of any trouble code.
type StoredData struct {
	Records []StoredRecord // nil if the caller told no Lengths
	Raw     []byte         // all records as they came
}

// StoredData reads a record of stored data, or AllRecords, whatever trouble code it belongs to (12.3,
// reportDTCStoredDataByRecordNumber). A record without data is left out.
func (c *Client) StoredData(ctx context.Context, number byte, lengths Lengths) (StoredData, error) {
	return dtcs(ctx, c, func(r *reader) StoredData {
		s := StoredData{Raw: r.rest}
		if lengths == nil {
			if r.byte(); r.fault == "" {
				r.rest = nil
			}
			return s
		}
		for r.more() {
			number := r.byte()
			if !r.more() {
				break
			}
			s.Records = append(s.Records, StoredRecord{Number: number, DTC: r.dtc(), Values: r.values(lengths)})
		}
		return s
	}, reportDTCStoredDataByRecordNumber, number)
}

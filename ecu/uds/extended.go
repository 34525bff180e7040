package uds

import "context"

// AllRegulatedRecords asks for all records of extended data that the emission laws want.
const AllRegulatedRecords byte = 0xFE

// ExtendedRecord is one record of extended data, such as an occurrence counter.
type ExtendedRecord struct {
	Number byte
	Data   []byte
}

// ExtendedData are records of one trouble code.
type ExtendedData struct {
	DTC     DTC
	Records []ExtendedRecord // nil if several were asked for and the caller told no Lengths
	Raw     []byte           // all records as they came
}

// ExtendedData reads a record of extended data of a trouble code, or AllRecords, or AllRegulatedRecords (12.3,
// reportDTCExtDataRecordByDTCNumber). To take several records apart, lengths has to know them by their numbers, or it is
// ErrLength.
func (c *Client) ExtendedData(ctx context.Context, dtc uint32, number byte, lengths Lengths) (ExtendedData, error) {
	return dtcs(ctx, c, func(r *reader) ExtendedData { return r.extended(dtc, number, lengths) },
		reportDTCExtDataRecordByDTCNumber, append(code(dtc), number)...)
}

// UserMemoryExtendedData does the same in a memory that the maker defines (12.3,
// reportUserDefMemoryDTCExtDataRecordByDTCNumber).
func (c *Client) UserMemoryExtendedData(
	ctx context.Context, memory byte, dtc uint32, number byte, lengths Lengths,
) (ExtendedData, error) {
	return dtcs(ctx, c, func(r *reader) ExtendedData {
		r.want("MemorySelection", memory)
		return r.extended(dtc, number, lengths)
	}, reportUserDefMemoryDTCExtDataRecordByDTCNumber, append(code(dtc), number, memory)...)
}

func (r *reader) extended(dtc uint32, number byte, lengths Lengths) ExtendedData {
	e := ExtendedData{DTC: r.dtcOf(dtc), Raw: r.rest}
	switch {
	case lengths != nil:
		e.Records = each(r, func(r *reader) ExtendedRecord {
			n := r.byte()
			return ExtendedRecord{Number: n, Data: r.sized(lengths(uint16(n)), "record", uint16(n))}
		})
	case number >= AllRegulatedRecords:
		r.rest = nil
	case r.more():
		r.want("DTCExtDataRecordNumber", number)
		e.Records = []ExtendedRecord{{Number: number, Data: r.all()}}
	}
	return e
}

// DTCExtendedData is a trouble code with one record of its extended data.
type DTCExtendedData struct {
	DTC  DTC
	Data []byte
}

// ExtendedDataByNumber reads one record of extended data of all trouble codes that have it (12.3,
// reportDTCExtDataRecordByRecordNumber). length is that of the record in bytes.
func (c *Client) ExtendedDataByNumber(ctx context.Context, number byte, length int) ([]DTCExtendedData, error) {
	if length < 1 {
		return nil, c.invalid(SIDReadDTCInformation, "extended data of %d bytes; want 1 or more", length)
	}
	return dtcs(ctx, c, func(r *reader) []DTCExtendedData {
		r.want("DTCExtDataRecordNumber", number)
		return each(r, func(r *reader) DTCExtendedData { return DTCExtendedData{DTC: r.dtc(), Data: r.bytes(length)} })
	}, reportDTCExtDataRecordByRecordNumber, number)
}

// DTCsWithExtendedData lists the trouble codes that have a record of extended data (12.3,
// reportSupportedDTCExtDataRecord).
func (c *Client) DTCsWithExtendedData(ctx context.Context, number byte) (DTCReport, error) {
	return dtcs(ctx, c, func(r *reader) DTCReport {
		report := DTCReport{Available: DTCStatus(r.byte())}
		if r.more() {
			r.want("DTCExtDataRecordNumber", number)
			report.DTCs = each(r, (*reader).dtc)
		}
		return report
	}, reportSupportedDTCExtDataRecord, number)
}

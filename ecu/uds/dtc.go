package uds

import (
	"context"
	"fmt"
)

// DTC is a trouble code with its status (annex D).
type DTC struct {
	Code   uint32 // 3 bytes
	Status DTCStatus
}

func (d DTC) String() string { return fmt.Sprintf("%06X status %02X", d.Code, byte(d.Status)) }

func (r *reader) dtc() DTC { return DTC{Code: r.triple(), Status: DTCStatus(r.byte())} }

// DTCReport lists trouble codes. Available are the status bits that the server supports.
type DTCReport struct {
	Available DTCStatus
	DTCs      []DTC
}

func (r *reader) report() DTCReport {
	return DTCReport{Available: DTCStatus(r.byte()), DTCs: each(r, (*reader).dtc)}
}

// DTCCount says how many trouble codes there are.
type DTCCount struct {
	Available DTCStatus
	Format    DTCFormat
	Count     int
}

func (r *reader) count() DTCCount {
	return DTCCount{Available: DTCStatus(r.byte()), Format: DTCFormat(r.byte()), Count: int(r.word())}
}

// ReadDTCs reads the trouble codes whose status has a bit of the mask (12.3, reportDTCByStatusMask).
func (c *Client) ReadDTCs(ctx context.Context, mask DTCStatus) ([]DTC, error) {
	report, err := c.DTCsByStatus(ctx, mask)
	return report.DTCs, err
}

// CountDTCs counts the trouble codes whose status has a bit of the mask (12.3, reportNumberOfDTCByStatusMask).
func (c *Client) CountDTCs(ctx context.Context, mask DTCStatus) (int, error) {
	count, err := c.NumberOfDTCs(ctx, mask)
	return count.Count, err
}

// NumberOfDTCs counts like CountDTCs, and tells the format of the trouble codes.
func (c *Client) NumberOfDTCs(ctx context.Context, mask DTCStatus) (DTCCount, error) {
	return dtcs(ctx, c, (*reader).count, reportNumberOfDTCByStatusMask, byte(mask))
}

// DTCsByStatus reads like ReadDTCs, and tells which status bits the server supports.
func (c *Client) DTCsByStatus(ctx context.Context, mask DTCStatus) (DTCReport, error) {
	return dtcs(ctx, c, (*reader).report, reportDTCByStatusMask, byte(mask))
}

// SupportedDTCs reads all trouble codes that the server knows (12.3, reportSupportedDTC).
func (c *Client) SupportedDTCs(ctx context.Context) (DTCReport, error) {
	return dtcs(ctx, c, (*reader).report, reportSupportedDTC)
}

// FirstTestFailedDTC reads the trouble code that failed first since the last clear, at most one (12.3).
func (c *Client) FirstTestFailedDTC(ctx context.Context) (DTCReport, error) {
	return dtcs(ctx, c, (*reader).report, reportFirstTestFailedDTC)
}

// FirstConfirmedDTC reads the trouble code that was confirmed first since the last clear, at most one (12.3).
func (c *Client) FirstConfirmedDTC(ctx context.Context) (DTCReport, error) {
	return dtcs(ctx, c, (*reader).report, reportFirstConfirmedDTC)
}

// MostRecentTestFailedDTC reads the trouble code that failed last since the last clear, at most one (12.3).
func (c *Client) MostRecentTestFailedDTC(ctx context.Context) (DTCReport, error) {
	return dtcs(ctx, c, (*reader).report, reportMostRecentTestFailedDTC)
}

// MostRecentConfirmedDTC reads the trouble code that was confirmed last since the last clear, at most one (12.3).
func (c *Client) MostRecentConfirmedDTC(ctx context.Context) (DTCReport, error) {
	return dtcs(ctx, c, (*reader).report, reportMostRecentConfirmedDTC)
}

// PermanentDTCs reads the trouble codes of the permanent memory (12.3, reportDTCWithPermanentStatus).
func (c *Client) PermanentDTCs(ctx context.Context) (DTCReport, error) {
	return dtcs(ctx, c, (*reader).report, reportDTCWithPermanentStatus)
}

// UserMemoryDTCs reads the trouble codes of a memory that the maker defines, whose status has a bit of the mask (12.3,
// reportUserDefMemoryDTCByStatusMask).
func (c *Client) UserMemoryDTCs(ctx context.Context, memory byte, mask DTCStatus) (DTCReport, error) {
	return dtcs(ctx, c, func(r *reader) DTCReport {
		r.want("MemorySelection", memory)
		return r.report()
	}, reportUserDefMemoryDTCByStatusMask, byte(mask), memory)
}

// FaultCounter is how far a test is on its way to fail: 127 is failed, -128 passed (annex D).
type FaultCounter struct {
	Code    uint32
	Counter int8
}

// FaultDetectionCounters reads the counters of all trouble codes that are prefailed (12.3,
// reportDTCFaultDetectionCounter).
func (c *Client) FaultDetectionCounters(ctx context.Context) ([]FaultCounter, error) {
	return dtcs(ctx, c, func(r *reader) []FaultCounter {
		return each(r, func(r *reader) FaultCounter { return FaultCounter{Code: r.triple(), Counter: int8(r.byte())} })
	}, reportDTCFaultDetectionCounter)
}

// dtcs asks for a report of ReadDTCInformation.
func dtcs[T any](ctx context.Context, c *Client, read func(*reader) T, report byte, parameters ...byte) (T, error) {
	return parsed(ctx, c, append([]byte{SIDReadDTCInformation, report}, parameters...), []byte{report}, read)
}

// code writes a trouble code or a group of them.
func code(dtc uint32) []byte { return appendUint(nil, uint64(dtc&0xFFFFFF), 3) }

// ClearDiagnosticInformation clears the trouble codes of a group (12.2); 0xFFFFFF is all of them.
func (c *Client) ClearDiagnosticInformation(ctx context.Context, group uint32) error {
	_, err := c.request(ctx, join([]byte{SIDClearDiagnosticInformation}, code(group)), nil, 0)
	return err
}

// ClearUserMemory clears the trouble codes of a group in a memory that the maker defines (12.2, MemorySelection).
func (c *Client) ClearUserMemory(ctx context.Context, group uint32, memory byte) error {
	_, err := c.request(ctx, join([]byte{SIDClearDiagnosticInformation}, code(group), []byte{memory}), nil, 0)
	return err
}

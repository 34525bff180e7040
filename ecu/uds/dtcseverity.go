package uds

import "context"

// SevereDTC is a trouble code with its severity and the unit that it belongs to.
type SevereDTC struct {
	DTC            DTC
	Severity       DTCSeverity
	FunctionalUnit byte // not told by WWH-OBD reports
}

// SeverityReport lists trouble codes with their severity.
type SeverityReport struct {
	Available DTCStatus
	DTCs      []SevereDTC
}

func (r *reader) severities() SeverityReport {
	return SeverityReport{Available: DTCStatus(r.byte()), DTCs: each(r, func(r *reader) SevereDTC {
		d := SevereDTC{Severity: DTCSeverity(r.byte()), FunctionalUnit: r.byte()}
		d.DTC = r.dtc()
		return d
	})}
}

// NumberOfDTCsBySeverity counts the trouble codes that have a bit of both masks (12.3,
// reportNumberOfDTCBySeverityMaskRecord).
func (c *Client) NumberOfDTCsBySeverity(ctx context.Context, severity DTCSeverity, mask DTCStatus) (DTCCount, error) {
	return dtcs(ctx, c, (*reader).count, reportNumberOfDTCBySeverityMaskRecord, byte(severity), byte(mask))
}

// DTCsBySeverity reads the trouble codes that have a bit of both masks (12.3, reportDTCBySeverityMaskRecord).
func (c *Client) DTCsBySeverity(ctx context.Context, severity DTCSeverity, mask DTCStatus) (SeverityReport, error) {
	return dtcs(ctx, c, (*reader).severities, reportDTCBySeverityMaskRecord, byte(severity), byte(mask))
}

// SeverityOfDTC reads the severity of one trouble code (12.3, reportSeverityInformationOfDTC). The report has no
// trouble code if the server does not know it.
func (c *Client) SeverityOfDTC(ctx context.Context, dtc uint32) (SeverityReport, error) {
	return dtcs(ctx, c, (*reader).severities, reportSeverityInformationOfDTC, code(dtc)...)
}

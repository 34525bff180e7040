package uds

import "context"

// Functional groups of trouble codes (FunctionalGroupIdentifier, annex D).
const (
	GroupEmissions byte = 0x33
	GroupSafety    byte = 0xD0
	GroupVOBD      byte = 0xFE
)

// OBDReport lists trouble codes of a functional group.
type OBDReport struct {
	Available         DTCStatus
	SeverityAvailable DTCSeverity // of WWHOBDDTCs only
	Format            DTCFormat
	DTCs              []SevereDTC // with a severity from WWHOBDDTCs only
}

// WWHOBDDTCs reads the trouble codes of a functional group that have a bit of both masks (12.3,
// reportWWHOBDDTCByMaskRecord).
func (c *Client) WWHOBDDTCs(ctx context.Context, group byte, mask DTCStatus, severity DTCSeverity) (OBDReport, error) {
	return dtcs(ctx, c, func(r *reader) OBDReport {
		r.want("FunctionalGroupIdentifier", group)
		o := OBDReport{Available: DTCStatus(r.byte()), SeverityAvailable: DTCSeverity(r.byte()), Format: DTCFormat(r.byte())}
		o.DTCs = each(r, func(r *reader) SevereDTC {
			d := SevereDTC{Severity: DTCSeverity(r.byte())}
			d.DTC = r.dtc()
			return d
		})
		return o
	}, reportWWHOBDDTCByMaskRecord, group, byte(mask), byte(severity))
}

// WWHOBDPermanentDTCs reads the permanent trouble codes of a functional group (12.3,
// reportWWHOBDDTCWithPermanentStatus).
func (c *Client) WWHOBDPermanentDTCs(ctx context.Context, group byte) (OBDReport, error) {
	return dtcs(ctx, c, func(r *reader) OBDReport {
		o := r.obd(group)
		o.DTCs = each(r, (*reader).plain)
		return o
	}, reportWWHOBDDTCWithPermanentStatus, group)
}

// ReadinessGroupDTCs reads the trouble codes that belong to a readiness group of a functional group (12.3,
// reportDTCInformationByDTCReadinessGroupIdentifier).
func (c *Client) ReadinessGroupDTCs(ctx context.Context, group, readiness byte) (OBDReport, error) {
	return dtcs(ctx, c, func(r *reader) OBDReport {
		o := r.obd(group)
		r.want("DTCReadinessGroupIdentifier", readiness)
		o.DTCs = each(r, (*reader).plain)
		return o
	}, reportDTCInformationByDTCReadinessGroupIdentifier, group, readiness)
}

func (r *reader) obd(group byte) OBDReport {
	r.want("FunctionalGroupIdentifier", group)
	return OBDReport{Available: DTCStatus(r.byte()), Format: DTCFormat(r.byte())}
}

func (r *reader) plain() SevereDTC { return SevereDTC{DTC: r.dtc()} }

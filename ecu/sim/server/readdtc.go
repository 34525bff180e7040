package server

import (
	"context"

	"otabench/ecu/uds"
)

// Reports of ReadDTCInformation (12.3, table 317), as they are named there.
const (
	ReportNumberOfDTCByStatusMask                byte = 0x01
	ReportDTCByStatusMask                        byte = 0x02
	ReportDTCSnapshotIdentification              byte = 0x03
	ReportDTCSnapshotRecordByDTCNumber           byte = 0x04
	ReportDTCStoredDataByRecordNumber            byte = 0x05
	ReportDTCExtDataRecordByDTCNumber            byte = 0x06
	ReportNumberOfDTCBySeverityMaskRecord        byte = 0x07
	ReportDTCBySeverityMaskRecord                byte = 0x08
	ReportSeverityInformationOfDTC               byte = 0x09
	ReportSupportedDTC                           byte = 0x0A
	ReportFirstTestFailedDTC                     byte = 0x0B
	ReportFirstConfirmedDTC                      byte = 0x0C
	ReportMostRecentTestFailedDTC                byte = 0x0D
	ReportMostRecentConfirmedDTC                 byte = 0x0E
	ReportDTCFaultDetectionCounter               byte = 0x14
	ReportDTCWithPermanentStatus                 byte = 0x15
	ReportDTCExtDataRecordByRecordNumber         byte = 0x16
	ReportUserDefMemoryDTCByStatusMask           byte = 0x17
	ReportUserDefMemoryDTCSnapshotRecord         byte = 0x18
	ReportUserDefMemoryDTCExtDataRecord          byte = 0x19
	ReportSupportedDTCExtDataRecord              byte = 0x1A
	ReportWWHOBDDTCByMaskRecord                  byte = 0x42
	ReportWWHOBDDTCWithPermanentStatus           byte = 0x55
	ReportDTCInformationByDTCReadinessIdentifier byte = 0x56
)

// report is a row of the table of reports: how many bytes follow the sub-function, and how it is answered.
type report struct {
	parameters int
	answer     func(f *Faults, sub byte, p []byte) ([]byte, error)
}

var reports = map[byte]report{
	ReportNumberOfDTCByStatusMask:                {1, (*Faults).numberByStatus},
	ReportDTCByStatusMask:                        {1, (*Faults).byStatus},
	ReportDTCSnapshotIdentification:              {0, (*Faults).snapshotIdentification},
	ReportDTCSnapshotRecordByDTCNumber:           {4, (*Faults).snapshots},
	ReportDTCStoredDataByRecordNumber:            {1, (*Faults).stored},
	ReportDTCExtDataRecordByDTCNumber:            {4, (*Faults).extended},
	ReportNumberOfDTCBySeverityMaskRecord:        {2, (*Faults).numberBySeverity},
	ReportDTCBySeverityMaskRecord:                {2, (*Faults).bySeverity},
	ReportSeverityInformationOfDTC:               {3, (*Faults).severityOf},
	ReportSupportedDTC:                           {0, (*Faults).supported},
	ReportFirstTestFailedDTC:                     {0, (*Faults).extreme},
	ReportFirstConfirmedDTC:                      {0, (*Faults).extreme},
	ReportMostRecentTestFailedDTC:                {0, (*Faults).extreme},
	ReportMostRecentConfirmedDTC:                 {0, (*Faults).extreme},
	ReportDTCFaultDetectionCounter:               {0, (*Faults).counters},
	ReportDTCWithPermanentStatus:                 {0, (*Faults).permanent},
	ReportDTCExtDataRecordByRecordNumber:         {1, (*Faults).extendedByNumber},
	ReportUserDefMemoryDTCByStatusMask:           {2, (*Faults).userByStatus},
	ReportUserDefMemoryDTCSnapshotRecord:         {5, (*Faults).userSnapshots},
	ReportUserDefMemoryDTCExtDataRecord:          {5, (*Faults).userExtended},
	ReportSupportedDTCExtDataRecord:              {1, (*Faults).withExtended},
	ReportWWHOBDDTCByMaskRecord:                  {3, (*Faults).obdByMask},
	ReportWWHOBDDTCWithPermanentStatus:           {1, (*Faults).obdPermanent},
	ReportDTCInformationByDTCReadinessIdentifier: {2, (*Faults).obdReadiness},
}

// readDTCs is ReadDTCInformation.
func (s *Server) readDTCs(_ context.Context, _ Call, req []byte) ([]byte, error) {
	r := reports[req[1]]
	if len(req) != 2+r.parameters {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	data, err := r.answer(s.cfg.Faults, req[1], req[2:])
	if err != nil {
		return nil, err
	}
	return append([]byte{req[1]}, data...), nil
}

// with returns the trouble codes of a memory that are as wanted.
func with(m FaultMemory, wanted func(DTC) bool) []DTC {
	var some []DTC
	if m == nil {
		return nil
	}
	for _, d := range m.DTCs() {
		if wanted(d) {
			some = append(some, d)
		}
	}
	return some
}

func anyDTC(DTC) bool { return true }

// having is a status that has a bit of the mask, among those that the server supports.
func (f *Faults) having(mask byte) func(DTC) bool {
	return func(d DTC) bool { return f.status(d)&uds.DTCStatus(mask) != 0 }
}

// appendCode appends a trouble code.
func appendCode(b []byte, d DTC) []byte { return appendNumber(b, uint64(d.Code&AllDTCs), 3) }

// appendStatus appends a trouble code with its status.
func (f *Faults) appendStatus(b []byte, d DTC) []byte {
	return append(appendCode(b, d), byte(f.status(d)))
}

// list appends trouble codes with their status.
func (f *Faults) list(b []byte, dtcs []DTC) []byte {
	for _, d := range dtcs {
		b = f.appendStatus(b, d)
	}
	return b
}

// count is how many trouble codes there are, with their format.
func (f *Faults) count(dtcs []DTC) []byte {
	return appendNumber([]byte{byte(f.available()), byte(f.Format)}, uint64(len(dtcs)), 2)
}

func (f *Faults) numberByStatus(_ byte, p []byte) ([]byte, error) {
	return f.count(with(f.Memory, f.having(p[0]))), nil
}

func (f *Faults) byStatus(_ byte, p []byte) ([]byte, error) {
	return f.list([]byte{byte(f.available())}, with(f.Memory, f.having(p[0]))), nil
}

func (f *Faults) supported(byte, []byte) ([]byte, error) {
	return f.list([]byte{byte(f.available())}, with(f.Memory, anyDTC)), nil
}

func (f *Faults) permanent(byte, []byte) ([]byte, error) {
	return f.list([]byte{byte(f.available())}, with(f.Memory, func(d DTC) bool { return d.Permanent })), nil
}

// counters are those of trouble codes that are on their way to fail (12.3.1.15: prefailed, 0x01 to 0x7E).
func (f *Faults) counters(byte, []byte) ([]byte, error) {
	var b []byte
	for _, d := range with(f.Memory, func(d DTC) bool { return d.Counter > 0 && d.Counter < 0x7F }) {
		b = append(appendCode(b, d), byte(d.Counter))
	}
	return b, nil
}

// extreme is the trouble code that was the first or the last one.
func (f *Faults) extreme(sub byte, _ []byte) ([]byte, error) {
	var found []DTC
	for _, d := range with(f.Memory, func(d DTC) bool { return d.Order.of(sub) != 0 }) {
		switch {
		case found == nil:
			found = []DTC{d}
		case isFirst(sub) == (d.Order.of(sub) < found[0].Order.of(sub)):
			found[0] = d
		}
	}
	return f.list([]byte{byte(f.available())}, found), nil
}

func isFirst(sub byte) bool { return sub == ReportFirstTestFailedDTC || sub == ReportFirstConfirmedDTC }

// of is the number that a report goes by.
func (o Order) of(sub byte) uint64 {
	switch sub {
	case ReportFirstTestFailedDTC:
		return o.FirstFailed
	case ReportFirstConfirmedDTC:
		return o.FirstConfirmed
	case ReportMostRecentTestFailedDTC:
		return o.LastFailed
	}
	return o.LastConfirmed
}

func (f *Faults) userByStatus(_ byte, p []byte) ([]byte, error) {
	memory, known := f.User[p[1]]
	if !known {
		return nil, uds.RequestOutOfRange
	}
	return f.list([]byte{p[1], byte(f.available())}, with(memory, f.having(p[0]))), nil
}

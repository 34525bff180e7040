package uds

import "fmt"

// Reports of ReadDTCInformation (12.3).
const (
	reportNumberOfDTCByStatusMask                     byte = 0x01
	reportDTCByStatusMask                             byte = 0x02
	reportDTCSnapshotIdentification                   byte = 0x03
	reportDTCSnapshotRecordByDTCNumber                byte = 0x04
	reportDTCStoredDataByRecordNumber                 byte = 0x05
	reportDTCExtDataRecordByDTCNumber                 byte = 0x06
	reportNumberOfDTCBySeverityMaskRecord             byte = 0x07
	reportDTCBySeverityMaskRecord                     byte = 0x08
	reportSeverityInformationOfDTC                    byte = 0x09
	reportSupportedDTC                                byte = 0x0A
	reportFirstTestFailedDTC                          byte = 0x0B
	reportFirstConfirmedDTC                           byte = 0x0C
	reportMostRecentTestFailedDTC                     byte = 0x0D
	reportMostRecentConfirmedDTC                      byte = 0x0E
	reportDTCFaultDetectionCounter                    byte = 0x14
	reportDTCWithPermanentStatus                      byte = 0x15
	reportDTCExtDataRecordByRecordNumber              byte = 0x16
	reportUserDefMemoryDTCByStatusMask                byte = 0x17
	reportUserDefMemoryDTCSnapshotRecordByDTCNumber   byte = 0x18
	reportUserDefMemoryDTCExtDataRecordByDTCNumber    byte = 0x19
	reportSupportedDTCExtDataRecord                   byte = 0x1A
	reportWWHOBDDTCByMaskRecord                       byte = 0x42
	reportWWHOBDDTCWithPermanentStatus                byte = 0x55
	reportDTCInformationByDTCReadinessGroupIdentifier byte = 0x56
)

// reportName names a report, those too that the 2020 edition withdrew.
func reportName(report byte) string {
	if name, ok := reportNames[report]; ok {
		return name
	}
	return fmt.Sprintf("%02X", report)
}

var reportNames = map[byte]string{
	reportNumberOfDTCByStatusMask:         "reportNumberOfDTCByStatusMask",
	reportDTCByStatusMask:                 "reportDTCByStatusMask",
	reportDTCSnapshotIdentification:       "reportDTCSnapshotIdentification",
	reportDTCSnapshotRecordByDTCNumber:    "reportDTCSnapshotRecordByDTCNumber",
	reportDTCStoredDataByRecordNumber:     "reportDTCStoredDataByRecordNumber",
	reportDTCExtDataRecordByDTCNumber:     "reportDTCExtDataRecordByDTCNumber",
	reportNumberOfDTCBySeverityMaskRecord: "reportNumberOfDTCBySeverityMaskRecord",
	reportDTCBySeverityMaskRecord:         "reportDTCBySeverityMaskRecord",
	reportSeverityInformationOfDTC:        "reportSeverityInformationOfDTC",
	reportSupportedDTC:                    "reportSupportedDTC",
	reportFirstTestFailedDTC:              "reportFirstTestFailedDTC",
	reportFirstConfirmedDTC:               "reportFirstConfirmedDTC",
	reportMostRecentTestFailedDTC:         "reportMostRecentTestFailedDTC",
	reportMostRecentConfirmedDTC:          "reportMostRecentConfirmedDTC",

	0x0F: "reportMirrorMemoryDTCByStatusMask",
	0x10: "reportMirrorMemoryDTCExtDataRecordByDTCNumber",
	0x11: "reportNumberOfMirrorMemoryDTCByStatusMask",
	0x12: "reportNumberOfEmissionsOBDDTCByStatusMask",
	0x13: "reportEmissionsOBDDTCByStatusMask",

	reportDTCFaultDetectionCounter:                    "reportDTCFaultDetectionCounter",
	reportDTCWithPermanentStatus:                      "reportDTCWithPermanentStatus",
	reportDTCExtDataRecordByRecordNumber:              "reportDTCExtDataRecordByRecordNumber",
	reportUserDefMemoryDTCByStatusMask:                "reportUserDefMemoryDTCByStatusMask",
	reportUserDefMemoryDTCSnapshotRecordByDTCNumber:   "reportUserDefMemoryDTCSnapshotRecordByDTCNumber",
	reportUserDefMemoryDTCExtDataRecordByDTCNumber:    "reportUserDefMemoryDTCExtDataRecordByDTCNumber",
	reportSupportedDTCExtDataRecord:                   "reportSupportedDTCExtDataRecord",
	reportWWHOBDDTCByMaskRecord:                       "reportWWHOBDDTCByMaskRecord",
	reportWWHOBDDTCWithPermanentStatus:                "reportWWHOBDDTCWithPermanentStatus",
	reportDTCInformationByDTCReadinessGroupIdentifier: "reportDTCInformationByDTCReadinessGroupIdentifier",
}

package uds

import "fmt"

// Service identifiers (ISO 14229-1:2020, table 2).
const (
	SIDDiagnosticSessionControl   byte = 0x10
	SIDECUReset                   byte = 0x11
	SIDClearDiagnosticInformation byte = 0x14
	SIDReadDTCInformation         byte = 0x19
	SIDReadDataByIdentifier       byte = 0x22
	SIDReadMemoryByAddress        byte = 0x23
	SIDSecurityAccess             byte = 0x27
	SIDCommunicationControl       byte = 0x28
	SIDAuthentication             byte = 0x29
	SIDWriteDataByIdentifier      byte = 0x2E
	SIDRoutineControl             byte = 0x31
	SIDRequestDownload            byte = 0x34
	SIDRequestUpload              byte = 0x35
	SIDTransferData               byte = 0x36
	SIDRequestTransferExit        byte = 0x37
	SIDTesterPresent              byte = 0x3E
	SIDControlDTCSetting          byte = 0x85
	positive                      byte = 0x40 // added to the identifier in a positive response
	negative                      byte = 0x7F
	suppressPositive              byte = 0x80 // suppressPosRspMsgIndicationBit of a sub-function
	routineStart                  byte = 0x01
	routineStop                   byte = 0x02
	routineResults                byte = 0x03
	reportNumberOfDTCByStatusMask byte = 0x01
	reportDTCByStatusMask         byte = 0x02
	communicationTypeNormal       byte = 0x01
	communicationEnableRxAndTx    byte = 0x00
	communicationDisableRxAndTx   byte = 0x03
	dtcSettingOn                  byte = 0x01
	dtcSettingOff                 byte = 0x02
)

// ServiceName returns the name of a service as the standard writes it.
func ServiceName(sid byte) string {
	if name, ok := serviceNames[sid]; ok {
		return name
	}
	return fmt.Sprintf("service 0x%02X", sid)
}

var serviceNames = map[byte]string{
	0x10: "DiagnosticSessionControl", 0x11: "ECUReset", 0x14: "ClearDiagnosticInformation", 0x19: "ReadDTCInformation",
	0x22: "ReadDataByIdentifier", 0x23: "ReadMemoryByAddress", 0x24: "ReadScalingDataByIdentifier",
	0x27: "SecurityAccess", 0x28: "CommunicationControl", 0x29: "Authentication",
	0x2A: "ReadDataByPeriodicIdentifier", 0x2C: "DynamicallyDefineDataIdentifier", 0x2E: "WriteDataByIdentifier",
	0x2F: "InputOutputControlByIdentifier", 0x31: "RoutineControl", 0x34: "RequestDownload", 0x35: "RequestUpload",
	0x36: "TransferData", 0x37: "RequestTransferExit", 0x38: "RequestFileTransfer", 0x3D: "WriteMemoryByAddress",
	0x3E: "TesterPresent", 0x83: "AccessTimingParameter", 0x84: "SecuredDataTransmission", 0x85: "ControlDTCSetting",
	0x86: "ResponseOnEvent", 0x87: "LinkControl",
}

package uds

import "fmt"

// Service identifiers (ISO 14229-1:2020, table 2).
const (
	SIDDiagnosticSessionControl        byte = 0x10
	SIDECUReset                        byte = 0x11
	SIDClearDiagnosticInformation      byte = 0x14
	SIDReadDTCInformation              byte = 0x19
	SIDReadDataByIdentifier            byte = 0x22
	SIDReadMemoryByAddress             byte = 0x23
	SIDReadScalingDataByIdentifier     byte = 0x24
	SIDSecurityAccess                  byte = 0x27
	SIDCommunicationControl            byte = 0x28
	SIDAuthentication                  byte = 0x29
	SIDReadDataByPeriodicIdentifier    byte = 0x2A
	SIDDynamicallyDefineDataIdentifier byte = 0x2C
	SIDWriteDataByIdentifier           byte = 0x2E
	SIDInputOutputControlByIdentifier  byte = 0x2F
	SIDRoutineControl                  byte = 0x31
	SIDRequestDownload                 byte = 0x34
	SIDRequestUpload                   byte = 0x35
	SIDTransferData                    byte = 0x36
	SIDRequestTransferExit             byte = 0x37
	SIDRequestFileTransfer             byte = 0x38
	SIDWriteMemoryByAddress            byte = 0x3D
	SIDTesterPresent                   byte = 0x3E
	SIDAccessTimingParameter           byte = 0x83 // up to the edition of 2013
	SIDSecuredDataTransmission         byte = 0x84
	SIDControlDTCSetting               byte = 0x85
	SIDResponseOnEvent                 byte = 0x86
	SIDLinkControl                     byte = 0x87
)

const (
	positive         byte = 0x40 // added to the identifier in a positive response
	negative         byte = 0x7F
	suppressPositive byte = 0x80 // suppressPosRspMsgIndicationBit of a sub-function
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

// hasSubFunction says whether the first parameter of a service is a sub-function, so that its positive response can be
// suppressed (8.2.2).
func hasSubFunction(sid byte) bool {
	switch sid {
	case SIDDiagnosticSessionControl, SIDECUReset, SIDReadDTCInformation, SIDSecurityAccess, SIDCommunicationControl,
		SIDAuthentication, SIDDynamicallyDefineDataIdentifier, SIDRoutineControl, SIDTesterPresent,
		SIDAccessTimingParameter, SIDControlDTCSetting, SIDResponseOnEvent, SIDLinkControl:
		return true
	}
	return false
}

package uds_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"otabench/ecu/uds"
)

func TestDescribe(t *testing.T) {
	for in, want := range map[string]string{
		"":               "empty message",
		"3611AABB":       "TransferData #17, 2 bytes",
		"7611":           "positive response to TransferData #17, 0 bytes",
		"3101FF00":       "RoutineControl start FF00",
		"22F190":         "ReadDataByIdentifier F190",
		"7F3693":         "negative response to TransferData: voltageTooLow (0x93)",
		"8502":           "ControlDTCSetting off",
		"C502":           "positive response to ControlDTCSetting off",
		"37":             "RequestTransferExit",
		"BA01":           "service 0xBA 01",
		"3400440000":     "RequestDownload",
		"3400220800FFFF": "RequestDownload, 65535 bytes at 0x800",
		"7420FFF0":       "positive response to RequestDownload, blocks of 65520 bytes",
		"7420FF":         "positive response to RequestDownload",
		"3105FF00":       "RoutineControl 05 FF00",
		"3103FF00":       "RoutineControl results of FF00",
		"3182FF00":       "RoutineControl stop FF00",
		"14FFFFFF":       "ClearDiagnosticInformation FFFFFF",
		"34":             "RequestDownload",
		"3400":           "RequestDownload",
		"7F31":           "service 0x7F 31",
		"7F":             "service 0x7F",

		"1003":                                   "DiagnosticSessionControl 03",
		"1101":                                   "ECUReset hardReset",
		"1140":                                   "ECUReset 40",
		"510405":                                 "positive response to ECUReset enableRapidPowerShutDown",
		"14FF":                                   "ClearDiagnosticInformation FF",
		"190209":                                 "ReadDTCInformation reportDTCByStatusMask 09",
		"5902FF12345609":                         "positive response to ReadDTCInformation reportDTCByStatusMask, trouble codes: 1",
		"5901FF010003":                           "positive response to ReadDTCInformation reportNumberOfDTCByStatusMask, trouble codes: 3",
		"1906123456FF":                           "ReadDTCInformation reportDTCExtDataRecordByDTCNumber 12 34 56 FF",
		"1910":                                   "ReadDTCInformation reportMirrorMemoryDTCExtDataRecordByDTCNumber",
		"197E":                                   "ReadDTCInformation 7E",
		"22F190F191":                             "ReadDataByIdentifier F190 F191",
		"22000100020003000400050006000700080009": "ReadDataByIdentifier 0001 0002 0003 0004 0005 0006 0007 0008 …",
		"62F19041":                               "positive response to ReadDataByIdentifier F190",
		"22F1":                                   "ReadDataByIdentifier F1",
		"2312080010":                             "ReadMemoryByAddress, 16 bytes at 0x800",
		"6301020304":                             "positive response to ReadMemoryByAddress",
		"3D1208000101":                           "WriteMemoryByAddress, 1 bytes at 0x800",
		"7D12080001":                             "positive response to WriteMemoryByAddress, 1 bytes at 0x800",
		"24F190":                                 "ReadScalingDataByIdentifier F190",
		"2711":                                   "SecurityAccess seed of level 11",
		"271255":                                 "SecurityAccess key of level 11",
		"6712":                                   "positive response to SecurityAccess key of level 11",
		"2700":                                   "SecurityAccess key of level 00",
		"280301":                                 "CommunicationControl disableRxAndTx normal messages",
		"2881F3":                                 "CommunicationControl enableRxAndDisableTx all messages of subnet F",
		"2804010007":                             "CommunicationControl enableRxAndDisableTxWithEnhancedAddressInformation normal messages of node 0007",
		"6803":                                   "positive response to CommunicationControl disableRxAndTx",
		"2840":                                   "CommunicationControl 40",
		"2902":                                   "Authentication verifyCertificateBidirectional",
		"690312":                                 "positive response to Authentication proofOfOwnership: ownership verified, authentication complete (0x12)",
		"2909":                                   "Authentication 09",
		"2A030102":                               "ReadDataByPeriodicIdentifier sendAtFastRate 01 02",
		"2A04":                                   "ReadDataByPeriodicIdentifier stopSending",
		"6A":                                     "positive response to ReadDataByPeriodicIdentifier",
		"6A0155":                                 "positive response to ReadDataByPeriodicIdentifier data of F201",
		"2C01F300F1900101":                       "DynamicallyDefineDataIdentifier defineByIdentifier F300",
		"2C03":                                   "DynamicallyDefineDataIdentifier clearDynamicallyDefinedDataIdentifier",
		"2C09":                                   "DynamicallyDefineDataIdentifier 09",
		"2F9B0003":                               "InputOutputControlByIdentifier 9B00 shortTermAdjustment",
		"6F9B000012":                             "positive response to InputOutputControlByIdentifier 9B00 returnControlToECU",
		"2F9B00":                                 "InputOutputControlByIdentifier 9B00",
		"2F9B":                                   "InputOutputControlByIdentifier 9B",
		"38010003612F6200":                       "RequestFileTransfer addFile \"a/b\"",
		"38020001":                               "RequestFileTransfer deleteFile",
		"7801020FFF00":                           "positive response to RequestFileTransfer addFile, blocks of 4095 bytes",
		"7802":                                   "positive response to RequestFileTransfer deleteFile",
		"3E00":                                   "TesterPresent 00",
		"8303":                                   "AccessTimingParameter readCurrentlyActiveTimingParameters",
		"84006100000601242EF123AA55DBD10EDC55AA": "SecuredDataTransmission 292: WriteDataByIdentifier F123",
		"C400100000000001AA":                     "positive response to SecuredDataTransmission 1, encrypted",
		"840001000000000184000100000001":         "SecuredDataTransmission 1: SecuredDataTransmission",
		"8400":                                   "SecuredDataTransmission 00",
		"860102FF190209":                         "ResponseOnEvent onDTCStatusChange: ReadDTCInformation",
		"C6010002FF190209":                       "positive response to ResponseOnEvent onDTCStatusChange: ReadDTCInformation",
		"864502":                                 "ResponseOnEvent startResponseOnEvent, stored",
		"862002":                                 "ResponseOnEvent 20",
		"870112":                                 "LinkControl verifyModeTransitionWithFixedParameter 12",
		"87020249F0":                             "LinkControl verifyModeTransitionWithSpecificParameter 150000",
		"C703":                                   "positive response to LinkControl transitionMode",
		"8755":                                   "LinkControl 55",
		"7F2957":                                 "negative response to Authentication: certificateVerificationFailed_InvalidCertificate (0x57)",
	} {
		b, err := hex.DecodeString(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := uds.Describe(b); got != want {
			t.Errorf("Describe(%s) = %q, want %q", in, got, want)
		}
	}
}

func TestEveryCodeHasAName(t *testing.T) {
	for c := range 256 {
		if s := uds.NRC(c).String(); !strings.HasSuffix(s, fmt.Sprintf("(0x%02X)", c)) {
			t.Error(s)
		}
	}
	for c, want := range map[uds.NRC]string{
		0x00: "positiveResponse", 0x15: "reserved", 0x3A: "secureDataVerificationFailed",
		0x3B: "reserved for secured data transmission", 0x50: "certificateVerificationFailed_InvalidTimePeriod",
		0x5B: "sessionKeyCreation/DerivationFailed", 0x5E: "reserved for authentication", 0x88: "vehicleSpeedTooHigh",
		0x94: "resourceTemporarilyNotAvailable", 0x95: "reserved for specific conditions",
		0xF0: "maker-specific conditions not correct", 0xFF: "reserved",
	} {
		if got := c.Error(); got != fmt.Sprintf("%s (0x%02X)", want, byte(c)) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

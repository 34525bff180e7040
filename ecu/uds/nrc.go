package uds

import "fmt"

// NRC is a negative response code (ISO 14229-1:2020, table A.1). It is an error, so errors.Is finds it in whatever wraps
// a [NegativeResponse].
type NRC byte

// Negative response codes.
const (
	GeneralReject                             NRC = 0x10
	ServiceNotSupported                       NRC = 0x11
	SubFunctionNotSupported                   NRC = 0x12
	IncorrectMessageLengthOrInvalidFormat     NRC = 0x13
	ResponseTooLong                           NRC = 0x14
	BusyRepeatRequest                         NRC = 0x21
	ConditionsNotCorrect                      NRC = 0x22
	RequestSequenceError                      NRC = 0x24
	NoResponseFromSubnetComponent             NRC = 0x25
	FailurePreventsExecutionOfRequestedAction NRC = 0x26
	RequestOutOfRange                         NRC = 0x31
	SecurityAccessDenied                      NRC = 0x33
	AuthenticationRequired                    NRC = 0x34
	InvalidKey                                NRC = 0x35
	ExceedNumberOfAttempts                    NRC = 0x36
	RequiredTimeDelayNotExpired               NRC = 0x37
	UploadDownloadNotAccepted                 NRC = 0x70
	TransferDataSuspended                     NRC = 0x71
	GeneralProgrammingFailure                 NRC = 0x72
	WrongBlockSequenceCounter                 NRC = 0x73
	ResponsePending                           NRC = 0x78
	SubFunctionNotSupportedInActiveSession    NRC = 0x7E
	ServiceNotSupportedInActiveSession        NRC = 0x7F
	RpmTooHigh                                NRC = 0x81
	RpmTooLow                                 NRC = 0x82
	EngineIsRunning                           NRC = 0x83
	EngineIsNotRunning                        NRC = 0x84
	EngineRunTimeTooLow                       NRC = 0x85
	TemperatureTooHigh                        NRC = 0x86
	TemperatureTooLow                         NRC = 0x87
	VehicleSpeedTooHigh                       NRC = 0x88
	VehicleSpeedTooLow                        NRC = 0x89
	ThrottlePedalTooHigh                      NRC = 0x8A
	ThrottlePedalTooLow                       NRC = 0x8B
	TransmissionRangeNotInNeutral             NRC = 0x8C
	TransmissionRangeNotInGear                NRC = 0x8D
	BrakeSwitchNotClosed                      NRC = 0x8F
	ShifterLeverNotInPark                     NRC = 0x90
	TorqueConverterClutchLocked               NRC = 0x91
	VoltageTooHigh                            NRC = 0x92
	VoltageTooLow                             NRC = 0x93
)

func nrcName(c NRC) string {
	switch c {
	case GeneralReject:
		return "generalReject"
	case ServiceNotSupported:
		return "serviceNotSupported"
	case SubFunctionNotSupported:
		return "subFunctionNotSupported"
	case IncorrectMessageLengthOrInvalidFormat:
		return "incorrectMessageLengthOrInvalidFormat"
	case ResponseTooLong:
		return "responseTooLong"
	case BusyRepeatRequest:
		return "busyRepeatRequest"
	case ConditionsNotCorrect:
		return "conditionsNotCorrect"
	case RequestSequenceError:
		return "requestSequenceError"
	case NoResponseFromSubnetComponent:
		return "noResponseFromSubnetComponent"
	case FailurePreventsExecutionOfRequestedAction:
		return "failurePreventsExecutionOfRequestedAction"
	case RequestOutOfRange:
		return "requestOutOfRange"
	case SecurityAccessDenied:
		return "securityAccessDenied"
	case AuthenticationRequired:
		return "authenticationRequired"
	case InvalidKey:
		return "invalidKey"
	case ExceedNumberOfAttempts:
		return "exceedNumberOfAttempts"
	case RequiredTimeDelayNotExpired:
		return "requiredTimeDelayNotExpired"
	case UploadDownloadNotAccepted:
		return "uploadDownloadNotAccepted"
	case TransferDataSuspended:
		return "transferDataSuspended"
	case GeneralProgrammingFailure:
		return "generalProgrammingFailure"
	case WrongBlockSequenceCounter:
		return "wrongBlockSequenceCounter"
	case ResponsePending:
		return "requestCorrectlyReceivedResponsePending"
	case SubFunctionNotSupportedInActiveSession:
		return "subFunctionNotSupportedInActiveSession"
	case ServiceNotSupportedInActiveSession:
		return "serviceNotSupportedInActiveSession"
	case VoltageTooHigh:
		return "voltageTooHigh"
	case VoltageTooLow:
		return "voltageTooLow"
	}
	return vehicleCondition(c)
}

func vehicleCondition(c NRC) string {
	names := map[NRC]string{
		RpmTooHigh: "rpmTooHigh", RpmTooLow: "rpmTooLow", EngineIsRunning: "engineIsRunning",
		EngineIsNotRunning: "engineIsNotRunning", EngineRunTimeTooLow: "engineRunTimeTooLow",
		TemperatureTooHigh: "temperatureTooHigh", TemperatureTooLow: "temperatureTooLow",
		VehicleSpeedTooHigh: "vehicleSpeedTooHigh", VehicleSpeedTooLow: "vehicleSpeedTooLow",
		ThrottlePedalTooHigh: "throttle/PedalTooHigh", ThrottlePedalTooLow: "throttle/PedalTooLow",
		TransmissionRangeNotInNeutral: "transmissionRangeNotInNeutral", TransmissionRangeNotInGear: "transmissionRangeNotInGear",
		BrakeSwitchNotClosed: "brakeSwitch(es)NotClosed", ShifterLeverNotInPark: "shifterLeverNotInPark",
		TorqueConverterClutchLocked: "torqueConverterClutchLocked",
	}
	if name, ok := names[c]; ok {
		return name
	}
	return "reserved or maker-specific"
}

func (c NRC) String() string { return fmt.Sprintf("%s (0x%02X)", nrcName(c), byte(c)) }

// Error implements error.
func (c NRC) Error() string { return c.String() }

// NegativeResponse is a server's refusal.
type NegativeResponse struct {
	Server  string // name of the client that asked
	Service byte   // that was refused
	Code    NRC
}

func (e *NegativeResponse) Error() string {
	return fmt.Sprintf("%s refuses %s: %v", e.Server, ServiceName(e.Service), e.Code)
}

// Unwrap gives the code to errors.Is.
func (e *NegativeResponse) Unwrap() error { return e.Code }

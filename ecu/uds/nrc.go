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
	SecureDataTransmissionRequired            NRC = 0x38
	SecureDataTransmissionNotAllowed          NRC = 0x39
	SecureDataVerificationFailed              NRC = 0x3A
	CertificateInvalidTimePeriod              NRC = 0x50
	CertificateInvalidSignature               NRC = 0x51
	CertificateInvalidChainOfTrust            NRC = 0x52
	CertificateInvalidType                    NRC = 0x53
	CertificateInvalidFormat                  NRC = 0x54
	CertificateInvalidContent                 NRC = 0x55
	CertificateInvalidScope                   NRC = 0x56
	CertificateInvalid                        NRC = 0x57
	OwnershipVerificationFailed               NRC = 0x58
	ChallengeCalculationFailed                NRC = 0x59
	SettingAccessRightsFailed                 NRC = 0x5A
	SessionKeyCreationDerivationFailed        NRC = 0x5B
	ConfigurationDataUsageFailed              NRC = 0x5C
	DeAuthenticationFailed                    NRC = 0x5D
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
	ResourceTemporarilyNotAvailable           NRC = 0x94
)

// String names the code. Codes without a name of their own are named by their range.
func (c NRC) String() string {
	name, ok := nrcNames[c]
	if !ok {
		name = c.rangeName()
	}
	return fmt.Sprintf("%s (0x%02X)", name, byte(c))
}

func (c NRC) rangeName() string {
	switch {
	case c == 0:
		return "positiveResponse"
	case c >= 0x38 && c <= 0x4F:
		return "reserved for secured data transmission"
	case c >= 0x50 && c <= 0x6F:
		return "reserved for authentication"
	case c >= 0x95 && c <= 0xEF:
		return "reserved for specific conditions"
	case c >= 0xF0 && c <= 0xFE:
		return "maker-specific conditions not correct"
	}
	return "reserved"
}

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

package sim

// nrc is a negative response code (ISO 14229-1:2020, annex A).
type nrc byte

const (
	ok                               nrc = 0x00
	serviceNotSupported              nrc = 0x11
	subFunctionNotSupported          nrc = 0x12
	incorrectMessageLength           nrc = 0x13
	responseTooLong                  nrc = 0x14
	busyRepeatRequest                nrc = 0x21
	conditionsNotCorrect             nrc = 0x22
	requestSequenceError             nrc = 0x24
	requestOutOfRange                nrc = 0x31
	securityAccessDenied             nrc = 0x33
	invalidKey                       nrc = 0x35
	exceededNumberOfAttempts         nrc = 0x36
	requiredTimeDelayNotExpired      nrc = 0x37
	uploadDownloadNotAccepted        nrc = 0x70
	generalProgrammingFailure        nrc = 0x72
	wrongBlockSequenceCounter        nrc = 0x73
	responsePending                  nrc = 0x78
	subFunctionNotSupportedInSession nrc = 0x7E
	serviceNotSupportedInSession     nrc = 0x7F
	voltageTooHigh                   nrc = 0x92
	voltageTooLow                    nrc = 0x93
)

// silentWhenFunctional says which codes are not sent to functional requests (ISO 14229-1:2020, 7.5.3.3).
func (n nrc) silentWhenFunctional() bool {
	switch n {
	case serviceNotSupported, subFunctionNotSupported, requestOutOfRange, subFunctionNotSupportedInSession, serviceNotSupportedInSession:
		return true
	}
	return false
}

// negative is the message that carries a code.
func negative(service byte, n nrc) []byte { return []byte{0x7F, service, byte(n)} }

// refusal is the code for an unmet condition.
func refusal(c condition) nrc {
	switch c {
	case voltageLow:
		return voltageTooLow
	case voltageHigh:
		return voltageTooHigh
	}
	return conditionsNotCorrect
}

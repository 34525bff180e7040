// Package server is a diagnostic server (UDS, ISO 14229-1:2020), described by data and small functions.
//
//	s, err := server.New(conn, server.Config{
//		Sessions: map[byte]server.Session{0x03: {}},
//		ReadData: &server.ReadData{},
//		Data:     server.DIDs{0xF190: server.Value([]byte("WOB00000000000001")...)},
//	})
//	...
//	err = s.Serve(ctx)
//
// A service that the [Config] does not have is answered with serviceNotSupported. [Access] says for each service,
// sub-function, identifier, routine and region of memory in which sessions, with which level of SecurityAccess and with
// which role of Authentication it may be used.
//
// # Order of checks
//
// The first check that fails is answered:
//
//   - Service (figure 5): serviceNotSupported, serviceNotSupportedInActiveSession, authenticationRequired,
//     secureDataTransmissionRequired, securityAccessDenied.
//   - Sub-function (figure 6): length of two bytes, subFunctionNotSupported, subFunctionNotSupportedInActiveSession,
//     authenticationRequired, securityAccessDenied, and requestSequenceError of SecurityAccess, Authentication and
//     LinkControl. RoutineControl looks at its sub-function after the routine and its access (14.2.4).
//   - Request (NRC tables of each service): least length, requestOutOfRange for an identifier, routine or region that
//     there is not in this session, its authenticationRequired and securityAccessDenied, total length, requestSequenceError,
//     requestOutOfRange for the parameters, and what the functions of the Config answer: conditions and failures.
//
// # Requests at the same time
//
// One request is worked on at a time. While it lasts, responsePending leaves at three quarters of P2 and then of P2*, other
// requests are answered with busyRepeatRequest, and a TesterPresent that wants no response is taken. After responsePending
// the final response is never suppressed. S3server stands still while a request is worked on.
package server

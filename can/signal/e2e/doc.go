// Package e2e protects the data of messages from end to end as AUTOSAR does (AUTOSAR_PRS_E2EProtocol): with a
// counter, a checksum, and an identifier that is in the checksum though not, or not wholly, in the data.
//
// A [Protector] is the sender's half and a [Checker] the receiver's, of a [Profile]: [Profile1] with its variants 1A,
// 1B and 1C, [Profile2] and [Profile5]. What a Checker says has the names of the standard, see [Status].
//
//	sender, err := e2e.NewProtector(e2e.Profile1A(0x123, 8))
//	...
//	err = sender.Protect(frame.Payload())
//
//	receiver, err := e2e.NewChecker(e2e.Profile1A(0x123, 8))
//	...
//	if status := receiver.Check(frame.Payload()); status != e2e.OK {
//
// The state machine of the standard, which judges a window of several checks, is not here: a bench wants to know of
// each.
package e2e

// Package trigger does something at an exact moment of a protocol.
//
// A [Condition] describes the moment in what is seen: a frame, an ISO-TP frame, a UDS request or response, a console
// line, a voltage that crosses a level, an event of the record. An [Action] is what happens then. [Engine.Arm] binds the
// two before the stimulus; [Engine.Observe] is called on the receive path itself for everything that is seen, and runs
// the action before it returns, so that nothing polls between a frame and a cut. What no armed trigger waits for costs
// the receive path a few nanoseconds, and what meets no condition costs the garbage collector nothing.
//
//	armed := engine.Arm(trigger.Request("bcm", 0x36, 17).Sent(), cut)
//	...
//	firing, ok := armed.Firing()
//
// Conditions are composed: [Condition.Nth], [Condition.Then], [Condition.After], [Any]. This one is met by the fifth
// consecutive frame of block 17 of the first transfer that begins later than 20 ms after an erase request:
//
//	trigger.RoutineControl("bcm", 1, 0xFF00).Sent().After(20 * time.Millisecond).
//		Then(trigger.FrameTo("bcm", isotp.ConsecutiveFrame).Of(0x36, 17).Index(5).Seen())
//
// So are actions: [After], [Both], [Sequence]. A second fault during the recovery from a first one is another trigger that
// [Armed.Then] arms once the first has fired:
//
//	first := engine.Arm(trigger.Request("bcm", 0x36, 17).Sent(), cut)
//	second := first.Then(trigger.LineOf("bcm", booted), dip)
//
// A [Firing] says what fired, when, what time was wished, and how far from it the action was done.
package trigger

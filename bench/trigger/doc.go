// Package trigger does something at an exact moment of a protocol.
//
// A [Condition] describes the moment in what is seen: a frame, a UDS request or response, a console line. An [Action]
// is what happens then. [Engine.Arm] binds the two before the stimulus; [Engine.Observe] is called on the receive path
// itself for everything that is seen, and runs the action before it returns, so that nothing polls between a frame
// and a cut.
//
//	armed := engine.Arm(trigger.Request("bcm", 0x36, 17).Sent(), cut)
//	...
//	firing, ok := armed.Firing()
//
// Conditions count and follow one another: [Condition.Nth], [Condition.Then]. [After] delays an action.
package trigger

package bench

import (
	"regexp"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/trigger"
	"otabench/can/isotp"
	"otabench/ecu/uds"
)

// Request is a request to the ECU that begins with prefix, for triggers.
func (e *ECU) Request(prefix ...byte) trigger.Message { return trigger.Request(e.role, prefix...) }

// Response is a response of the ECU that begins with prefix, for triggers.
func (e *ECU) Response(prefix ...byte) trigger.Message { return trigger.Response(e.role, prefix...) }

// SubFunction is a request with a sub-function, whether or not it suppresses the positive response, for triggers.
func (e *ECU) SubFunction(service, sub byte) trigger.Message {
	return trigger.SubFunction(e.role, service, sub)
}

// Refusal is the negative response to a service with a code, for triggers.
func (e *ECU) Refusal(service byte, code uds.NRC) trigger.Message {
	return trigger.Refusal(e.role, service, code)
}

// Pending is the response by which the ECU asks for more time for a service, for triggers.
func (e *ECU) Pending(service byte) trigger.Message { return trigger.Pending(e.role, service) }

// TransferData is the request with a block counter, for triggers. Counters begin at 1.
func (e *ECU) TransferData(counter byte) trigger.Message {
	return trigger.Request(e.role, uds.SIDTransferData, counter)
}

// Block is the last frame of the n-th block of a transfer, counted from 1 and beyond the block counter's 255, for
// triggers.
func (e *ECU) Block(n int) trigger.Condition { return trigger.Block(e.role, n) }

// TransferExit is the request that ends a transfer, for triggers.
func (e *ECU) TransferExit() trigger.Message {
	return trigger.Request(e.role, uds.SIDRequestTransferExit)
}

// Routine is the request that starts a routine, for triggers.
func (e *ECU) Routine(id uint16) trigger.Message { return trigger.RoutineControl(e.role, 1, id) }

// Resetting is the positive response to ECUReset, for triggers.
func (e *ECU) Resetting() trigger.Message {
	return trigger.Response(e.role, uds.SIDECUReset+0x40)
}

// FrameTo is an ISO-TP frame to the ECU, and FrameFrom one from it, for triggers.
func (e *ECU) FrameTo(k isotp.Kind) trigger.TransportFrame { return trigger.FrameTo(e.role, k) }

// FrameFrom is an ISO-TP frame from the ECU, for triggers.
func (e *ECU) FrameFrom(k isotp.Kind) trigger.TransportFrame { return trigger.FrameFrom(e.role, k) }

// Prints is a line on the ECU's console that matches an expression, for triggers.
func (e *ECU) Prints(re *regexp.Regexp) trigger.Condition { return trigger.LineOf(e.role, re) }

// Rising is the rail's voltage rising through a level as its sensor sees it, for triggers; see [trigger.Falling].
func (r *Rail) Rising(level physic.ElectricPotential) trigger.Condition {
	return trigger.Rising(r.role, level)
}

// Falling is the rail's voltage falling through a level as its sensor sees it, for triggers; see [trigger.Falling].
func (r *Rail) Falling(level physic.ElectricPotential) trigger.Condition {
	return trigger.Falling(r.role, level)
}

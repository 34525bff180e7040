package bench

import (
	"otabench/bench/trigger"
	"otabench/ecu/uds"
)

// TransferData is the request with a block counter, for triggers. Counters begin at 1.
func (e *ECU) TransferData(counter byte) trigger.Message {
	return trigger.Request(e.role, uds.SIDTransferData, counter)
}

// TransferExit is the request that ends a transfer, for triggers.
func (e *ECU) TransferExit() trigger.Message {
	return trigger.Request(e.role, uds.SIDRequestTransferExit)
}

// Routine is the request that starts a routine, for triggers.
func (e *ECU) Routine(id uint16) trigger.Message {
	return trigger.Request(e.role, uds.SIDRoutineControl, 1, byte(id>>8), byte(id))
}

// Resetting is the positive response to ECUReset, for triggers.
func (e *ECU) Resetting() trigger.Message {
	return trigger.Response(e.role, uds.SIDECUReset+0x40)
}

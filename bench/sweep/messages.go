package sweep

import (
	"otabench/bench/trigger"
	"otabench/ecu/uds"
)

// messages tells messages that count from a request that is sent again because the unit was busy, and from the response
// that says so: how often that happens is another number each time.
type messages struct{ busy byte }

// counts is told each beginning of a message.
func (m *messages) counts(o trigger.Observation) bool {
	switch {
	case o.Kind == trigger.ResponseBegun && len(o.Data) > 2 && o.Data[0] == negative && o.Data[2] == byte(uds.BusyRepeatRequest):
		m.busy = o.Data[1]
		return false
	case o.Kind == trigger.RequestBegun && o.Data[0] == m.busy:
		m.busy = 0
		return false
	}
	return true
}

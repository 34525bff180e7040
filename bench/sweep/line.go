package sweep

import (
	"otabench/bench"
	"otabench/bench/trigger"
	"otabench/can"
)

// line tells the frames of a unit's diagnostic connection from others on its bus.
type line struct {
	bus               string
	request, response can.Filter
}

func newLine(u *bench.ECU) line {
	a := u.Description().Address
	return line{
		bus:      u.BusRole(),
		request:  can.Exactly(a.Request, a.Extended),
		response: can.Exactly(a.Response, a.Extended),
	}
}

// carries says whether something seen is a frame of the connection.
func (l line) carries(o trigger.Observation) bool {
	return o.Kind == trigger.Frame && o.Source == l.bus && (l.request.Match(o.Frame) || l.response.Match(o.Frame))
}

// either matches requests and responses, and identifiers that differ from both in the same bits only.
func (l line) either() can.Filter {
	f := l.request
	f.Mask &^= l.request.ID ^ l.response.ID
	return f
}

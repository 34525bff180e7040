package described

import (
	"bytes"
	"context"

	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// seedLength is how long seeds of a level were, 0 if none was seen.
func (r *Recording) seedLength(level byte) int {
	if r == nil {
		return 0
	}
	return r.seeds[level]
}

// status is what a routine answered, nil if it was not seen.
func (r *Recording) status(routine uint16) []byte {
	if r == nil {
		return nil
	}
	return r.routines[routine]
}

// routine is one that the description does not have, and that answers as it did.
func (r *Recording) routine(id uint16, access server.Access) (server.Routine, bool) {
	status := r.status(id)
	if status == nil {
		return server.Routine{}, false
	}
	again := func(context.Context, server.Call, []byte) ([]byte, error) { return status, nil }
	return server.Routine{
		Access: access, Start: again, StartOptions: server.AtLeast(0), Results: again, ResultsOptions: server.AtLeast(0),
	}, true
}

// replayed are services that the description says nothing of. They answer what they answered.
func (e *ECU) replayed() map[byte]server.Custom {
	if e.cfg.Recorded == nil {
		return nil
	}
	all := map[byte]server.Custom{}
	for sid, answers := range e.cfg.Recorded.others {
		all[sid] = server.Custom{MinLength: 1, Handle: func(_ context.Context, _ server.Call, request []byte) ([]byte, error) {
			if response, seen := answers[string(request)]; seen {
				return bytes.Clone(response[1:]), nil
			}
			return nil, uds.RequestOutOfRange
		}}
	}
	return all
}

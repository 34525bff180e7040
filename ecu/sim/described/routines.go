package described

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"otabench/ecu/description"
	"otabench/ecu/security"
	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// Routine implements server.Finder.
func (e *ECU) Routine(id uint16) (server.Routine, bool) {
	all := e.cfg.Description.Routines
	var names []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if all[name].Exists() && all[name].ID == id {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return e.cfg.Recorded.routine(id, e.notDefault())
	}
	one := server.Routine{Access: e.notDefault(), StartOptions: server.AtLeast(0), Start: e.start(names), KeepResult: true}
	if len(all[names[0]].Running) > 0 {
		one.KeepResult = false
		one.Results = func(context.Context, server.Call, []byte) ([]byte, error) { return e.results[id], nil }
	}
	if e.programs(names[0]) {
		one.Access = e.programming()
	}
	return one, true
}

// programs says that a routine belongs to the part of programming that comes after the unlock.
func (e *ECU) programs(name string) bool {
	switch name {
	case description.Erase, description.Verify, description.Dependencies, description.Activate:
		return true
	}
	blocks := e.cfg.Description.Programming.Blocks
	return slices.ContainsFunc(blocks, func(b description.Block) bool { return b.Check == name })
}

// start does what a routine is for, and answers as the description says. Of those that share a number, the one whose
// options fit is meant.
func (e *ECU) start(names []string) server.RoutineFunc {
	return func(ctx context.Context, _ server.Call, options []byte) ([]byte, error) {
		for _, name := range names {
			if fields, err := e.options[name].Match(options, e.width); err == nil {
				return e.carryOut(ctx, name, fields)
			}
		}
		return nil, uds.RequestOutOfRange
	}
}

func (e *ECU) carryOut(ctx context.Context, name string, fields map[string][]byte) ([]byte, error) {
	if ctx.Err() != nil {
		return nil, uds.GeneralProgrammingFailure // the power went before anything was done
	}
	right, err := e.do(ctx, name, fields)
	if err != nil {
		return nil, err
	}
	r := e.cfg.Description.Routines[name]
	status := r.Success()
	if !right {
		status = failure(r)
	} else if recorded := e.cfg.Recorded.status(r.ID); recorded != nil && r.Passed(recorded) {
		status = recorded
	}
	if len(r.Running) > 0 {
		e.results[r.ID] = status
		return r.Running[0].Decode(), nil
	}
	return status, nil
}

// do is what routines of the sequence are for. Of others nothing is known but the checksums in their options.
func (e *ECU) do(ctx context.Context, name string, fields map[string][]byte) (right bool, err error) {
	switch name {
	case description.Preconditions:
		return e.mayProgram(ctx, server.Call{}) == nil, nil
	case description.Erase:
		return true, e.memory.clear(ctx, fields)
	case description.Activate:
		return e.memory.activate(), nil
	case description.Confirm:
		return e.memory.confirm(), nil
	case description.Rollback:
		return e.memory.rollback(), nil
	case description.Dependencies:
		return e.memory.target().present() && e.sums(name, fields), nil
	case description.Verify:
		right = e.memory.target().present() && e.memory.authentic() && e.sums(name, fields)
		return e.memory.judge(name, fields, right), nil
	}
	if e.programs(name) {
		return e.memory.judge(name, fields, e.sums(name, fields)), nil
	}
	return e.sums(name, fields), nil
}

// judge notes what became of a check.
func (m *memory) judge(name string, fields map[string][]byte, right bool) bool {
	if s := m.checked(name, fields); right {
		m.accepted(s)
	} else {
		m.refused(s)
	}
	return right
}

// sums compares the checksums that a tester sent with those of what is in memory. Those of data that the ECU would have
// to decrypt are taken for right.
func (e *ECU) sums(name string, fields map[string][]byte) bool {
	sum := security.Checksum(e.cfg.Description)
	for field, want := range fields {
		if !slices.Contains(description.Checksums(), field) {
			continue
		}
		s := e.memory.checked(name, fields)
		got, err := sum(field, s.data)
		if s.plain && (err != nil || !bytes.Equal(got, want)) {
			return false
		}
	}
	return true
}

// failure is a status record that does not mean success: the first one that has a meaning, if there is one.
func failure(r description.Routine) []byte {
	failed := func(status []byte) bool { return len(status) > 0 && !r.Passed(status) && !r.StillRuns(status) }
	for _, beginning := range slices.Sorted(maps.Keys(r.Values)) {
		if status := beginning.Decode(); failed(status) {
			return status
		}
	}
	for first := byte(1); first != 0; first++ {
		if failed([]byte{first}) {
			return []byte{first}
		}
	}
	return []byte{0xFF} // every record means success here
}

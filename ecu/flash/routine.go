package flash

import (
	"context"
	"errors"
	"fmt"
	"time"

	"otabench/ecu/description"
	"otabench/ecu/uds"
)

// Verify makes the ECU check what it got. A bad package is a *Rejected with the Status; an answer without status is an
// error as well unless the description says that any is a pass, since nothing then says that the check passed. It does
// nothing if the ECU has no such routine, as where each block is checked by itself.
func (p *Programmer) Verify(ctx context.Context) error {
	return p.named(ctx, PhaseVerify, description.Verify)
}

// Dependencies makes the ECU check that its pieces of software fit each other (routine checkProgrammingDependencies,
// ISO 14229-1:2020, annex F).
func (p *Programmer) Dependencies(ctx context.Context) error {
	return p.named(ctx, PhaseDependencies, description.Dependencies)
}

// Activate marks the new software for a trial boot. It does nothing if the description has no routine for it.
func (p *Programmer) Activate(ctx context.Context) error {
	return p.named(ctx, PhaseActivate, description.Activate)
}

// named starts a routine that has a phase of its own, if the ECU has it.
func (p *Programmer) named(ctx context.Context, phase Phase, name string) error {
	if !p.desc.Routines[name].Exists() {
		return nil
	}
	p.report(phase, "")
	return p.fail(phase, p.routine(ctx, name, nil, nil))
}

// Confirm makes the trial boot permanent, and returns to the default session. It does nothing if the description has
// no routine for it.
func (p *Programmer) Confirm(ctx context.Context) error {
	if !p.desc.Routines[description.Confirm].Exists() {
		return nil
	}
	p.report(PhaseConfirm, "")
	if err := p.inExtended(ctx, description.Confirm); err != nil {
		return p.fail(PhaseConfirm, err)
	}
	return p.fail(PhaseConfirm, p.session(ctx, p.desc.Sessions.Default))
}

// Rollback abandons the trial; [Programmer.Reset] then starts the previous software. It does nothing if the description
// has no routine for it.
func (p *Programmer) Rollback(ctx context.Context) error {
	if !p.desc.Routines[description.Rollback].Exists() {
		return nil
	}
	p.report(PhaseRollback, "")
	return p.fail(PhaseRollback, p.inExtended(ctx, description.Rollback))
}

func (p *Programmer) inExtended(ctx context.Context, name string) error {
	if err := p.session(ctx, p.desc.Sessions.Extended); err != nil {
		return err
	}
	return p.routine(ctx, name, nil, nil)
}

// routine starts a routine and waits for its end. Segment and region are what its options are about, nil where that is
// nothing. A routine that the ECU does not have is none.
func (p *Programmer) routine(ctx context.Context, name string, s *Segment, region *uds.Memory) error {
	r := p.desc.Routines[name]
	if !r.Exists() {
		return nil
	}
	options, err := p.record(r.Options, s, region)
	if err != nil {
		return fmt.Errorf("options of routine %s: %w", name, err)
	}
	status, err := p.client.RoutineStart(ctx, r.ID, options...)
	if err == nil && r.StillRuns(status) {
		status, err = p.awaitRoutine(ctx, name, r)
	}
	switch {
	case err != nil:
		return err
	case name == description.Verify && len(status) == 0 && len(r.Pass) == 0:
		return errors.New("the routine answers without a status, so nothing says that the software passed")
	case !r.Passed(status):
		return &Rejected{Name: name, Routine: r.ID, Status: status, Meaning: r.Meaning(status)}
	}
	return nil
}

// awaitRoutine asks for the results of a routine until it has ended. There is no event for that.
func (p *Programmer) awaitRoutine(ctx context.Context, name string, r description.Routine) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, r.Limit, fmt.Errorf("routine %s still runs after %v", name, r.Limit))
	defer cancel()
	tick := time.NewTicker(r.Poll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-tick.C:
		}
		status, err := p.client.RoutineResults(ctx, r.ID)
		if ctx.Err() != nil { // both at the same moment: that it took too long is what is to be said
			return nil, context.Cause(ctx)
		}
		if err != nil || !r.StillRuns(status) {
			return status, err
		}
	}
}

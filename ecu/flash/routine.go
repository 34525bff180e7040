package flash

import (
	"context"
	"errors"
)

// Verify makes the ECU check what it got. A bad package is a *Rejected with the Status; an answer without status is an
// error as well, since nothing then says that the check passed.
func (p *Programmer) Verify(ctx context.Context) error {
	p.report(PhaseVerify, "")
	id := p.desc.Routines.Verify
	status, err := p.client.RoutineStart(ctx, id)
	if err == nil && len(status) == 0 {
		err = errors.New("the routine answers without a status, so nothing says that the software passed")
	}
	if err == nil {
		err = rejection(id, status)
	}
	return p.fail(PhaseVerify, err)
}

// Dependencies makes the ECU check that its pieces of software fit each other (routine checkProgrammingDependencies,
// ISO 14229-1:2020, annex F).
func (p *Programmer) Dependencies(ctx context.Context) error {
	p.report(PhaseDependencies, "")
	return p.fail(PhaseDependencies, p.routine(ctx, p.desc.Routines.Dependencies))
}

// Activate marks the new software for a trial boot. It does nothing if the description has no routine for it.
func (p *Programmer) Activate(ctx context.Context) error {
	p.report(PhaseActivate, "")
	return p.fail(PhaseActivate, p.routine(ctx, p.desc.Routines.Activate))
}

// Confirm makes the trial boot permanent, and returns to the default session. It does nothing if the description has
// no routine for it.
func (p *Programmer) Confirm(ctx context.Context) error {
	if p.desc.Routines.Confirm == 0 {
		return nil
	}
	p.report(PhaseConfirm, "")
	if err := p.inExtended(ctx, p.desc.Routines.Confirm); err != nil {
		return p.fail(PhaseConfirm, err)
	}
	return p.fail(PhaseConfirm, p.session(ctx, p.desc.Sessions.Default))
}

// Rollback abandons the trial; [Programmer.Reset] then starts the previous software. It does nothing if the description
// has no routine for it.
func (p *Programmer) Rollback(ctx context.Context) error {
	if p.desc.Routines.Rollback == 0 {
		return nil
	}
	p.report(PhaseRollback, "")
	return p.fail(PhaseRollback, p.inExtended(ctx, p.desc.Routines.Rollback))
}

func (p *Programmer) inExtended(ctx context.Context, id uint16) error {
	if err := p.session(ctx, p.desc.Sessions.Extended); err != nil {
		return err
	}
	return p.routine(ctx, id)
}

// routine starts a routine whose answer may have a status, 0 if all is well. A routine of 0 does not exist.
func (p *Programmer) routine(ctx context.Context, id uint16, options ...byte) error {
	if id == 0 {
		return nil
	}
	status, err := p.client.RoutineStart(ctx, id, options...)
	if err != nil {
		return err
	}
	return rejection(id, status)
}

func rejection(id uint16, status []byte) error {
	if len(status) > 0 && status[0] != 0 {
		return &Rejected{Routine: id, Status: Status(status[0])}
	}
	return nil
}

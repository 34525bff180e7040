package flash

import (
	"cmp"
	"context"
	"errors"

	"otabench/ecu/description"
)

// Prepare is the pre-programming step: extended session, programming preconditions, DTC setting off and normal
// communication off. From here on sessions are kept alive until Reset, Finish or Close. Preconditions that do not hold are an *Unmet.
func (p *Programmer) Prepare(ctx context.Context) error {
	if err := p.Preconditions(ctx); err != nil {
		return err
	}
	return p.Quiet(ctx)
}

// Preconditions opens the extended session, keeps it alive, and asks the ECU whether it can be programmed now.
func (p *Programmer) Preconditions(ctx context.Context) error {
	p.report(PhasePreconditions, "")
	return p.fail(PhasePreconditions, p.preconditions(ctx))
}

func (p *Programmer) preconditions(ctx context.Context) error {
	if p.opt.Functional != nil {
		if err := p.opt.Functional.DiagnosticSessionControl(ctx, p.desc.Sessions.Extended); err != nil {
			return err
		}
	}
	if err := p.session(ctx, p.desc.Sessions.Extended); err != nil {
		return err
	}
	p.keepAlive(ctx)
	return p.checkPreconditions(ctx)
}

// checkPreconditions asks the ECU whether it can be programmed now. Its status record is a list of the conditions that
// are not met.
func (p *Programmer) checkPreconditions(ctx context.Context) error {
	err := p.routine(ctx, description.Preconditions, nil, nil)
	var rejected *Rejected
	if !errors.As(err, &rejected) {
		return err
	}
	r, unmet := p.desc.Routines[description.Preconditions], &Unmet{}
	for _, code := range rejected.Status {
		if code != 0 {
			unmet.Conditions = append(unmet.Conditions, Condition{code, r.Meaning([]byte{code})})
		}
	}
	return unmet
}

// Quiet switches DTC setting and normal communication off.
func (p *Programmer) Quiet(ctx context.Context) error {
	p.report(PhaseQuiet, "")
	return p.fail(PhaseQuiet, p.quiet(ctx))
}

// Enter opens the programming session.
func (p *Programmer) Enter(ctx context.Context) error { return p.enter(ctx, 0) }

func (p *Programmer) enter(ctx context.Context, session byte) error {
	p.report(PhaseSession, "")
	return p.fail(PhaseSession, p.session(ctx, cmp.Or(session, p.desc.Sessions.Programming)))
}

// Unlock passes security access. It does nothing if the description says that there is none.
func (p *Programmer) Unlock(ctx context.Context) error { return p.unlock(ctx, "") }

func (p *Programmer) unlock(ctx context.Context, level string) error {
	if !p.access.Needed(level) {
		return nil
	}
	p.report(PhaseUnlock, level)
	return p.failBlock(PhaseUnlock, level, 0, p.access.Unlock(ctx, p.client, level))
}

// Fingerprint writes who programs. It does nothing if the description has no fingerprint.
func (p *Programmer) Fingerprint(ctx context.Context) error {
	if p.desc.Programming.Fingerprint == "" {
		return nil
	}
	p.report(PhaseFingerprint, "")
	data, err := p.record(p.desc.Programming.Fingerprint, nil, nil)
	if err == nil {
		err = p.writeIdentifier(ctx, description.Fingerprint, data)
	}
	return p.fail(PhaseFingerprint, err)
}

// Authenticate proves with a certificate who programs (service 0x29). It does nothing if the description has none.
func (p *Programmer) Authenticate(ctx context.Context) error {
	if p.desc.Authentication == nil {
		return nil
	}
	p.report(PhaseAuthenticate, "")
	return p.fail(PhaseAuthenticate, p.access.Authenticate(ctx, p.client))
}

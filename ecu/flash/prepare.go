package flash

import (
	"context"

	"otabench/ecu/description"
)

// Prepare is the pre-programming step: extended session, programming preconditions, DTC setting off and normal
// communication off. From here on sessions are kept alive until Reset, Finish or Close. Preconditions that do not hold are an *Unmet.
func (p *Programmer) Prepare(ctx context.Context) error {
	if err := p.Preconditions(ctx); err != nil {
		return err
	}
	p.report(PhaseQuiet, "")
	return p.fail(PhaseQuiet, p.quiet(ctx))
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
	id := p.desc.Routines.Preconditions
	if id == 0 {
		return nil
	}
	status, err := p.client.RoutineStart(ctx, id)
	if err != nil {
		return err
	}
	return unmet(status)
}

func unmet(status []byte) error {
	var conditions []Condition
	for _, c := range status {
		if c != 0 {
			conditions = append(conditions, Condition(c))
		}
	}
	if conditions == nil {
		return nil
	}
	return &Unmet{Conditions: conditions}
}

// Enter opens the programming session.
func (p *Programmer) Enter(ctx context.Context) error {
	p.report(PhaseSession, "")
	return p.fail(PhaseSession, p.session(ctx, p.desc.Sessions.Programming))
}

// Unlock passes security access. It does nothing if the description says that there is none.
func (p *Programmer) Unlock(ctx context.Context) error {
	if !p.key.Needed() {
		return nil
	}
	p.report(PhaseUnlock, "")
	return p.fail(PhaseUnlock, p.client.Unlock(ctx, p.desc.Security.Level, p.key.Compute))
}

// Fingerprint writes who programs. It does nothing if the description has no fingerprint.
func (p *Programmer) Fingerprint(ctx context.Context) error {
	data, err := fingerprint(p.desc.Programming)
	if err != nil || len(data) == 0 {
		return p.fail(PhaseFingerprint, err)
	}
	p.report(PhaseFingerprint, "")
	return p.fail(PhaseFingerprint, p.client.WriteDataByIdentifier(ctx, p.desc.Identifiers[description.Fingerprint].ID, data))
}

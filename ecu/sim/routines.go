package sim

import (
	"context"
	"errors"
	"time"

	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// Routines.
const (
	ridPreconditions uint16 = 0x0203
	ridErase         uint16 = 0xFF00
	ridVerify        uint16 = 0x0202
	ridDependencies  uint16 = 0xFF01
	ridActivate      uint16 = 0x0210
	ridConfirm       uint16 = 0x0211
	ridRollback      uint16 = 0x0212
	ridSelfTest      uint16 = 0x0213
)

// Routine implements server.Finder. A status record begins with a status byte, 0 for success.
func (d *diagnostics) Routine(id uint16) (server.Routine, bool) {
	programming := d.programming()
	one, known := map[uint16]server.Routine{
		ridPreconditions: {Access: notDefault, Start: d.checkPreconditions},
		ridErase:         {Access: programming, Start: d.erase, StartOptions: server.AtLeast(1)},
		ridVerify:        {Access: programming, Start: d.verify},
		ridDependencies:  {Access: programming, Start: d.checkDependencies},
		ridActivate:      {Access: programming, Start: d.activate},
		ridConfirm:       {Access: notDefault, Start: d.confirm},
		ridRollback:      {Access: notDefault, Start: d.rollback},
		ridSelfTest:      {Access: notDefault, Start: d.testItself},
	}[id]
	one.KeepResult = true
	return one, known
}

// success is the status record of a routine that did what it is for.
func success() ([]byte, error) { return []byte{0}, nil }

// checkPreconditions lists the unmet conditions for programming, or answers 0.
func (d *diagnostics) checkPreconditions(context.Context, server.Call, []byte) ([]byte, error) {
	unmet := d.gates.unmet()
	if len(unmet) == 0 {
		return success()
	}
	status := make([]byte, len(unmet))
	for i, c := range unmet {
		status[i] = byte(c)
	}
	return status, nil
}

// verify checks what was transferred; the status is a verdict.
func (d *diagnostics) verify(ctx context.Context, _ server.Call, _ []byte) ([]byte, error) {
	if d.cfg.has(PendingForEver) {
		<-ctx.Done()
	}
	v, err := d.checkUpdate(ctx)
	d.verified = err == nil && v == pass
	if d.cfg.has(VerdictAlwaysPass) {
		v = pass
	}
	return []byte{byte(v)}, err
}

// checkUpdate verifies the update region.
func (d *diagnostics) checkUpdate(ctx context.Context) (verdict, error) {
	if d.transferring {
		return incomplete, uds.RequestSequenceError
	}
	m, err := d.life.metadata.read()
	if err != nil {
		return incomplete, uds.GeneralProgrammingFailure
	}
	v, err := d.life.software.check(ctx, d.inactive(m), m.Counter)
	if err != nil {
		return incomplete, uds.GeneralProgrammingFailure
	}
	return v, nil
}

// checkDependencies says whether the new software suits this ECU and its other software.
func (d *diagnostics) checkDependencies(context.Context, server.Call, []byte) ([]byte, error) {
	m, err := d.life.metadata.read()
	if err != nil {
		return nil, uds.GeneralProgrammingFailure
	}
	if _, v := d.life.software.checkHeader(d.inactive(m), m.Counter); v != pass {
		return []byte{1}, nil
	}
	return success()
}

// activate marks the update region for a trial at the next boot. It believes no earlier verification.
func (d *diagnostics) activate(ctx context.Context, _ server.Call, _ []byte) ([]byte, error) {
	if c := d.gates.voltage(); c != 0 && !d.cfg.has(ActivateAtAnyVoltage) {
		return nil, refusal(c)
	}
	v, err := d.checkUpdate(ctx)
	if err != nil {
		return nil, err
	}
	m, err := d.life.metadata.read()
	if err != nil {
		return nil, uds.GeneralProgrammingFailure
	}
	if d.believed(v) != pass || d.inactive(m) == m.Confirmed {
		return nil, uds.ConditionsNotCorrect
	}
	p, err := d.life.software.header(d.inactive(m))
	if err != nil {
		return nil, uds.ConditionsNotCorrect
	}
	err = errors.Join(
		d.tellVersion(ctx, VersionRemembered, p.Manifest.Version),
		d.meddle(ctx, UpdateClearsTroubleCodes, func(p *persistent) { p.DTCs = nil }))
	if err != nil {
		return nil, err
	}
	return d.commit(ctx, d.cfg.activation(m, p.Manifest.Counter)...)
}

// believed is the verdict that an activation goes by.
func (d *diagnostics) believed(v verdict) verdict {
	if d.cfg.has(VerdictIgnored) || d.cfg.has(VerdictRemembered) && d.verified {
		return pass
	}
	return v
}

// tellVersion has an ECU tell a version from now on that makes this mistake.
func (d *diagnostics) tellVersion(ctx context.Context, f Fault, version string) error {
	return d.meddle(ctx, f, func(p *persistent) { p.Version = version })
}

// meddle changes what an update has no business with.
func (d *diagnostics) meddle(ctx context.Context, f Fault, change func(*persistent)) error {
	if !d.cfg.has(f) {
		return nil
	}
	p := d.life.nvm.read()
	change(&p)
	return d.life.nvm.write(ctx, p)
}

// selfTest is how long the health check before a confirmation takes.
const selfTest = 100 * time.Millisecond

// confirm makes the running trial permanent, if it is healthy.
func (d *diagnostics) confirm(ctx context.Context, _ server.Call, _ []byte) ([]byte, error) {
	m, err := d.life.metadata.read()
	if err != nil || !d.life.onTrial(m) {
		return nil, uds.ConditionsNotCorrect
	}
	if wait(ctx, selfTest) != nil || !d.healthy() {
		return nil, uds.ConditionsNotCorrect
	}
	p, err := d.life.software.header(d.life.choice.slot)
	if err != nil {
		return nil, uds.ConditionsNotCorrect
	}
	if err := d.hasten(ctx, m, p.Manifest.Version); err != nil {
		return nil, err
	}
	return d.commit(ctx, d.cfg.confirmation(m, p.Manifest.Counter)...)
}

// hasten does before a confirmation what must not be done before it is written.
func (d *diagnostics) hasten(ctx context.Context, m metadata, version string) error {
	switch {
	case d.cfg.has(PreviousErasedTooEarly):
		return d.eraseFallback(ctx, m)
	case d.cfg.has(VersionWrittenTooEarly):
		return d.tellVersion(ctx, VersionWrittenTooEarly, version)
	case d.cfg.has(ConfirmationTooLate):
		d.early.answer(ctx, confirmedResponse...)
	}
	return nil
}

var confirmedResponse = []byte{uds.SIDRoutineControl + 0x40, 0x01, byte(ridConfirm >> 8), byte(ridConfirm & 0xFF), 0}

// onTrial reports whether the software that runs waits for its confirmation.
func (l *life) onTrial(m metadata) bool { return l.choice.trial && m.State == statePending }

func (d *diagnostics) healthy() bool {
	a := d.life.app.Load()
	return a != nil && (a.Behaviour != Unhealthy || d.cfg.has(SelfTestIgnored))
}

// testItself does nothing to the ECU, and takes so long that a tester has to be patient.
func (d *diagnostics) testItself(ctx context.Context, _ server.Call, _ []byte) ([]byte, error) {
	if wait(ctx, d.cfg.Timing.SelfTest) != nil || !d.healthy() {
		return []byte{1}, nil
	}
	return success()
}

// rollback abandons a trial, or an activation that was not tried yet; the next boot starts the confirmed software.
func (d *diagnostics) rollback(ctx context.Context, _ server.Call, _ []byte) ([]byte, error) {
	m, err := d.life.metadata.read()
	if err != nil || m.State != statePending {
		return nil, uds.ConditionsNotCorrect
	}
	if d.cfg.has(RollbackErasesFallback) {
		if err := d.eraseFallback(ctx, m); err != nil {
			return nil, err
		}
	}
	return d.commit(ctx, m.reverted())
}

// eraseFallback makes the confirmed software unusable.
func (d *diagnostics) eraseFallback(ctx context.Context, m metadata) error {
	if err := d.life.flash.Erase(ctx, d.cfg.Flash.slotAddr(m.Confirmed), d.cfg.Flash.HeaderSize); err != nil {
		return d.flashFailed(ctx, err)
	}
	return nil
}

// commit writes the metadata. A commit of one record that fails leaves the old or the new one, whole.
func (d *diagnostics) commit(ctx context.Context, all ...metadata) ([]byte, error) {
	for _, m := range all {
		if err := d.life.metadata.write(ctx, m); err != nil {
			d.life.log("app: %v", err)
			return nil, uds.GeneralProgrammingFailure
		}
	}
	return success()
}

// inactive is the slot behind the update region: the one that does not run, or in the bootloader the one that is not
// the confirmed one.
func (d *diagnostics) inactive(m metadata) slot {
	if d.life.choice.runs {
		return d.life.choice.slot.other()
	}
	return m.Confirmed.other()
}

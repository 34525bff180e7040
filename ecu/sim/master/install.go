package master

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"otabench/ecu"
	"otabench/ecu/campaign"
	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/flash"
	"otabench/ecu/ota"
)

// answering bounds how long an ECU may take to say what runs in it.
const answering = 10 * time.Second

// again is the time after which an ECU is asked again that has refused.
const again = 100 * time.Millisecond

// programmed is the share of the installation that the programming of the ECUs is, in percent; what follows until the new
// software is permanent is the rest.
const programmed = 90

// lookAround learns what runs in the ECUs.
func (l *life) lookAround() {
	defer l.talk()()
	var all []ota.Running
	for _, b := range l.cfg.Behind {
		all = append(all, l.ask(b))
	}
	if l.ctx.Err() == nil {
		l.rec.Software = all
		l.save()
	}
}

// ask asks an ECU what runs in it. One that does not answer may be booting; what it does not tell then stays empty.
func (l *life) ask(b Behind) ota.Running {
	ctx, cancel := context.WithTimeout(l.ctx, answering)
	defer cancel()
	unit, r := l.units[b.Name], ota.Running{ECU: b.Name}
	version, err := unit.ReadDID(ctx, description.SoftwareVersion)
	if err != nil {
		if unit.AwaitBoot(ctx) != nil {
			return r
		}
		if version, err = unit.ReadDID(ctx, description.SoftwareVersion); err != nil {
			return r
		}
	}
	r.Version = version
	if rxswin, err := unit.ReadDID(ctx, description.RXSWIN); err == nil {
		r.RXSWIN = rxswin
	}
	return r
}

// installing checks the conditions once more, and installs.
func (l *life) installing() {
	cause := ota.Cause("")
	if !l.cfg.has(GatesOnlyAtDownload) && !l.cfg.has(GatesOnlyWhenAsked) {
		cause = l.mayInstall()
	}
	switch {
	case l.ctx.Err() != nil:
		return
	case cause == ota.Cancelled:
		if !l.again() {
			l.withdraw()
		}
		return
	case cause == ota.BadMetadata || cause == ota.ClockUnknown && l.cfg.has(ClockNotAwaited):
		l.giveUp(cause, "the metadata is not good any more")
		return
	case cause != "":
		l.pause(cause)
		return
	}
	l.switchOff(true)
	if !l.rec.Mixed {
		l.rec.Good = slices.Clone(l.rec.Software)
	}
	l.enter(ota.Installing, func(r *record) { r.Attempt, r.Begun = r.Attempt+1, true })
	l.report(string(ota.Installing), "", fmt.Sprintf("attempt %d", l.rec.Attempt))
	l.finish(l.program())
}

// switchOff takes non-essential functions and the drive away, or gives them back.
func (l *life) switchOff(off bool) {
	l.off = off
	l.screen.control(l.functionsOff(off))
}

// errInterrupted means that a condition of the installation no longer holds.
type errInterrupted struct{ cause ota.Cause }

func (e errInterrupted) Error() string { return "interrupted: " + string(e.cause) }

// program updates all ECUs, or none. It returns early when the life ends: what the ECUs then do is their own business.
func (l *life) program() error {
	defer l.talk()()
	members, err := l.members()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(l.ctx)
	defer cancel(nil)
	var final atomic.Bool
	l.tasks.Go(func() { l.guard(ctx, cancel, &final) })
	before := l.troubles(ctx)
	done := make(chan error, 1)
	advance := make(chan flash.Progress, 64)
	l.advance = func(p flash.Progress) {
		select {
		case advance <- p:
		case <-l.ctx.Done():
		}
	}
	healthy := make(chan func(error))
	l.Master.tasks.Go(func() {
		_, err := campaign.Run(ctx, members, campaign.Options{Healthy: func(ctx context.Context) error {
			// The life's own goroutine looks: what it finds is written down before anything becomes permanent.
			answer := make(chan error, 1)
			select {
			case healthy <- func(err error) { answer <- err }:
				return <-answer
			case <-l.ctx.Done():
				return context.Cause(l.ctx)
			}
		}})
		done <- err
	})
	for {
		select {
		case p := <-advance:
			l.advanced(members, p)
		case answer := <-healthy:
			err := l.healthy(ctx, members, before)
			final.Store(err == nil)
			answer(err)
		case err := <-done:
			l.advance = nil
			if cause := context.Cause(ctx); err != nil && cause != nil {
				return errors.Join(cause, err)
			}
			return err
		case <-l.ctx.Done():
			l.orphaned = true
			return context.Cause(l.ctx)
		}
	}
}

// members are the packages of the campaign that do not run yet.
func (l *life) members() ([]campaign.Member, error) {
	var all []campaign.Member
	for i, t := range l.rec.Targets {
		m := l.rec.Campaign.Members[i]
		if l.rec.Committing && l.rec.runs(m.ECU, m.Version) {
			continue
		}
		data := l.storage.read(t.Path)
		p, err := firmware.Read(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return nil, fmt.Errorf("package of %s: %w", m.ECU, err)
		}
		member := campaign.Member{Unit: l.units[m.ECU], Package: p}
		if i > 0 && !l.cfg.has(DependenciesNotChecked) {
			member.After = []string{l.rec.Campaign.Members[i-1].ECU}
		}
		all = append(all, member)
		if l.cfg.has(FirstMemberOnly) {
			break
		}
	}
	return all, nil
}

// guard interrupts an installation whose conditions no longer hold, as long as nothing is permanent.
func (l *life) guard(ctx context.Context, cancel context.CancelCauseFunc, final *atomic.Bool) {
	if l.cfg.has(DrainsBattery) {
		return
	}
	tick := time.NewTicker(stale / 10)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if final.Load() {
			return
		}
		if c := l.energy(); c != "" {
			cancel(errInterrupted{c})
			return
		}
	}
}

// advanced shows the progress of the installation.
func (l *life) advanced(members []campaign.Member, p flash.Progress) {
	i := slices.IndexFunc(members, func(m campaign.Member) bool { return m.Unit.Name() == p.ECU })
	before, state := l.percent, l.rec.State
	switch {
	case i < 0:
		return
	case p.Phase == flash.PhaseReset && state == ota.Installing:
		l.percent = programmed
		l.enter(ota.Activating)
		return
	case p.Phase == flash.PhaseRollback:
		if l.rec.State != ota.Reverting {
			l.enter(ota.Reverting)
		}
		return
	case state != ota.Installing || p.Total == 0:
		return
	}
	l.percent = max(l.percent, int(programmed*(int64(i)*p.Total+p.Done)/(int64(len(members))*p.Total)))
	if l.cfg.has(FullTooEarly) && l.percent >= programmed/2 {
		l.percent = 100
	}
	if l.cfg.has(NoProgress) {
		l.percent = before
	}
	if l.percent != before {
		l.show()
	}
}

// healthy looks at the vehicle with its new software: the versions, and no trouble code that was not there. The identifiers
// of type-approved software change only when it is permanent.
func (l *life) healthy(ctx context.Context, members []campaign.Member, before map[string]int) error {
	l.percent = programmed + (100-programmed)/2
	l.show()
	if !l.cfg.has(HealthNotChecked) {
		after := l.troubles(ctx)
		for _, m := range members {
			name := m.Unit.Name()
			id, err := m.Unit.Identify(ctx)
			switch {
			case err != nil:
				return err
			case id.Software != m.Package.Manifest.Version:
				return &ecu.WrongVersion{ECU: name, Want: m.Package.Manifest.Version, Got: id.Software}
			case after[name] > before[name] && before[name] >= 0:
				return fmt.Errorf("%s has %d new trouble codes", name, after[name]-before[name])
			}
		}
	}
	l.rec.Committing = true
	l.save()
	return nil
}

// troubles counts the trouble codes of each ECU, -1 for one that does not tell.
func (l *life) troubles(ctx context.Context) map[string]int {
	n := map[string]int{}
	for name, u := range l.units {
		n[name] = -1
		// An installation that was interrupted may have left it in a session in which it tells nothing.
		if _, err := u.Client().DiagnosticSessionControl(ctx, u.Description().Sessions.Default); err != nil {
			continue
		}
		if codes, err := u.Client().ReadDTCs(ctx, 0xFF); err == nil {
			n[name] = len(codes)
		}
	}
	return n
}

// finish says how an installation ended.
func (l *life) finish(err error) {
	if l.ctx.Err() != nil {
		return
	}
	l.lookAround()
	if l.ctx.Err() != nil {
		return
	}
	l.rec.Begun, l.rec.Mixed = false, !l.together()
	l.rec.Committing = l.rec.Committing && err != nil && l.mixed()
	if err == nil {
		l.succeed()
		return
	}
	var interrupted errInterrupted
	switch {
	case errors.As(err, &interrupted) && !l.rec.Committing:
		l.rec.Attempt-- // that was no failure of the update
		l.release()
		l.rec.State = ota.Installing
		l.pause(interrupted.cause)
	case errors.Is(err, campaign.ErrStranded):
		l.fail(ota.InstallError, err)
	default:
		l.fail(causeOfInstall(err), err)
	}
}

func causeOfInstall(err error) ota.Cause {
	var wrong *ecu.WrongVersion
	if errors.As(err, &wrong) || errors.Is(err, flash.ErrNoBoot) {
		return ota.HealthError
	}
	return ota.InstallError
}

// succeed books the update.
func (l *life) succeed() {
	l.rec.Mixed, l.rec.Good = false, nil
	l.release()
	done := l.rec.Campaign.Campaign
	l.discard()
	l.enter(ota.Succeeded, func(r *record) {
		r.close(done)
		r.Confirmed, r.Committing = false, false
		if l.cfg.has(RegisterNotUpdated) {
			for i := range r.Software {
				r.Software[i].RXSWIN = "R156 UNKNOWN"
			}
		}
	})
	if !l.cfg.has(SuccessNotReported) {
		l.report(string(ota.Succeeded), "", l.rec.Campaign.Version)
	}
}

// fail books an attempt that failed, and when the next one is.
func (l *life) fail(c ota.Cause, err error) {
	l.release()
	if l.rec.Attempt >= l.cfg.Attempts && !l.cfg.has(RetriesForEver) {
		l.giveUp(c, err.Error())
		return
	}
	now, known := l.clock.now()
	if !known {
		now = l.rec.Latest // the network tells the time only now and then, and power may have gone for a moment
	}
	wait := l.cfg.Timing.Retry << max(l.rec.Attempt-1, 0)
	l.enter(ota.Failed, because(c), func(r *record) {
		r.Reference, r.Confirmed = l.reference(), false
		if !l.cfg.has(NoRetry) {
			r.Next = now.Add(wait)
		}
	})
	l.report("error", c, err.Error())
}

// giveUp ends an update for good. The vehicle keeps what it runs.
func (l *life) giveUp(c ota.Cause, text string) {
	l.release()
	id := l.rec.Campaign.Campaign
	l.enter(ota.Failed, because(c), func(r *record) {
		r.Reference, r.Next, r.Confirmed = l.reference(), time.Time{}, false
		r.close(id)
	})
	l.report("error", c, text)
}

// reference is what support finds this failure by.
func (l *life) reference() string {
	if l.cfg.has(NoReference) {
		return ""
	}
	vin := l.cfg.Credentials.VIN
	return fmt.Sprintf("OTA-%s-%s-%d", vin[max(0, len(vin)-6):], l.rec.Campaign.Campaign, max(l.rec.Attempt, 1))
}

// recover finds out, after the power went during an installation, what became of the ECUs. Those on trial go back; where
// one has made the new software permanent, the rest follows.
func (l *life) recover() {
	if l.cfg.has(ForgetsInstallation) {
		l.rec.Begun = false
		l.release()
		l.enter(ota.Ready)
		return
	}
	defer l.talk()()
	if !l.rec.Begun && !l.rec.Committing {
		// No ECU was touched. The vehicle may have been without power for long, so the user is asked again.
		l.enter(ota.Ready, func(r *record) { r.Confirmed, r.At = false, time.Time{} })
		return
	}
	l.switchOff(true)
	committing := l.rec.Committing
	l.enter(ota.Reverting)
	trial := false
	for _, m := range l.rec.Campaign.Members {
		trial = !l.leaveTrial(l.units[m.ECU], committing) || trial
	}
	l.lookAround()
	if l.ctx.Err() != nil {
		return
	}
	l.rec.Begun, l.rec.Mixed = false, !l.together()
	switch {
	case committing && !trial && l.updated() == len(l.rec.Campaign.Members):
		l.succeed()
	case committing && l.mixed():
		l.enter(ota.Installing, func(r *record) { r.Confirmed = true })
	default:
		l.rec.Committing = false
		l.fail(ota.InstallError, errors.New("the installation was interrupted by a loss of power"))
	}
}

// leaveTrial takes an ECU out of its trial: back, or on if that was decided before the power went. An ECU that does not
// answer is asked later what it runs; one that stays on trial is not out of it, whatever it runs.
func (l *life) leaveTrial(u *ecu.Unit, confirm bool) (out bool) {
	ctx, cancel := context.WithTimeout(l.ctx, answering)
	defer cancel()
	for ctx.Err() == nil {
		if err := u.AwaitBoot(ctx); err != nil {
			return true
		}
		id, err := u.Identify(ctx)
		if err == nil && id.BootState != "trial" || l.cfg.has(TrialLeftAlone) {
			return true
		}
		leave := u.Rollback
		if confirm {
			leave = u.Confirm
		}
		if err != nil || leave(ctx) != nil {
			l.wait(again) // it may just have given up by itself
		}
	}
	return false
}

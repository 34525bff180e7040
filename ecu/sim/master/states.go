package master

import (
	"fmt"
	"slices"
	"time"

	"otabench/ecu/ota"
)

// step does what there is to do in a state, until it changes or a while is over.
func (l *life) step() {
	switch l.rec.State {
	case ota.Idle, ota.Succeeded, ota.Withdrawn:
		l.lookForUpdate()
	case ota.Offered:
		l.offered()
	case ota.Downloading:
		l.downloading()
	case ota.Verifying:
		l.verifying()
	case ota.Ready:
		l.ready()
	case ota.Confirming:
		l.confirming()
	case ota.Scheduled:
		l.scheduled()
	case ota.Paused:
		l.paused()
	case ota.Installing, ota.Activating, ota.Reverting:
		l.installing()
	case ota.Failed:
		l.failed()
	default:
		l.enter(ota.Idle)
	}
}

// wake finds the state in which power was lost, and what it means now.
func (l *life) wake() {
	switch l.rec.State {
	case ota.Installing, ota.Activating, ota.Reverting:
		l.show()
		l.recover()
	case ota.Verifying:
		l.enter(ota.Downloading)
	default:
		l.count()
		l.show()
	}
}

// lookForUpdate asks the backend now and then.
func (l *life) lookForUpdate() {
	if l.rec.State != ota.Idle {
		// What the user was told stays until he has read it, or something new is there.
		if a, ok := l.await(l.cfg.Timing.Poll); ok && a.Do == ota.Dismiss {
			l.enter(ota.Idle)
			return
		}
	}
	o, cause := l.refresh(l.ctx)
	if l.news(o) {
		l.lookAround() // a workshop may have changed what runs
	}
	switch {
	case l.ctx.Err() != nil:
		return
	case cause != "":
		l.idleBecause(cause)
	case o == nil || slices.Contains(l.rec.Done, o.campaign.Campaign) || l.runs(o):
		l.idleBecause("")
	case !l.fits(o.campaign):
		l.rec.close(o.campaign.Campaign)
		l.report("refused", ota.Incompatible, "not for the configuration of this vehicle: "+o.campaign.Campaign)
		l.idleBecause(ota.Incompatible)
	default:
		if c := l.linked(); c != "" {
			l.idleBecause(c)
			break
		}
		l.take(o)
		return
	}
	if l.rec.State == ota.Idle {
		l.await(l.cfg.Timing.Poll)
	}
}

// idleBecause says in idle why there is no offer. What ended an update stays to be read.
func (l *life) idleBecause(c ota.Cause) {
	if l.rec.State != ota.Idle || l.rec.Cause == c {
		return
	}
	if c == ota.BadMetadata {
		l.report("refused", c, "the metadata of the backend is not to be believed")
	}
	l.enter(ota.Idle, because(c))
}

// news says that an offer was not there before.
func (l *life) news(o *offer) bool {
	if o == nil || o.campaign.Campaign == l.seen || slices.Contains(l.rec.Done, o.campaign.Campaign) {
		return false
	}
	l.seen = o.campaign.Campaign
	return true
}

// runs says that everything of an offer runs already.
func (l *life) runs(o *offer) bool {
	for _, m := range o.campaign.Members {
		if !l.rec.runs(m.ECU, m.Version) {
			return false
		}
	}
	return true
}

// take makes an offer the update that is under way. Of a download before it, only packages that are also its own are kept.
func (l *life) take(o *offer) {
	for _, name := range l.storage.names() {
		if !own(name) && !slices.ContainsFunc(o.targets, func(t target) bool { return t.Path == name }) {
			l.storage.remove(name)
		}
	}
	for _, t := range l.rec.Targets {
		if !slices.Contains(o.targets, t) {
			l.storage.remove(t.Path)
		}
	}
	l.enter(ota.Offered, func(r *record) {
		r.Campaign, r.Targets, r.Committing = o.campaign, o.targets, false
		r.Attempt, r.Downloads, r.Confirmed, r.By, r.At, r.Reference, r.Next = 0, 0, false, "", time.Time{}, "", time.Time{}
	})
	l.count()
	l.report(string(ota.Offered), "", o.campaign.Version)
}

// refuse tells a user why his wish is not fulfilled.
func (l *life) refuse(a ota.Action, c ota.Cause) {
	l.notice = c
	l.reportOf("refused", c, fmt.Sprintf("%s was refused: %s", a.Do, c), a.User)
	l.show()
}

// again asks whether the campaign is still wanted, and leaves it if it is not. It reports whether the state has changed.
// What has become permanent in one ECU is completed in any case.
func (l *life) again() bool {
	if l.cfg.has(NotAskedAgain) || l.rec.Committing {
		return false
	}
	o, cause := l.refresh(l.ctx)
	switch {
	case l.ctx.Err() != nil || cause != "":
		return false // it is asked again before the installation
	case o == nil:
		l.withdraw()
		return true
	case o.campaign.Campaign != l.rec.Campaign.Campaign && l.fits(o.campaign):
		l.take(o)
		return true
	}
	return false
}

// discard removes the packages of the update that is under way.
func (l *life) discard() {
	for _, t := range l.rec.Targets {
		l.storage.remove(t.Path)
	}
}

// withdraw forgets an update that the maker has cancelled.
func (l *life) withdraw() {
	id := l.rec.Campaign.Campaign
	l.discard()
	l.enter(ota.Withdrawn, because(ota.Cancelled), func(r *record) {
		r.Campaign, r.Targets, r.Confirmed = nil, nil, false
		r.close(id)
	})
	l.report(string(ota.Withdrawn), ota.Cancelled, id)
}

// offered waits for the user to decide on the download.
func (l *life) offered() {
	a, ok := l.await(l.cfg.Timing.Poll)
	switch {
	case l.ctx.Err() != nil:
	case !ok:
		l.again()
	case a.Do == ota.Later:
		l.later(a)
	case a.Do != ota.Download:
	default:
		cause := l.mayDownload(a.User)
		if l.ctx.Err() != nil {
			return
		}
		if cause != "" {
			l.refuse(a, cause)
			return
		}
		l.enter(ota.Downloading, func(r *record) { r.By = a.User })
		l.reportOf(string(ota.Downloading), "", l.rec.Campaign.Version, a.User)
	}
}

// later puts an offer off.
func (l *life) later(a ota.Action) {
	if c := l.permitted(l.ctx, a.User); c != "" {
		l.refuse(a, c)
		return
	}
	state := l.rec.State
	l.enter(ota.Idle)
	if l.wait(l.cfg.Timing.Remind) {
		l.drain()
		l.enter(state)
	}
}

// drain forgets what users did when they were not asked.
func (l *life) drain() {
	for {
		select {
		case <-l.actions:
		default:
			return
		}
	}
}

// downloading gets the packages.
func (l *life) downloading() {
	cause := first(l.energyOfDownload, l.room, l.download)
	switch {
	case l.ctx.Err() != nil:
	case cause == ota.BadPackage:
		l.reject(cause)
	case cause != "":
		l.pause(cause)
	default:
		l.enter(ota.Verifying)
	}
}

func (l *life) energyOfDownload() ota.Cause {
	if l.cfg.has(DrainsBattery) {
		return ""
	}
	return l.energy()
}

// pause waits in front of the state in which it is now.
func (l *life) pause(c ota.Cause) {
	resume := l.rec.State
	l.enter(ota.Paused, because(c), func(r *record) { r.Resume = resume })
	l.report(string(ota.Paused), c, "")
}

// paused goes on as soon as its cause is gone.
func (l *life) paused() {
	l.await(l.cfg.Timing.Poll / 2)
	if l.ctx.Err() != nil || l.cfg.has(NeverResumes) {
		return
	}
	cause := ota.Cause("")
	switch l.rec.Cause {
	case ota.LowBattery, ota.LowVoltage:
		cause = l.energy()
	case ota.NotParked:
		cause = l.parked()
	case ota.StorageFull:
		cause = l.room()
	case ota.ClockUnknown:
		if _, known := l.clock.now(); !known {
			cause = ota.ClockUnknown
		}
	default:
		cause = l.linked()
	}
	switch {
	case l.ctx.Err() != nil:
	case cause == "" && l.rec.Resume == ota.Installing:
		l.enter(ota.Installing)
	case cause == "":
		if !l.again() {
			l.enter(l.rec.Resume)
		}
	case cause != l.rec.Cause:
		l.enter(ota.Paused, because(cause))
	}
}

// linked says why the backend cannot be reached well enough, or "".
func (l *life) linked() ota.Cause {
	if l.cfg.has(LinkNotChecked) {
		return ""
	}
	latency, rate, err := l.cloud.probe(l.ctx)
	switch {
	case err != nil:
		return causeOf(err)
	case latency > l.cfg.Gates.MaxLatency || rate < float64(l.cfg.Gates.MinRate):
		return ota.PoorConnection
	}
	return ""
}

// maxDownloads is how often a package is downloaded that is not good.
const maxDownloads = 2

// verifying checks the packages.
func (l *life) verifying() {
	if cause := l.verify(); cause != "" {
		l.reject(cause)
		return
	}
	if l.again() {
		return
	}
	if l.cfg.has(InstallsAtOnce) {
		l.enter(ota.Installing)
		return
	}
	l.enter(ota.Ready)
	l.report(string(ota.Ready), "", l.rec.Campaign.Version)
}

// reject throws packages away that are not good, and downloads them once more before it gives up.
func (l *life) reject(c ota.Cause) {
	l.discard()
	l.count()
	l.rec.Downloads++
	l.report("error", c, fmt.Sprintf("download %d", l.rec.Downloads))
	if l.rec.Downloads < maxDownloads {
		l.enter(ota.Downloading)
		return
	}
	l.giveUp(c, "the download was not good")
}

// ready waits for the user to say when.
func (l *life) ready() {
	a, ok := l.await(l.cfg.Timing.Poll)
	switch {
	case l.ctx.Err() != nil:
	case !ok:
		l.again()
	case a.Do == ota.Later:
		l.later(a)
	case a.Do == ota.Install || a.Do == ota.Schedule && !a.At.IsZero():
		at := a.At
		if a.Do == ota.Install {
			at = time.Time{}
		}
		cause := first(func() ota.Cause { return l.permitted(l.ctx, a.User) }, func() ota.Cause {
			if !at.IsZero() || l.cfg.has(GatesOnlyAtDownload) {
				return "" // the conditions are those of the time that was chosen
			}
			return l.mayInstall()
		})
		switch {
		case l.ctx.Err() != nil:
		case cause == ota.Cancelled:
			l.again()
		case cause != "":
			l.refuse(a, cause)
		default:
			l.drain()
			l.enter(ota.Confirming, func(r *record) { r.At, r.By, r.Confirmed = at, a.User, l.cfg.has(NoConfirmation) })
		}
	}
}

// confirming asks once more. No answer is no.
func (l *life) confirming() {
	until := time.Now().Add(l.cfg.Timing.Confirm)
	for !l.rec.Confirmed {
		a, ok := l.await(time.Until(until))
		switch {
		case l.ctx.Err() != nil:
			return
		case !ok && l.cfg.has(SilenceIsConsent):
			l.rec.Confirmed = true
		case !ok, a.Do == ota.Decline && !l.cfg.has(DeclineIgnored):
			l.enter(ota.Ready, func(r *record) { r.At = time.Time{} })
			return
		case a.Do == ota.Confirm, a.Do == ota.Decline:
			if c := l.permitted(l.ctx, a.User); c != "" {
				l.refuse(a, c)
				continue
			}
			l.rec.Confirmed, l.rec.By = true, a.User
		}
	}
	if l.rec.At.IsZero() {
		l.enter(ota.Installing, func(r *record) { r.Confirmed = true })
		return
	}
	l.enter(ota.Scheduled, func(r *record) { r.Confirmed = true })
	l.report(string(ota.Scheduled), "", l.rec.At.UTC().Format(time.RFC3339))
}

// scheduled waits for the time that was chosen.
func (l *life) scheduled() {
	now, ok := l.clock.now()
	if !ok {
		l.await(l.cfg.Timing.Poll)
		return
	}
	left := l.rec.At.Sub(now)
	if l.cfg.has(StartsLate) {
		left += time.Minute
	}
	if left > 0 {
		a, _ := l.await(min(left, l.cfg.Timing.Poll))
		if a.Do == ota.Decline {
			l.enter(ota.Ready, func(r *record) { r.At, r.Confirmed = time.Time{}, false })
			return
		}
		l.again()
		return
	}
	l.enter(ota.Installing)
}

// failed waits for the next attempt, or for the user.
func (l *life) failed() {
	if l.rec.Mixed && l.unknown() {
		l.lookAround()
		l.reconsider()
		l.show()
	}
	until := l.cfg.Timing.Poll
	now, known := l.clock.now()
	if !l.rec.Next.IsZero() && known {
		until = min(until, l.rec.Next.Sub(now))
	}
	a, ok := l.await(until)
	now, known = l.clock.now()
	switch {
	case l.ctx.Err() != nil:
	case ok && a.Do == ota.Dismiss && slices.Contains(l.choices(), ota.Dismiss):
		id := l.rec.Campaign.Campaign
		l.discard()
		l.enter(ota.Idle, func(r *record) { r.close(id) })
	case ok && a.Do == ota.Retry && !l.rec.Next.IsZero(), !l.rec.Next.IsZero() && known && !now.Before(l.rec.Next):
		if l.again() {
			return
		}
		l.drain()
		l.enter(ota.Confirming, func(r *record) { r.Confirmed, r.At, r.Next = false, time.Time{}, time.Time{} })
	}
}

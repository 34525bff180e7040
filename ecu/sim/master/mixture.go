package master

import (
	"slices"

	"otabench/ecu/ota"
)

// together says that the ECUs run what ran together before the update. An ECU that does not answer does not count as
// running anything; one of which nobody knew before what it ran, as running just that.
func (l *life) together() bool {
	return !slices.ContainsFunc(l.rec.Good, func(g ota.Running) bool {
		return g.Version != "" && !l.rec.runs(g.ECU, g.Version)
	})
}

// release gives functions and the drive back, unless the ECUs do not belong together.
func (l *life) release() { l.switchOff(l.rec.Mixed && !l.cfg.has(MixedIsDrivable)) }

// unknown says that an ECU did not answer when it was asked last what it runs.
func (l *life) unknown() bool {
	return slices.ContainsFunc(l.rec.Software, func(s ota.Running) bool { return s.Version == "" })
}

// reconsider releases what was not because an ECU did not answer, if it answers again and runs what it should.
func (l *life) reconsider() {
	if l.ctx.Err() == nil && l.rec.Mixed && l.together() {
		l.rec.Mixed = false
		l.save()
		l.remember()
	}
}

// remember does at the start of a life what was done before it: what was switched off stays off.
func (l *life) remember() {
	if l.cfg.has(MixedForgotten) {
		l.rec.Mixed = false
	}
	l.release()
	if l.rec.Begun {
		l.switchOff(true)
	}
}

// mixed says that the ECUs of the campaign run some the new software and some not.
func (l *life) mixed() bool {
	n := l.updated()
	return n > 0 && n < len(l.rec.Campaign.Members)
}

// updated counts the ECUs of the campaign that run their new software.
func (l *life) updated() (n int) {
	for _, m := range l.rec.Campaign.Members {
		if l.rec.runs(m.ECU, m.Version) {
			n++
		}
	}
	return n
}

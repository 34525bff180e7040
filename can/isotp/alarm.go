package isotp

import "time"

// alarm wakes a goroutine at a time that moves on with every frame. It does not touch its timer for that: it rings too
// early now and then, and is set anew.
type alarm struct {
	timer *time.Timer
	at    time.Time // zero if it is not set
}

// by makes the alarm ring at the given time at the latest.
func (a *alarm) by(t time.Time) {
	if !a.at.IsZero() && !t.Before(a.at) {
		return
	}
	a.at = t
	if a.timer == nil {
		a.timer = time.NewTimer(time.Until(t))
		return
	}
	a.timer.Reset(time.Until(t))
}

// rang is called when the alarm has rung.
func (a *alarm) rang() { a.at = time.Time{} }

// c rings; it is nil as long as the alarm was never set.
func (a *alarm) c() <-chan time.Time {
	if a.timer == nil {
		return nil
	}
	return a.timer.C
}

func (a *alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
}

package trigger

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Armed is a trigger from its arming to its end.
type Armed struct {
	ID        int
	Condition string
	Action    string

	engine    *Engine
	condition Condition
	steps     []step
	done      chan struct{}

	// The rest belongs to engine.mu.
	turn      int
	matches   matcher // nil unless it waits
	kinds     kinds
	alarms    int
	pending   []pending
	timer     *time.Timer // of the next step
	moment    time.Time   // that the steps count from
	next      int         // step
	acting    bool        // a step is being done
	over      bool        // it has fired, or never will
	succeeded bool        // it has fired and all was done
	doing     Firing      // as far as it is done
	firing    *Firing
	followers []*Armed
}

// Firing is what happened when a condition was met.
type Firing struct {
	Event string    // the observation that met the condition
	At    time.Time // time of that observation; of one whose time has passed, the time from which that counts
	// Wished is the time after At at which the action, or the first of several, was to be done.
	Wished time.Duration
	// Latency is the time from the wished moment to the end of the action, of several the longest.
	Latency time.Duration
	// Steps are the single actions, if the action has several.
	Steps []Step
	Err   error // of the action
}

// Step is a single action of several.
type Step struct {
	Action  string
	Wished  time.Duration // after Firing.At
	Latency time.Duration // from then to its end
}

// ErrDisarmed: a trigger was disarmed when some of its actions were done and others were not.
var ErrDisarmed = errors.New("disarmed before all of its actions were done")

// Then arms another trigger once t has fired and its action was done: a second fault while the ECU recovers from the
// first. If t ends without having fired, or its action fails, the other one ends too.
func (t *Armed) Then(c Condition, a Action) *Armed {
	e := t.engine
	next := e.prepare(fmt.Sprintf("once trigger %d has fired, %s", t.ID, c), c, a)
	e.mu.Lock()
	over, succeeded := t.over, t.succeeded
	switch {
	case !over:
		t.followers = append(t.followers, next)
	case succeeded:
		e.admit(next)
	}
	e.mu.Unlock()
	if over && !succeeded {
		next.Disarm()
	}
	return next
}

// wake sets an alarm. The engine is locked.
func (t *Armed) wake(o Observation) int {
	t.alarms++
	o.alarm = t.alarms
	t.pending = append(t.pending, pending{o, time.AfterFunc(time.Until(o.Time), func() { t.engine.ring(t, o) })})
	return o.alarm
}

// silence takes an alarm away, and reports whether it was there. The engine is locked.
func (t *Armed) silence(alarm int) bool {
	i := slices.IndexFunc(t.pending, func(p pending) bool { return p.end.alarm == alarm })
	if i < 0 {
		return false
	}
	t.pending[i].timer.Stop()
	t.pending = slices.Delete(t.pending, i, i+1)
	return true
}

// look reports whether o meets the condition, or else a time that had ended by then, and which. The engine is locked.
func (t *Armed) look(o Observation) (by Observation, ok bool) {
	for {
		end, ok := t.earliest(o.Time)
		if !ok {
			return o, t.matches(o)
		}
		t.silence(end.alarm)
		if t.matches(end) {
			return end, true
		}
	}
}

// earliest is the alarm that is due first, if that is by a time.
func (t *Armed) earliest(by time.Time) (end Observation, ok bool) {
	for _, p := range t.pending {
		if !p.end.Time.After(by) && (!ok || p.end.Time.Before(end.Time)) {
			end, ok = p.end, true
		}
	}
	return end, ok
}

// begin carries out the action of a trigger whose condition was met.
func (t *Armed) begin(o Observation) {
	e := t.engine
	event := o.String()
	e.mu.Lock()
	t.moment = o.Time
	t.doing = Firing{Event: event, At: o.Time.Add(-o.Delay), Wished: o.Delay}
	if len(t.steps) > 0 {
		t.doing.Wished += t.steps[0].after
	}
	e.mu.Unlock()
	t.proceed()
}

// proceed does the steps that are due, and comes back for those that are not.
func (t *Armed) proceed() {
	for t.doNext() {
	}
}

// doNext does the next step, and reports whether another may be due.
func (t *Armed) doNext() bool {
	e := t.engine
	e.mu.Lock()
	if t.over {
		e.mu.Unlock()
		return false
	}
	if t.next == len(t.steps) {
		t.conclude()
		e.mu.Unlock()
		t.finish()
		return false
	}
	s := t.steps[t.next]
	due := t.moment.Add(s.after)
	if wait := time.Until(due); s.after > 0 && wait > 0 {
		t.timer = time.AfterFunc(wait, t.proceed)
		e.mu.Unlock()
		return false
	}
	t.next++
	t.acting = true
	e.mu.Unlock()

	err := s.action.Do()
	return t.did(s, time.Since(due), err)
}

// did notes a step that was done, and reports whether the trigger goes on.
func (t *Armed) did(s step, latency time.Duration, err error) bool {
	e := t.engine
	e.mu.Lock()
	t.acting = false
	t.doing.Latency = max(t.doing.Latency, latency)
	t.doing.Err = errors.Join(t.doing.Err, err)
	if len(t.steps) > 1 {
		wished := t.moment.Add(s.after).Sub(t.doing.At)
		t.doing.Steps = append(t.doing.Steps, Step{Action: s.action.String(), Wished: wished, Latency: latency})
	}
	failed := t.doing.Err != nil
	if failed {
		t.conclude()
	}
	e.mu.Unlock()
	if failed {
		t.finish()
	}
	return !failed
}

// conclude ends a trigger that has fired. The engine is locked.
func (t *Armed) conclude() {
	t.end()
	t.succeeded = t.doing.Err == nil
}

// finish lets those wait that follow a trigger that has fired, and tells of it.
func (t *Armed) finish() {
	e := t.engine
	e.mu.Lock()
	firing := t.doing
	var idle []*Armed
	for _, next := range t.followers {
		switch {
		case next.over:
		case t.succeeded:
			e.admit(next)
		default:
			idle = append(idle, next)
		}
	}
	e.mu.Unlock()
	for _, next := range idle {
		next.Disarm()
	}
	if e.OnFired != nil {
		e.OnFired(t, firing)
	}
	e.mu.Lock()
	t.firing = &firing
	e.mu.Unlock()
	close(t.done)
}

// end stops everything that was to come. The engine is locked.
func (t *Armed) end() {
	t.over, t.matches, t.kinds = true, nil, 0
	if t.timer != nil {
		t.timer.Stop()
	}
	for _, p := range t.pending {
		p.timer.Stop()
	}
	t.pending = nil
	t.engine.dismiss(t)
}

// Done is closed once the trigger has fired and its action was done.
func (t *Armed) Done() <-chan struct{} { return t.done }

// Firing returns what happened, and false if the trigger has not fired.
func (t *Armed) Firing() (Firing, bool) {
	t.engine.mu.Lock()
	defer t.engine.mu.Unlock()
	if t.firing == nil {
		return Firing{}, false
	}
	return *t.firing, true
}

// Disarm ends a trigger that has not fired, and those that were to follow it. It does nothing to one that has. One of
// whose actions some were done, and others not, ends as fired with ErrDisarmed: what was wished did not happen.
func (t *Armed) Disarm() {
	e := t.engine
	e.mu.Lock()
	begun, left := t.next > 0, t.next < len(t.steps)
	switch {
	case t.over, begun && !left:
		e.mu.Unlock()
		return
	case begun:
		t.doing.Err = errors.Join(t.doing.Err, fmt.Errorf("%s: %w: %d of %d", t.Action, ErrDisarmed, t.next, len(t.steps)))
		acting := t.acting
		t.conclude()
		e.mu.Unlock()
		if !acting {
			t.finish()
		}
		return
	}
	followers := t.followers
	t.end()
	e.mu.Unlock()
	if e.OnIdle != nil {
		e.OnIdle(t)
	}
	for _, next := range followers {
		next.Disarm()
	}
}

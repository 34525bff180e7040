package trigger

import (
	"slices"
	"sync"
	"time"
)

// Engine holds the armed triggers of a bench. The zero value is ready for use.
type Engine struct {
	// OnArmed, OnFired and OnIdle are told what happens to triggers, if set, outside any lock.
	OnArmed func(*Armed)
	OnFired func(*Armed, Firing)
	OnIdle  func(*Armed)

	mu    sync.Mutex
	last  int
	armed []*Armed
}

// Armed is a trigger from its arming to its end.
type Armed struct {
	ID        int
	Condition string
	Action    string

	engine *Engine
	met    func(Observation) bool
	action Action
	done   chan struct{}
	timer  *time.Timer // of a delayed action
	firing *Firing
	over   bool
}

// Firing is what happened when a condition was met.
type Firing struct {
	Event string    // the observation that met the condition
	At    time.Time // time of that observation
	// Latency is the time from the observation, and the wished delay after it, to the end of the action.
	Latency time.Duration
	Err     error // of the action
}

// Arm waits for c and then does a, once.
func (e *Engine) Arm(c Condition, a Action) *Armed {
	e.mu.Lock()
	e.last++
	t := &Armed{
		ID: e.last, Condition: c.String(), Action: a.String(),
		engine: e, met: c.match(), action: a, done: make(chan struct{}),
	}
	// Told under no lock, and before anything can meet the condition.
	e.mu.Unlock()
	if e.OnArmed != nil {
		e.OnArmed(t)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.armed = append(e.armed, t)
	return t
}

// Observe tells all armed triggers what was seen and runs the actions of those whose condition it meets.
func (e *Engine) Observe(o Observation) {
	for _, t := range e.matching(o) {
		t.fire(o)
	}
}

func (e *Engine) matching(o Observation) []*Armed {
	e.mu.Lock()
	defer e.mu.Unlock()
	var met []*Armed
	e.armed = slices.DeleteFunc(e.armed, func(t *Armed) bool {
		if !t.met(o) {
			return false
		}
		met = append(met, t)
		// A delayed action stays on the list, so that DisarmAll finds it.
		t.met = never
		_, waits := t.action.(delayed)
		return !waits
	})
	return met
}

func never(Observation) bool { return false }

func (t *Armed) fire(o Observation) {
	event := o.String()
	d, ok := t.action.(delayed)
	if !ok {
		t.do(event, o.Time, 0)
		return
	}
	t.engine.mu.Lock()
	defer t.engine.mu.Unlock()
	if !t.over {
		t.timer = time.AfterFunc(time.Until(o.Time.Add(d.by)), func() { t.do(event, o.Time, d.by) })
	}
}

func (t *Armed) do(event string, at time.Time, wished time.Duration) {
	t.engine.mu.Lock()
	if t.over {
		t.engine.mu.Unlock()
		return
	}
	t.end()
	t.engine.mu.Unlock()

	err := t.action.Do()
	firing := Firing{Event: event, At: at, Latency: time.Since(at) - wished, Err: err}
	if t.engine.OnFired != nil {
		t.engine.OnFired(t, firing)
	}
	t.engine.mu.Lock()
	t.firing = &firing
	t.engine.mu.Unlock()
	close(t.done)
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

// Disarm ends a trigger that has not fired. It does nothing to one that has.
func (t *Armed) Disarm() {
	if t.disarm() && t.engine.OnIdle != nil {
		t.engine.OnIdle(t)
	}
}

func (t *Armed) disarm() bool {
	t.engine.mu.Lock()
	defer t.engine.mu.Unlock()
	if t.over {
		return false
	}
	t.end()
	if t.timer != nil {
		t.timer.Stop()
	}
	return true
}

// end takes t off the list. The engine is locked.
func (t *Armed) end() {
	t.over = true
	t.engine.armed = slices.DeleteFunc(t.engine.armed, func(other *Armed) bool { return other == t })
}

// DisarmAll ends all triggers that have not fired.
func (e *Engine) DisarmAll() {
	e.mu.Lock()
	all := slices.Clone(e.armed)
	e.mu.Unlock()
	for _, t := range all {
		t.Disarm()
	}
}

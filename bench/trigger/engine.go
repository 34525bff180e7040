package trigger

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Engine holds the armed triggers of a bench. The zero value is ready for use.
type Engine struct {
	// OnArmed, OnFired and OnIdle are told what happens to triggers, if set, outside any lock.
	OnArmed func(*Armed)
	OnFired func(*Armed, Firing)
	OnIdle  func(*Armed)

	wanted atomic.Uint32 // kinds of observations that triggers wait for

	mu      sync.Mutex
	last    int      // ID
	turn    int      // counts the triggers that began to wait
	armed   []*Armed // those that wait, and those whose steps are not all done
	queue   []queued
	working bool // somebody takes from the queue
}

// queued is an observation that is looked at later, by those that waited when it was made.
type queued struct {
	Observation
	turn int
}

// met is a trigger with what met its condition.
type met struct {
	*Armed
	by Observation
}

// Arm waits for c and then does a, once.
func (e *Engine) Arm(c Condition, a Action) *Armed {
	t := e.prepare(c.String(), c, a)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.admit(t)
	return t
}

// prepare makes a trigger that does not wait yet. It is told under no lock, and before anything can meet the condition.
func (e *Engine) prepare(text string, c Condition, a Action) *Armed {
	e.mu.Lock()
	e.last++
	t := &Armed{
		ID: e.last, Condition: text, Action: a.String(),
		engine: e, condition: c, steps: stepsOf(a), done: make(chan struct{}),
	}
	e.mu.Unlock()
	if e.OnArmed != nil {
		e.OnArmed(t)
	}
	return t
}

// admit lets a trigger wait. The engine is locked.
func (e *Engine) admit(t *Armed) {
	e.turn++
	t.turn = e.turn
	t.matches, t.kinds = t.condition.match(t.wake), t.condition.kinds
	e.armed = append(e.armed, t)
	e.count()
}

// dismiss takes a trigger off the list. The engine is locked.
func (e *Engine) dismiss(t *Armed) {
	e.armed = slices.DeleteFunc(e.armed, func(other *Armed) bool { return other == t })
	e.count()
}

func (e *Engine) count() {
	var all kinds
	for _, t := range e.armed {
		all |= t.kinds
	}
	e.wanted.Store(uint32(all))
}

// Wants reports whether a trigger waits for observations of a kind. What it does not want need not be made.
func (e *Engine) Wants(k Kind) bool { return kinds(e.wanted.Load())&k.bit() != 0 }

// Observe tells all armed triggers what was seen and runs the actions of those whose condition it meets.
func (e *Engine) Observe(o Observation) {
	if !e.Wants(o.Kind) {
		return
	}
	e.mu.Lock()
	hit := e.matching(o, e.turn)
	e.mu.Unlock()
	for _, m := range hit {
		m.begin(m.by)
	}
}

// ObserveLater is Observe on another goroutine, in the order of the calls. It is for those who hold locks that an action
// may need. Triggers that are armed after it do not see o.
func (e *Engine) ObserveLater(o Observation) {
	if !e.Wants(o.Kind) {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.queue = append(e.queue, queued{o, e.turn})
	if !e.working {
		e.working = true
		go e.work()
	}
}

func (e *Engine) work() {
	for {
		e.mu.Lock()
		if len(e.queue) == 0 {
			e.working = false
			e.mu.Unlock()
			return
		}
		next := e.queue[0]
		e.queue = e.queue[1:]
		hit := e.matching(next.Observation, next.turn)
		e.mu.Unlock()
		for _, m := range hit {
			m.begin(m.by)
		}
	}
}

// matching returns the triggers whose condition o meets, or a time that had ended by then, of those that waited at a turn.
// The engine is locked.
func (e *Engine) matching(o Observation, turn int) (hit []met) {
	for _, t := range e.armed {
		if t.matches == nil || t.turn > turn {
			continue
		}
		if by, ok := t.look(o); ok {
			t.matches, t.kinds = nil, 0
			hit = append(hit, met{t, by})
		}
	}
	if hit != nil {
		e.count()
	}
	return hit
}

// ring gives a trigger the observation that it asked for, unless that has come already.
func (e *Engine) ring(t *Armed, o Observation) {
	e.mu.Lock()
	ok := t.matches != nil && t.silence(o.alarm) && t.matches(o)
	if ok {
		t.matches, t.kinds = nil, 0
		e.count()
	}
	e.mu.Unlock()
	if ok {
		t.begin(o)
	}
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

// pending is a time that a trigger waits for.
type pending struct {
	end   Observation
	timer *time.Timer
}

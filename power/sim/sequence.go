package sim

import (
	"fmt"
	"time"
)

// step is one of a sequence.
type step struct {
	volts float64
	dwell time.Duration
}

// sequence is what a channel steps through by its own clock. It belongs to the channel's lock.
type sequence struct {
	steps   []step
	repeats int
	started bool
	resume  float64 // voltage that was programmed before
	run     int     // number of the run, so that a late timer of an earlier one does nothing
}

// startSequence steps through what was loaded.
func (ch *Channel) startSequence() {
	programmed := volts(ch.state().Setpoint)
	ch.mu.Lock()
	if ch.started {
		programmed = ch.resume
	}
	ch.run++
	ch.started, ch.resume = true, programmed
	run, points := ch.run, len(ch.steps)
	ch.mu.Unlock()
	ch.event(fmt.Sprintf("%v sequence of %d points started", ch, points))
	ch.stepTo(run, 0, 1)
}

// stepTo goes to a step of the given repetition, from 1.
func (ch *Channel) stepTo(run, i, repeat int) {
	ch.mu.Lock()
	if !ch.started || ch.run != run {
		ch.mu.Unlock()
		return
	}
	if i == len(ch.steps) {
		i, repeat = 0, repeat+1
	}
	if repeat > ch.repeats || len(ch.steps) == 0 {
		ch.mu.Unlock()
		ch.stopSequence()
		return
	}
	s := ch.steps[i]
	ch.mu.Unlock()
	ch.change(func(c *circuit) { c.program(s.volts) })
	time.AfterFunc(s.dwell, func() { ch.stepTo(run, i+1, repeat) })
}

// stopSequence goes back to the voltage that was programmed.
func (ch *Channel) stopSequence() {
	ch.mu.Lock()
	started, resume := ch.started, ch.resume
	ch.started = false
	ch.mu.Unlock()
	if !started {
		return
	}
	ch.change(func(c *circuit) { c.program(resume) })
	ch.event(fmt.Sprintf("%v sequence over, %.3f V", ch, resume))
}

// loadSequence replaces what is loaded.
func (ch *Channel) loadSequence(steps []step, repeats int) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	ch.steps, ch.repeats = steps, repeats
}

package sim

import (
	"slices"
	"strings"
	"time"
)

// maxList is the largest number of points.
const maxList = 512

// listReady is what an output needs after INIT before it takes a trigger; one that comes earlier is lost.
const listReady = 10 * time.Millisecond

func listCommands() []command {
	return []command{
		{nodes: compile("[SOURce]:LIST:VOLTage:[LEVel]"), set: func(r *request) error {
			return r.list(func(ch *Channel) float64 { return ch.rating.voltage }, func(l *list, v []float64) { l.volts = v })
		}},
		{nodes: compile("[SOURce]:LIST:DWELl"), set: func(r *request) error {
			return r.list(func(*Channel) float64 { return 262.144 }, func(l *list, v []float64) { l.dwells = v })
		}},
		{nodes: compile("[SOURce]:LIST:COUNt"), set: func(r *request) error {
			return r.list(func(*Channel) float64 { return 4096 }, func(l *list, v []float64) { l.count = int(v[0]) })
		}},
		{nodes: compile("[SOURce]:LIST:STEP"), set: func(r *request) error { return r.word("AUTO", "ONCE") }},
		{nodes: compile("[SOURce]:LIST:TERMinate:LAST"), set: func(r *request) error { return r.word("OFF", "0") }},
		{nodes: compile("[SOURce]:VOLTage:MODE"), set: func(r *request) error { return r.word("LIST", "FIX", "FIXED") }},
		{nodes: compile("INITiate:[IMMediate]:TRANsient"), set: initiate},
		{nodes: compile("TRIGger:TRANsient:[IMMediate]"), set: trigger},
		{nodes: compile("ABORt:TRANsient"), set: func(r *request) error {
			ch, err := r.channel()
			if err != nil {
				return err
			}
			ch.mu.Lock()
			ch.initiated = time.Time{}
			ch.mu.Unlock()
			ch.stopSequence()
			return r.end()
		}},
	}
}

// list is what LIST was told. It belongs to the channel's lock.
type list struct {
	volts, dwells []float64
	count         int
	initiated     time.Time // when it takes a trigger
}

// list takes numbers for a channel.
func (r *request) list(most func(*Channel) float64, put func(*list, []float64)) error {
	ch, err := r.channel()
	if err != nil {
		return err
	}
	var values []float64
	for len(r.args) > 0 {
		v, err := r.fine(0, most(ch))
		if err != nil {
			return err
		}
		values = append(values, v)
	}
	if len(values) == 0 {
		return errMissing
	}
	if len(values) > maxList {
		return errRange
	}
	ch.mu.Lock()
	defer ch.mu.Unlock()
	put(&ch.list, values)
	return nil
}

// word takes one of the words for a channel.
func (r *request) word(accepted ...string) error {
	if _, err := r.channel(); err != nil {
		return err
	}
	text, err := r.arg()
	if err != nil {
		return err
	}
	if !slices.Contains(accepted, strings.ToUpper(text)) {
		return errIllegal
	}
	return r.end()
}

// initiate makes the list wait for a trigger. Lists of different lengths do not fit.
func initiate(r *request) error {
	ch, err := r.channel()
	if err != nil {
		return err
	}
	ch.mu.Lock()
	l := ch.list
	ch.mu.Unlock()
	if len(l.volts) == 0 || len(l.volts) != len(l.dwells) {
		return errLists
	}
	var steps []step
	for i, v := range l.volts {
		steps = append(steps, step{v, time.Duration(l.dwells[i] * float64(time.Second))})
	}
	ch.loadSequence(steps, max(1, l.count))
	ch.mu.Lock()
	defer ch.mu.Unlock()
	ch.initiated = time.Now().Add(listReady)
	return r.end()
}

func trigger(r *request) error {
	ch, err := r.channel()
	if err != nil {
		return err
	}
	ch.mu.Lock()
	ready := !ch.initiated.IsZero() && time.Now().After(ch.initiated)
	if ready {
		ch.initiated = time.Time{}
	}
	ch.mu.Unlock()
	if !ready {
		return errTriggerIgnored
	}
	ch.startSequence()
	return r.end()
}

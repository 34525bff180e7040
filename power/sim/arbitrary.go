package sim

import (
	"strconv"
	"time"
)

// arbitrary is a sequence that is being put together, for no channel yet.
type arbitrary struct {
	steps   []step
	repeats int
}

const maxArbitrary = 128 // points

// arbitraryCommands are the arbitrary mode of the HMP series.
func arbitraryCommands() []command {
	return []command{
		{nodes: compile("ARBitrary:DATA"), set: setArbitraryData},
		{nodes: compile("ARBitrary:REPetitions"), set: func(r *request) error {
			v, err := r.number(1, 255)
			if err != nil {
				return err
			}
			r.supply.mu.Lock()
			defer r.supply.mu.Unlock()
			r.supply.buffer.repeats = int(v)
			return r.end()
		}},
		{nodes: compile("ARBitrary:TRANsfer"), set: func(r *request) error {
			ch, err := r.numbered()
			if err != nil {
				return err
			}
			r.supply.mu.Lock()
			b := r.supply.buffer
			r.supply.mu.Unlock()
			for _, s := range b.steps {
				if s.volts > ch.rating.voltage {
					return errRange
				}
			}
			ch.loadSequence(b.steps, max(1, b.repeats))
			return nil
		}},
		{nodes: compile("ARBitrary:STARt"), set: func(r *request) error {
			ch, err := r.numbered()
			if err == nil {
				ch.startSequence()
			}
			return err
		}},
		{nodes: compile("ARBitrary:STOP"), set: func(r *request) error {
			ch, err := r.numbered()
			if err == nil {
				ch.stopSequence()
			}
			return err
		}},
		{nodes: compile("ARBitrary:CLEar"), set: func(r *request) error {
			ch, err := r.numbered()
			if err == nil {
				ch.stopSequence()
				ch.loadSequence(nil, 0)
			}
			return err
		}},
	}
}

// numbered takes the number of a channel.
func (r *request) numbered() (*Channel, error) {
	text, err := r.arg()
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return nil, errNumber
	}
	ch, err := r.supply.Channel(n)
	if err != nil {
		return nil, errRange
	}
	return ch, r.end()
}

// setArbitraryData takes voltage, current and time of each point.
func setArbitraryData(r *request) error {
	var steps []step
	for len(r.args) > 0 {
		v, err := r.number(0, 32.05)
		if err != nil {
			return err
		}
		if _, err := r.number(0, 10.01); err != nil {
			return err
		}
		seconds, err := r.number(0.06, 10)
		if err != nil {
			return err
		}
		steps = append(steps, step{v, time.Duration(seconds * float64(time.Second))})
	}
	if len(steps) == 0 {
		return errMissing
	}
	if len(steps) > maxArbitrary {
		return errRange
	}
	r.supply.mu.Lock()
	defer r.supply.mu.Unlock()
	r.supply.buffer.steps = steps
	return nil
}

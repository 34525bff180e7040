package bench

import (
	"sync"
	"time"

	"otabench/bench/record"
)

// Stopwatch takes the time that a conversation with an ECU lasts, by the stamps of its frames on the bus: physical requests
// of the bench and what the ECU says.
type Stopwatch struct {
	ecu  *ECU
	from time.Time

	mu          sync.Mutex
	first, last time.Time
}

// Stopwatch starts a watch: its time begins with the next frame.
func (e *ECU) Stopwatch() *Stopwatch {
	s := &Stopwatch{ecu: e, from: time.Now()}
	e.watches.mu.Lock()
	defer e.watches.mu.Unlock()
	e.watches.all = append(e.watches.all, s)
	return s
}

// watches are the stopwatches of an ECU that run.
type watches struct {
	mu  sync.Mutex
	all []*Stopwatch
}

// seen is told of each frame, on the receive path.
func (w *watches) seen(t time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.all {
		s.seen(t)
	}
}

func (s *Stopwatch) seen(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.Before(s.from) {
		return
	}
	if s.first.IsZero() {
		s.first = t
	}
	s.last = t
}

// Stop ends the watch, and returns the time from the first frame to the last one, in s. Without a frame, or where ISO-TP runs
// in the kernel, whose frames cannot be told from those of other testers, it is the time that the program took.
func (s *Stopwatch) Stop() Quantity {
	w, b := &s.ecu.watches, s.ecu.bench
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, o := range w.all {
		if o == s {
			w.all = append(w.all[:i:i], w.all[i+1:]...)
			break
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first.IsZero() || s.ecu.Description().Transport.Kernel {
		return b.Elapsed(time.Since(s.from))
	}
	since := b.opts.Record.Since
	return Quantity{
		Value: s.last.Sub(s.first).Seconds(), Unit: "s", Source: s.ecu.BusRole(),
		Uncertainty: new(rounded(b.StampUncertainty(s.ecu.BusRole()).Seconds())),
		Basis:       &record.Basis{Function: record.Elapsed, Subject: s.ecu.role, From: since(s.first), To: since(s.last)},
	}
}

// Elapsed is a time that a program took, in s.
func (b *Bench) Elapsed(d time.Duration) Quantity {
	return Quantity{
		Value: d.Seconds(), Unit: "s", Source: "bench clock", Uncertainty: new(rounded(b.ClockUncertainty().Seconds())),
	}
}

// Between is a time between frames of the conversation with the ECU, in s, that follows from those in [from, to] by a
// function of package record.
func (e *ECU) Between(d time.Duration, function string, from, to time.Time) Quantity {
	since := e.bench.opts.Record.Since
	return Quantity{
		Value: d.Seconds(), Unit: "s", Source: e.BusRole(),
		Uncertainty: new(rounded(e.bench.StampUncertainty(e.BusRole()).Seconds())),
		Basis:       &record.Basis{Function: function, Subject: e.role, From: since(from), To: since(to)},
	}
}

// In returns a quantity in another unit, of which one of the present unit has factor.
func (q Quantity) In(unit string, factor float64) Quantity {
	q.Unit = unit
	q.Value *= factor
	if q.Uncertainty != nil {
		q.Uncertainty = new(rounded(*q.Uncertainty * factor))
	}
	return q
}

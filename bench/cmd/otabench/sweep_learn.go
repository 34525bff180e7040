package main

import (
	"sync"

	"otabench/bench/equipment"
	"otabench/bench/record"
)

// learned is what the benches of trials that leave no evidence said of themselves: which devices they have, and how they
// were left.
type learned struct {
	mu      sync.Mutex
	devices []record.Device
	safe    *record.Safe // the first that was not, or else the last
}

// event takes an event of a trial. Benches are alike, so that the first description of a device holds for all of them.
func (l *learned) event(e record.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch b := e.Body.(type) {
	case record.Device:
		for _, d := range l.devices {
			if d.Role == b.Role && d.Class == b.Class && (d.Serial != "" || b.Serial == "") {
				return
			}
		}
		l.devices = append(l.devices, b)
	case record.Safe:
		if l.safe == nil || equipment.IsSafe(*l.safe) {
			l.safe = &b
		}
	}
}

// describe adds the devices to a record that begins.
func (l *learned) describe(rec *record.Writer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, d := range l.devices {
		rec.Add(d)
	}
}

// leave says in a record that ends how the benches were left.
func (l *learned) leave(rec *record.Writer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.safe != nil {
		s := *l.safe
		s.Reason = "a trial was over; each had a bench of its own"
		rec.Add(s)
	}
}

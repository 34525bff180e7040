package bench

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"otabench/bench/record"
	"otabench/bench/traffic"
	"otabench/can/signal/restbus"
)

func (b *Bench) openRestBuses(context.Context) error {
	for _, role := range slices.Sorted(maps.Keys(b.file.Buses)) {
		entries, err := traffic.Entries(b.file, role, b.opts.Dir)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			continue
		}
		// It ends with the bench and not with the context in which the bench is opened.
		sim, err := restbus.Start(context.Background(), b.buses[role], restbus.Schedule{Entries: entries, OnMiss: b.missed(role)})
		if err != nil {
			return b.file.Wrong("buses."+role+".restbus", "%v", err)
		}
		b.restbus[role] = sim
		b.onClose(func() error {
			sim.Stop()
			b.recordRestBus(role, sim.Stats())
			return nil
		})
	}
	return nil
}

// RestBus returns the simulation of the ECUs that are not on the bench, nil if the bench file has none for that bus.
func (b *Bench) RestBus(role string) *restbus.Simulation { return b.restbus[role] }

// missed records the first miss of each message; how many there were is recorded at the end.
func (b *Bench) missed(bus string) func(restbus.Miss) {
	var seen sync.Map
	return func(m restbus.Miss) {
		if _, before := seen.LoadOrStore(m.Message, true); !before {
			b.opts.Record.Add(record.Note{Text: fmt.Sprintf("rest bus %s: first miss: %v", bus, m)})
		}
	}
}

func (b *Bench) recordRestBus(bus string, all []restbus.Stats) {
	for _, s := range all {
		text := fmt.Sprintf("rest bus %s: %s sent %d times every %v, at most %v late", bus, s.Message, s.Sent, s.Cycle, s.Jitter.Max)
		if s.Missed > 0 {
			text += fmt.Sprintf("; MISSED %d times, last: %v", s.Missed, s.LastErr)
		}
		b.opts.Record.Add(record.Note{Text: text})
	}
}

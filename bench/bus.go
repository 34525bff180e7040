package bench

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"otabench/bench/config"
	"otabench/bench/equipment"
	"otabench/bench/record"
	"otabench/bench/trigger"
	"otabench/can"
	"otabench/can/dial"
)

func (b *Bench) openBuses(ctx context.Context) error {
	d := dial.Dialer{}
	if b.embedded != nil {
		d.Virtual = b.embedded.Bus
	}
	for _, role := range slices.Sorted(maps.Keys(b.file.Buses)) {
		c := b.file.Buses[role]
		description, err := equipment.PrepareBus(c)
		if err != nil {
			return fmt.Errorf("open bus %s: %w", role, err)
		}
		bus, err := d.Dial(ctx, c.Address)
		if err != nil {
			return fmt.Errorf("open bus %s: %w", role, err)
		}
		b.buses[role] = bus
		b.onClose(bus.Close)
		b.onClose(b.watchBus(role, bus))
		bus.Tap(func(r can.Received) { b.seen(role, r) })
		b.opts.Record.Add(record.Device{
			Role: role, Class: "bus", Address: c.Address, Model: description, Simulated: config.IsVirtual(c.Address),
		})
	}
	return nil
}

// watchBus makes the end of a bus a fault at once, and not only for the next one who uses it.
func (b *Bench) watchBus(role string, bus can.Bus) (stop func() error) {
	none := can.Filter{ID: ^uint32(0), Mask: ^uint32(0)} // matches no frame
	sub := bus.Subscribe(1, none)
	closing, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		<-sub.C() // nothing comes but the end
		select {
		case <-closing:
		default:
			b.Fault(role, fmt.Errorf("%v has ended: the connection or the interface is gone; state %v", bus, bus.State()))
		}
	}()
	return func() error {
		close(closing)
		sub.Cancel()
		<-done
		return nil
	}
}

// seen is the receive path of a bus: triggers first, then the trace.
func (b *Bench) seen(bus string, r can.Received) {
	b.triggers.Observe(trigger.Observation{Kind: trigger.Frame, Time: r.Time, Source: bus, Frame: r.Frame})
	if r.Lost > 0 {
		b.opts.Record.AddAt(r.Time, record.Lost{Device: bus, Frames: r.Lost})
	}
	if problem := r.Problem(); problem != "" {
		b.opts.Record.AddAt(r.Time, record.Note{Text: "bus " + bus + ": " + problem})
	}
	if b.opts.Trace != nil {
		r.Time = b.opts.Record.Wall(r.Time)
		b.opts.Trace.Record(bus, r)
	}
}

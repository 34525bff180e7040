package bench

import (
	"context"
	"sync"
	"time"

	"otabench/bench/config"
	"otabench/can"
)

// Battery plays the traction battery of the vehicle: a cyclic message with its state of charge and the charger.
type Battery struct {
	bus    can.Bus
	config config.Battery
	cancel context.CancelFunc
	done   chan struct{}
	now    chan chan struct{} // asks for a message at once

	mu      sync.Mutex
	charge  float64
	charger bool
	alive   byte
	hushed  bool
}

// fullCharge is the state of charge that a battery starts with, in percent.
const fullCharge = 80

func newBattery(bus can.Bus, c config.Battery) *Battery {
	ctx, cancel := context.WithCancel(context.Background())
	b := &Battery{bus: bus, config: c, cancel: cancel, done: make(chan struct{}), now: make(chan chan struct{}), charge: fullCharge}
	go b.run(ctx)
	return b
}

// Set changes the state of charge in percent, in steps of 0.5, and whether a charger is connected. It returns once a
// message has said so on the bus.
func (b *Battery) Set(ctx context.Context, percent float64, charger bool) error {
	b.mu.Lock()
	b.charge, b.charger = percent, charger
	b.mu.Unlock()
	sent := make(chan struct{})
	select {
	case b.now <- sent:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-sent:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// plug says with the next message whether a charger is connected.
func (b *Battery) plug(charger bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.charger = charger
}

// Hush stops the message until resume, as a gateway does that has fallen asleep. Set waits for that.
func (b *Battery) Hush() (resume func()) {
	b.hush(true)
	return func() { b.hush(false) }
}

func (b *Battery) hush(hushed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hushed = hushed
}

func (b *Battery) run(ctx context.Context) {
	defer close(b.done)
	tick := time.NewTicker(b.config.Cycle)
	defer tick.Stop()
	var asked chan struct{}
	for {
		if sent := b.send(ctx); asked != nil && sent {
			close(asked)
			asked = nil
		}
		next := b.now
		if asked != nil {
			next = nil // one wish at a time; it is tried again with each cycle
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case asked = <-next:
		}
	}
}

// send sends the message, unless it is hushed. A bus on which nobody is awake acknowledges nothing; the message then
// waits for the next cycle.
func (b *Battery) send(ctx context.Context) (sent bool) {
	b.mu.Lock()
	hushed, message := b.hushed, b.message()
	b.mu.Unlock()
	if hushed {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, b.config.Cycle)
	defer cancel()
	return b.bus.Send(ctx, message) == nil
}

// message is the next one. b.mu is held.
func (b *Battery) message() can.Frame {
	b.alive = (b.alive + 1) & 0xF
	state := b.alive << 4
	if b.charger {
		state |= 1
	}
	return can.New(b.config.ID, byte(b.charge*2), state)
}

func (b *Battery) close() error {
	b.cancel()
	<-b.done
	return nil
}

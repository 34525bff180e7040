package restbus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"otabench/can"
	"otabench/can/signal"
)

// ErrSchedule is wrapped by the errors about what a Schedule says.
var ErrSchedule = errors.New("invalid rest bus schedule")

// ErrStopped means that a simulation has ended, by Stop or because its context has.
var ErrStopped = errors.New("rest bus simulation is stopped")

// Simulation sends messages until it is stopped, its context ends or its bus is closed. Its methods may be called from
// several goroutines.
type Simulation struct {
	bus     can.Bus
	onMiss  func(Miss)
	senders map[string]*sender
	order   []*sender
	cancel  context.CancelCauseFunc
	done    chan struct{}
	cause   func() error
}

// Start begins to send. It fails with an error that wraps ErrSchedule, and the fault's own, if the schedule cannot be
// kept: a message without a cycle, one that does not fit a frame, a value that a signal cannot have.
func Start(ctx context.Context, bus can.Bus, schedule Schedule) (*Simulation, error) {
	sim := &Simulation{bus: bus, onMiss: schedule.OnMiss, senders: map[string]*sender{}, done: make(chan struct{})}
	var cycles []time.Duration
	for _, entry := range schedule.Entries {
		s, err := newSender(entry)
		if err == nil && sim.senders[s.name] != nil {
			err = fmt.Errorf("message %s is there twice", s.name)
		}
		if err != nil {
			return nil, fmt.Errorf("%v: %w: %w", bus, ErrSchedule, err)
		}
		sim.senders[s.name] = s
		sim.order = append(sim.order, s)
		cycles = append(cycles, s.cycle)
	}
	ctx, sim.cancel = context.WithCancelCause(ctx)
	sim.cause = func() error { return context.Cause(ctx) }
	phases := Phases(cycles)
	begin := time.Now()
	var running sync.WaitGroup
	for i, s := range sim.order {
		s.stats.Phase = phases[i]
		running.Go(func() { s.run(ctx, sim, begin.Add(phases[i])) })
	}
	go func() {
		running.Wait()
		close(sim.done)
	}()
	return sim, nil
}

// Set gives a signal of a message a value, from the next frame on. It fails as [signal.Content.Set] does, and with
// ErrSchedule if the schedule drives the signal itself; then nothing changes.
func (sim *Simulation) Set(message, name string, value signal.Input) error {
	return sim.SetAll(message, map[string]signal.Input{name: value})
}

// SetAll gives several signals of a message values that take effect together, or fails and changes none.
func (sim *Simulation) SetAll(message string, values map[string]signal.Input) error {
	s, err := sim.sender(message)
	if err != nil {
		return err
	}
	return s.set(values)
}

// Pause stops sending a message, as if its ECU had gone silent. Frames that are not due are not missed.
func (sim *Simulation) Pause(message string) error { return sim.pause(message, true) }

// Resume sends a message again, at the instants at which it would have been due anyway.
func (sim *Simulation) Resume(message string) error { return sim.pause(message, false) }

func (sim *Simulation) pause(message string, on bool) error {
	s, err := sim.sender(message)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paused = on
	return nil
}

func (sim *Simulation) sender(message string) (*sender, error) {
	if s := sim.senders[message]; s != nil {
		return s, nil
	}
	return nil, fmt.Errorf("message %q: %w of the rest bus simulation on %v", message, signal.ErrUnknown, sim.bus)
}

// Stats returns what became of each message, in the order of the schedule.
func (sim *Simulation) Stats() []Stats {
	var all []Stats
	for _, s := range sim.order {
		all = append(all, s.statistics())
	}
	return all
}

// Stop ends the simulation and waits until nothing of it runs any more.
func (sim *Simulation) Stop() {
	sim.cancel(ErrStopped)
	<-sim.done
}

// Done is closed when the simulation has ended. After the bus is closed that is when the next frame falls due.
func (sim *Simulation) Done() <-chan struct{} { return sim.done }

// Err returns nil while the simulation runs, and then why it does not: ErrStopped, the context's error, or one that
// wraps can.ErrClosed.
func (sim *Simulation) Err() error {
	select {
	case <-sim.done:
		return sim.cause()
	default:
		return nil
	}
}

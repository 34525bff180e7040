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

// sender sends one message.
type sender struct {
	name       string
	cycle      time.Duration
	size       int
	counter    *Counter
	checksum   *Checksum
	protection Protection // used by the sending goroutine only

	mu      sync.Mutex // never held across a wait
	content *signal.Content
	count   uint64
	paused  bool
	stats   Stats
	jitter  delays
	latency delays
}

func newSender(entry Entry) (*sender, error) {
	m := entry.Message
	s := &sender{
		name: m.Name, cycle: entry.Cycle, size: m.Size, checksum: entry.Checksum, protection: entry.Protection,
		content: m.NewContent(),
	}
	if s.cycle == 0 {
		s.cycle = m.Cycle
	}
	if s.cycle <= 0 {
		return nil, fmt.Errorf("message %s has the cycle %v; accepted: more than 0", m.Name, s.cycle)
	}
	if err := s.setCounter(m, entry.Counter); err != nil {
		return nil, err
	}
	if err := s.set(entry.Values); err != nil {
		return nil, err
	}
	if _, err := s.build(s.content.Clone(), s.count); err != nil {
		return nil, err
	}
	s.stats = Stats{Message: s.name, Cycle: s.cycle}
	return s, nil
}

// setCounter completes the counter and sees that the signal can have its values.
func (s *sender) setCounter(m *signal.Message, counter *Counter) error {
	if counter == nil {
		return nil
	}
	sig, err := m.Signal(counter.Signal)
	if err != nil {
		return fmt.Errorf("message %s: counter: %w", m.Name, err)
	}
	c := *counter
	if c.Last == 0 {
		c.Last = 1<<(sig.Length-1)<<1 - 1
	}
	if c.First >= c.Last {
		return fmt.Errorf("message %s: counter %s from %d to %d; accepted: upwards", m.Name, c.Signal, c.First, c.Last)
	}
	if err := s.content.Clone().Set(c.Signal, signal.Raw(c.Last)); err != nil {
		return fmt.Errorf("counter: %w", err)
	}
	s.counter, s.count = &c, c.First
	return nil
}

// set changes all values or none.
func (s *sender) set(values map[string]signal.Input) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := s.content.Clone()
	for name, value := range values {
		if s.counter != nil && name == s.counter.Signal || s.checksum != nil && name == s.checksum.Signal {
			return fmt.Errorf("message %s: signal %s: %w: counter and checksum run by themselves", s.name, name, ErrSchedule)
		}
		if err := changed.Set(name, value); err != nil {
			return err
		}
	}
	if _, err := changed.Frame(); err != nil {
		return err
	}
	s.content = changed
	return nil
}

// next makes the frame that is due now. It says no during a pause.
func (s *sender) next() (f can.Frame, ok bool, err error) {
	s.mu.Lock()
	content, count, paused := s.content.Clone(), s.count, s.paused
	if !paused && s.counter != nil {
		if s.count++; s.count > s.counter.Last || s.count == 0 {
			s.count = s.counter.First
		}
	}
	s.mu.Unlock()
	if paused {
		return f, false, nil
	}
	f, err = s.build(content, count)
	if err == nil && s.protection != nil {
		err = s.protection.Protect(f.Data[:s.size])
	}
	return f, true, err
}

// build makes a frame with counter and checksum.
func (s *sender) build(content *signal.Content, count uint64) (f can.Frame, err error) {
	if s.counter != nil {
		if err = content.Set(s.counter.Signal, signal.Raw(count)); err != nil {
			return f, err
		}
	}
	if s.checksum != nil {
		if err = content.Set(s.checksum.Signal, signal.Raw(0)); err != nil {
			return f, err
		}
		if f, err = content.Frame(); err != nil {
			return f, err
		}
		if err = content.Set(s.checksum.Signal, signal.Raw(s.checksum.Sum(f.Data[:s.size]))); err != nil {
			return f, err
		}
	}
	return content.Frame()
}

// run sends a frame at due and after each cycle.
func (s *sender) run(ctx context.Context, sim *Simulation, due time.Time) {
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		if over := time.Since(due) / s.cycle; over > 0 {
			s.missed(sim, due, int(over), fmt.Errorf("message %s: %w", s.name, ErrLate))
			due = due.Add(over * s.cycle)
		}
		if err := s.send(ctx, sim, due); errors.Is(err, can.ErrClosed) {
			sim.cancel(err)
			return
		}
		due = due.Add(s.cycle)
		timer.Reset(time.Until(due))
	}
}

// send sends the frame that is due, or misses it. It returns the bus's error.
func (s *sender) send(ctx context.Context, sim *Simulation, due time.Time) error {
	f, ok, err := s.next()
	switch {
	case err != nil:
		s.missed(sim, due, 1, err)
		return nil
	case !ok:
		return nil
	}
	inCycle, cancel := context.WithDeadline(ctx, due.Add(s.cycle))
	defer cancel()
	handed := time.Since(due)
	err = sim.bus.Send(inCycle, f)
	switch {
	case err == nil:
		s.sent(handed, time.Since(due))
	case ctx.Err() != nil: // stopped
	case inCycle.Err() != nil:
		s.missed(sim, due, 1, fmt.Errorf("%w: %w", ErrLate, err))
	default:
		s.missed(sim, due, 1, err)
	}
	return err
}

func (s *sender) sent(jitter, latency time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Sent++
	s.jitter.add(jitter)
	s.latency.add(latency)
}

// missed counts frames that were not sent, and tells.
func (s *sender) missed(sim *Simulation, due time.Time, cycles int, err error) {
	s.mu.Lock()
	paused := s.paused
	if !paused {
		s.stats.Missed += uint64(cycles)
		s.stats.LastErr = err
	}
	s.mu.Unlock()
	if !paused && sim.onMiss != nil {
		sim.onMiss(Miss{Message: s.name, Due: due, Cycles: cycles, Err: err})
	}
}

func (s *sender) statistics() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	stats := s.stats
	stats.Paused = s.paused
	stats.Jitter, stats.Latency = s.jitter.of(stats.Sent), s.latency.of(stats.Sent)
	return stats
}

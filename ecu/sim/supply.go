package sim

import (
	"context"
	"sync"

	"periph.io/x/conn/v3/physic"
)

// supply is the ECU's supply input: it says when there is power and ends a life when there is none any more.
type supply struct {
	terminal Terminal
	wake     chan struct{} // holds a token when power may have come

	mu  sync.Mutex
	on  bool
	cut context.CancelCauseFunc // of the life under way

	load sync.Mutex // guards the following; never held during Draw
	base physic.ElectricCurrent
	more physic.ElectricCurrent
}

// watch follows the terminal's voltage until stop.
func (s *supply) watch(p Power, weak func()) (stop func()) {
	stops := []func(){
		s.terminal.Notify(p.On, func(rising bool) {
			if rising {
				s.up()
			}
		}),
		s.terminal.Notify(p.BrownOut, func(rising bool) {
			if !rising {
				s.down()
			}
		}),
		s.terminal.Notify(p.WriteMin, func(rising bool) {
			if !rising {
				weak()
			}
		}),
	}
	if s.terminal.Voltage() >= p.On {
		s.up()
	}
	return func() {
		for _, stop := range stops {
			stop()
		}
	}
}

func (s *supply) up() {
	s.mu.Lock()
	s.on = true
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *supply) down() {
	s.mu.Lock()
	cut := s.cut
	s.on, s.cut = false, nil
	s.mu.Unlock()
	if cut != nil {
		cut(errPowerLost)
	}
}

// await returns a context that ends with errPowerLost at the next brown-out, once there is power. It fails when ctx ends.
func (s *supply) await(ctx context.Context) (context.Context, context.CancelCauseFunc, error) {
	for {
		if powered, cut, ok := s.begin(ctx); ok {
			return powered, cut, nil
		}
		select {
		case <-s.wake:
		case <-ctx.Done():
			return nil, nil, context.Cause(ctx)
		}
	}
}

func (s *supply) begin(ctx context.Context) (context.Context, context.CancelCauseFunc, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.on || ctx.Err() != nil {
		return nil, nil, false
	}
	powered, cut := context.WithCancelCause(ctx)
	s.cut = cut
	return powered, cut, true
}

// draw sets the current without that of the flash.
func (s *supply) draw(base physic.ElectricCurrent) {
	s.load.Lock()
	s.base = base
	total := s.base + s.more
	s.load.Unlock()
	s.terminal.Draw(total)
}

// extra adds a current to it, for as long as the flash works.
func (s *supply) extra(more physic.ElectricCurrent) {
	s.load.Lock()
	s.more = more
	total := s.base + s.more
	s.load.Unlock()
	s.terminal.Draw(total)
}

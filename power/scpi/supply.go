package scpi

import (
	"fmt"

	"otabench/power"
)

// supply is an instrument that was identified.
type supply struct {
	name     string // of the model, as the bench file has it
	model    model
	session  *session
	identity power.Identity
}

var _ power.Supply = (*supply)(nil)

func (s *supply) String() string { return fmt.Sprintf("%s at %s", s.name, s.session.address) }

func (s *supply) Identity() power.Identity { return s.identity }

func (s *supply) Channels() int { return len(s.model.ratings) }

func (s *supply) Channel(n int) (power.Channel, error) {
	if n < 1 || n > s.Channels() {
		return nil, fmt.Errorf("%v has channels 1 to %d, not %d", s, s.Channels(), n)
	}
	return s.model.channel(s, n, s.model.ratings[n-1]), nil
}

func (s *supply) Close() error {
	if err := s.session.close(); err != nil {
		return fmt.Errorf("close %v: %w", s, err)
	}
	return nil
}

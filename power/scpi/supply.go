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
	ratings  []rating
}

var _ power.Supply = (*supply)(nil)

func (s *supply) String() string { return fmt.Sprintf("%s at %s", s.name, s.session.address) }

func (s *supply) Identity() power.Identity { return s.identity }

func (s *supply) Channels() int { return len(s.ratings) }

func (s *supply) Channel(n int) (power.Channel, error) {
	if n < 1 || n > s.Channels() {
		return nil, fmt.Errorf("%v has channels 1 to %d, not %d", s, s.Channels(), n)
	}
	c := &channel{supply: s, n: n, rating: s.ratings[n-1], dialect: s.model.dialect}
	if c.sequence != nil {
		return &sequencer{c}, nil
	}
	return c, nil
}

func (s *supply) Close() error {
	if err := s.session.close(); err != nil {
		return fmt.Errorf("close %v: %w", s, err)
	}
	return nil
}

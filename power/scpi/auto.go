package scpi

import (
	"fmt"
	"maps"
	"slices"

	"otabench/power"
)

// choose takes the model that the instrument says it is. Those that speak otherwise than IEEE 488.2 says were asked in a
// language that is not theirs, so they are not to be chosen.
func (s *supply) choose(id power.Identity) error {
	known := models()
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if m := known[name]; m.wire.marks && m.is(id) {
			s.name, s.model = name, m
			s.session.adopt(m)
			return nil
		}
	}
	return fmt.Errorf("%s: %w: there is %v, for which there is no driver that can be chosen by itself: name its model",
		s.session.address, power.ErrIdentity, id)
}

// adopt goes on with what the chosen model needs.
func (s *session) adopt(m model) {
	s.turn <- struct{}{}
	defer s.yield()
	s.wire = m.wire
	s.pace = max(s.pace, m.pace)
}

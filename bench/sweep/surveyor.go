package sweep

import (
	"sync/atomic"
	"time"

	"otabench/bench"
	"otabench/bench/trigger"
	"otabench/ecu/flash"
)

// surveyor makes moments of what is seen on the receive path.
type surveyor struct {
	u     *bench.ECU
	line  line
	began time.Time
	phase atomic.Int64 // flash.Phase

	all     messages
	nth     map[string]int // messages by their beginning
	last    Offset         // of the latest frame
	flash   int
	moments []Moment
}

// see is a trigger's match that is never met.
func (s *surveyor) see(o trigger.Observation) bool {
	switch {
	case s.line.carries(o):
		s.last.Frame++
		s.add(o, s.last)
	case begins(o, s.u.Name()):
		// The frame was seen before it was known to begin a message.
		if !s.all.counts(o) {
			s.moments[len(s.moments)-1].Again = true
			break
		}
		message := beginning(o.Data)
		s.nth[string(message)]++
		s.last = Offset{Message: message, Nth: s.nth[string(message)]}
		s.moments[len(s.moments)-1].Offset = s.last
	case o.Kind == trigger.FlashOperation && o.Source == s.u.Name():
		s.flash++
		s.add(o, Offset{Flash: s.flash})
	}
	return false
}

func (s *surveyor) add(o trigger.Observation, at Offset) {
	s.moments = append(s.moments, Moment{
		Phase: flash.Phase(s.phase.Load()).String(), Offset: at, Length: o.Length, At: o.Time.Sub(s.began),
	})
}

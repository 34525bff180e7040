package e2e

// Tolerance is what a receiver of profile 1 or 2 puts up with.
type Tolerance struct {
	// MaxDeltaCounterInit is how much the counter may advance from one data to the next, less what checks without data
	// add: with 1, one data may be lost.
	MaxDeltaCounterInit int
	// MaxNoNewOrRepeatedData is how many checks in a row may be without new data before the counter has to prove itself
	// again.
	MaxNoNewOrRepeatedData int
	// SyncCounterInit is the number of data with which it does.
	SyncCounterInit int
}

// lenient is the tolerance of the standard's examples: one lost data is accepted, the counter need not prove itself.
var lenient = Tolerance{MaxDeltaCounterInit: 1, MaxNoNewOrRepeatedData: 15}

func (t Tolerance) validate(modulo int) error {
	for _, v := range []struct {
		name     string
		n, limit int
	}{
		{"MaxDeltaCounterInit", t.MaxDeltaCounterInit, modulo - 1},
		{"MaxNoNewOrRepeatedData", t.MaxNoNewOrRepeatedData, 15},
		{"SyncCounterInit", t.SyncCounterInit, 15},
	} {
		if v.n < 0 || v.n > v.limit {
			return invalid("%s is %d; accepted: 0 to %d", v.name, v.n, v.limit)
		}
	}
	return nil
}

// synchronized is the sequence of the profiles 1 and 2 (E2E_P01Check and E2E_P02Check). Its fields have the names of
// the standard.
type synchronized struct {
	Tolerance
	modulo int

	begun                      bool // not WaitForFirstData
	lastValidCounter           int
	maxDeltaCounter            int
	lostData                   int
	noNewOrRepeatedDataCounter int
	syncCounter                int
}

func (s *synchronized) check() { s.maxDeltaCounter = min(s.maxDeltaCounter+1, s.modulo-1) }

func (s *synchronized) missed() Status {
	s.nothingNew()
	return NoNewData
}

func (s *synchronized) nothingNew() {
	s.noNewOrRepeatedDataCounter = min(s.noNewOrRepeatedDataCounter+1, s.modulo-1)
}

func (s *synchronized) lost() int { return s.lostData }

func (s *synchronized) received(counter int) Status {
	delta := (counter - s.lastValidCounter + s.modulo) % s.modulo
	switch {
	case !s.begun:
		s.begun = true
		s.accept(counter)
		return Initial
	case delta == 0:
		s.nothingNew()
		return Repeated
	case delta <= s.maxDeltaCounter: // which is at least 1
		s.accept(counter)
		s.lostData = delta - 1
		return s.synchronize()
	}
	s.noNewOrRepeatedDataCounter = 0
	s.syncCounter = s.SyncCounterInit
	if s.syncCounter > 0 {
		s.accept(counter)
	}
	return WrongSequence
}

func (s *synchronized) accept(counter int) {
	s.maxDeltaCounter = s.MaxDeltaCounterInit
	s.lastValidCounter = counter
}

// synchronize judges a counter that is in order.
func (s *synchronized) synchronize() Status {
	late := s.noNewOrRepeatedDataCounter > s.MaxNoNewOrRepeatedData
	s.noNewOrRepeatedDataCounter = 0
	switch {
	case late:
		s.syncCounter = s.SyncCounterInit
		return Sync
	case s.syncCounter > 0:
		s.syncCounter--
		return Sync
	case s.lostData > 0:
		return OKSomeLost
	}
	return OK
}

// plain is the sequence of profile 5 (E2E_P05Check).
type plain struct {
	maxDelta int
	last     int
	lostData int
}

func (s *plain) check()         {}
func (s *plain) missed() Status { return NoNewData }
func (s *plain) lost() int      { return s.lostData }

func (s *plain) received(counter int) Status {
	delta := byte(counter - s.last)
	s.last = counter
	switch {
	case delta == 0:
		return Repeated
	case int(delta) > s.maxDelta:
		return WrongSequence
	}
	s.lostData = int(delta) - 1
	if s.lostData > 0 {
		return OKSomeLost
	}
	return OK
}

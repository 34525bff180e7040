package sim

import "otabench/power"

// turn puts a channel's own switch, behind which there may be more.
func (ch *Channel) turn(on bool) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	ch.turned = on
}

func (ch *Channel) isTurned() bool {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	return ch.turned
}

// masterCommands switch outputs that have a switch each and a master switch before all of them: header itself switches
// the channel and, when on, the master. A fuse that has blown is reset by switching.
func masterCommands(header, own, master string) []command {
	return []command{
		{nodes: compile(header + ":[STATe]"), set: func(r *request) error {
			return switching(r, func(ch *Channel, on bool) {
				ch.turn(on)
				if on {
					r.supply.setMaster(true)
				}
			})
		}, query: claims(zeroOne)},
		{nodes: compile(own), set: func(r *request) error {
			return switching(r, (*Channel).turn)
		}, query: func(r *request) (string, error) {
			ch, err := r.channel()
			if err != nil {
				return "", err
			}
			return zeroOne(ch.isTurned() && ch.state().Tripped == 0), r.end()
		}},
		{nodes: compile(master), set: func(r *request) error {
			on, err := r.boolean()
			if err != nil {
				return err
			}
			if err := r.end(); err != nil {
				return err
			}
			r.supply.setMaster(on)
			r.supply.followSwitches()
			return nil
		}, query: func(r *request) (string, error) { return zeroOne(r.supply.isMaster()), r.end() }},
	}
}

// switching takes a boolean, puts a switch and lets the outputs follow.
func switching(r *request, put func(*Channel, bool)) error {
	ch, err := r.channel()
	if err != nil {
		return err
	}
	on, err := r.boolean()
	if err != nil {
		return err
	}
	if err := r.end(); err != nil {
		return err
	}
	ch.change(func(c *circuit) { c.tripped &^= power.TripOCP })
	put(ch, on)
	r.supply.followSwitches()
	return nil
}

func (s *Supply) setMaster(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.master = on
}

func (s *Supply) isMaster() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.master
}

// followSwitches makes every output do what its switch and the master say.
func (s *Supply) followSwitches() {
	master := s.isMaster()
	for _, ch := range s.channels {
		before := ch.state().Claims
		on := master && ch.isTurned()
		ch.change(func(c *circuit) { c.enable(on) })
		if ch.state().Claims != before {
			s.opts.Events(describe(ch))
		}
	}
}

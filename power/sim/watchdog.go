package sim

import (
	"time"

	"otabench/power"
)

// watchdog switches all outputs off when the instrument hears nothing. It belongs to the supply's lock.
type watchdog struct {
	armed   bool
	seconds float64
	timer   *time.Timer
}

func (w *watchdog) init(s *Supply) {
	w.seconds = 60
	w.timer = time.AfterFunc(never, s.bite)
	w.timer.Stop()
}

// heard is called for every message on any connection.
func (s *Supply) heard() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rearm()
}

// rearm needs the lock.
func (s *Supply) rearm() {
	if s.watchdog.armed {
		s.watchdog.timer.Reset(time.Duration(s.watchdog.seconds * float64(time.Second)))
	} else {
		s.watchdog.timer.Stop()
	}
}

func (s *Supply) bite() {
	for _, ch := range s.channels {
		ch.change(func(c *circuit) { c.trip(power.TripWatchdog) })
		ch.report(power.TripWatchdog)
	}
}

func watchdogCommands() []command {
	return []command{
		{
			nodes: compile("OUTPut:PROTection:WDOG:[STATe]"),
			set: func(r *request) error {
				on, err := r.boolean()
				if err != nil {
					return err
				}
				r.supply.mu.Lock()
				defer r.supply.mu.Unlock()
				r.supply.watchdog.armed = on
				r.supply.rearm()
				return r.end()
			},
			query: func(r *request) (string, error) {
				r.supply.mu.Lock()
				defer r.supply.mu.Unlock()
				return zeroOne(r.supply.watchdog.armed), r.end()
			},
		},
		{
			nodes: compile("OUTPut:PROTection:WDOG:DELay"),
			set: func(r *request) error {
				v, err := r.number(1, 3600)
				if err != nil {
					return err
				}
				r.supply.mu.Lock()
				defer r.supply.mu.Unlock()
				r.supply.watchdog.seconds = v
				r.supply.rearm()
				return r.end()
			},
			query: func(r *request) (string, error) {
				r.supply.mu.Lock()
				defer r.supply.mu.Unlock()
				return scientific(r.supply.watchdog.seconds), r.end()
			},
		},
	}
}

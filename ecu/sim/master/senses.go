package master

import (
	"sync"
	"time"

	"otabench/can"
	"otabench/can/signal"
	"otabench/ecu/ota"
	"otabench/ecu/ota/dashboard"
)

// stale is the age from which on a message is as good as none.
const stale = time.Second

// senses are what the master hears on the bus.
type senses struct {
	mu      sync.Mutex
	heard   map[string]time.Time // messages
	values  map[string]float64   // signals
	touched int                  // counter of the last touch, -1 before the first
	sub     *can.Subscription
}

// listen hears the messages of the other ECUs, and touches of the dashboard.
func listen(l *life) (*senses, error) {
	s := &senses{heard: map[string]time.Time{}, values: map[string]float64{}, touched: -1}
	db := dashboard.Vehicle()
	var filters []can.Filter
	for _, name := range []string{"BMS_Battery", "ESP_Motion", "GW_Body", "GW_Clock", "HMI_Action"} {
		m, err := db.Message(name)
		if err != nil {
			return nil, err
		}
		filters = append(filters, can.Exactly(m.ID, m.Extended))
	}
	var buffer []signal.Value
	s.sub = l.bus.Handle(func(f can.Received) {
		m, values, err := db.Decode(buffer[:0], f.Frame)
		if buffer = values; err != nil || f.Own {
			return
		}
		if m.Name == "HMI_Action" {
			if a, ok := s.touch(l.cfg.Profiles, values); ok {
				l.wish(a)
			}
			return
		}
		s.take(m.Name, values)
		if m.Name == "GW_Clock" {
			l.clock.set(s.networkTime())
		}
	}, filters...)
	return s, nil
}

func (s *senses) stop() {
	if s != nil {
		s.sub.Cancel()
	}
}

func (s *senses) take(message string, values []signal.Value) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard[message] = time.Now()
	for _, v := range values {
		s.values[v.Name] = v.Physical
	}
}

// get returns a signal, and false if its message did not come lately.
func (s *senses) get(message, name string) (float64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.heard[message]
	return s.values[name], ok && time.Since(at) < stale
}

func (s *senses) networkTime() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values["Valid"] == 0 {
		return time.Time{}
	}
	return time.Unix(int64(s.values["Time"]), 0).UTC()
}

// touch turns a touch on the dashboard into an action.
func (s *senses) touch(profiles map[int]string, values []signal.Value) (ota.Action, bool) {
	var a ota.Action
	counter := -1
	for _, v := range values {
		switch v.Name {
		case "Deed":
			a.Do = ota.Deed(v.Label)
		case "Counter":
			counter = int(v.Int())
		case "Profile":
			a.User = profiles[int(v.Int())]
		case "At":
			if v.Raw != 0 {
				a.At = time.Unix(v.Int(), 0).UTC()
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	again := counter == s.touched
	s.touched = counter
	return a, !again
}

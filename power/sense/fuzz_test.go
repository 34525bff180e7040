package sense_test

import (
	"errors"
	"testing"

	"periph.io/x/conn/v3/physic"

	"otabench/power/sense"
	"otabench/power/sim"
)

// noise is a bus whose chip, once it is set up, answers anything.
type noise struct {
	*sim.Sensor
	answers []byte // nil while it is set up
}

func (n *noise) Tx(address uint16, w, r []byte) error {
	if n.answers == nil || len(r) == 2 && w[0] < 2 && n.answers[0]&1 == 0 {
		return n.Sensor.Tx(address, w, r)
	}
	for i := range r {
		r[i] = n.answers[i%len(n.answers)]
	}
	return nil
}

// Whatever a chip answers, a reading is within its range or an error.
func FuzzSense(f *testing.F) {
	f.Add("ina219", []byte{0x7D, 0x00})
	f.Add("ina226", []byte{0x80, 0x00})
	f.Add("ina228", []byte{0x7F, 0xFF, 0xF0})
	f.Fuzz(func(t *testing.T, model string, answers []byte) {
		// A bus voltage below zero would be the chip's mistake, and is shown as it is.
		const lowest = 103 * physic.Volt
		limit, known := map[string]physic.ElectricPotential{
			"ina219": 26 * physic.Volt, "ina226": 36 * physic.Volt, "ina228": 85 * physic.Volt,
		}[model]
		if !known || len(answers) == 0 {
			return
		}
		chip, err := sim.NewSensor(model, sim.NewRail("kl30", sim.RailOptions{}), 0x40, 10*physic.MilliOhm)
		must(t, err)
		bus := &noise{Sensor: chip}
		s, err := sense.Open(model, "kl30", bus, options())
		must(t, err)
		bus.answers = answers
		r, err := s.Sense(t.Context())
		if err == nil && ((r.Voltage >= limit || r.Voltage < -lowest) || abs(r.Current) >= 32*physic.Ampere) {
			t.Errorf("%s: %v", s, r)
		}
		if err != nil && !errors.Is(err, sense.ErrRange) && !errors.Is(err, sense.ErrReset) {
			t.Error(err)
		}
	})
}

package signal_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"otabench/can"
	"otabench/can/signal"
)

// What random bytes decode to encodes to the same values again: by raw value always, by physical value where it is
// within the limits and a float64 keeps it, by text where there is one.
func TestRoundTrip(t *testing.T) {
	random := rand.New(rand.NewPCG(11898, 3))
	for _, m := range vehicle(t).Messages {
		if m.Name == "Classic_Long" || m.Size > can.MaxDataFD {
			continue // fits no frame
		}
		for range 2000 {
			data := make([]byte, m.Size)
			for i := range data {
				data[i] = byte(random.Uint32() >> random.IntN(8))
			}
			values, err := m.Decode(nil, data)
			if err != nil {
				t.Fatal(err)
			}
			for _, choose := range []func(signal.Value) signal.Input{byRaw, byPhysical, byText} {
				inputs := map[string]signal.Input{}
				for _, v := range values {
					inputs[v.Name] = choose(v)
				}
				f, err := m.Encode(inputs)
				if err != nil {
					t.Fatalf("%s % X: %v", m.Name, data, err)
				}
				again, err := m.Decode(nil, f.Payload())
				if err != nil || len(again) != len(values) {
					t.Fatalf("%s % X: %v, %d values", m.Name, data, err, len(again))
				}
				for i, v := range again {
					if v.Raw != values[i].Raw {
						t.Fatalf("%s % X: %v became %v", m.Name, data, values[i], v)
					}
				}
			}
		}
	}
}

func byRaw(v signal.Value) signal.Input { return signal.Raw(v.Raw) }

func byPhysical(v signal.Value) signal.Input {
	const exact = 53 // bits of a float64
	if v.OutOfRange || v.Type != signal.Float && v.Length > exact || math.IsInf(v.Physical, 0) {
		return byRaw(v)
	}
	return signal.Physical(v.Physical)
}

func byText(v signal.Value) signal.Input {
	if v.Label == "" {
		return byRaw(v)
	}
	return signal.Text(v.Label)
}

// Each raw value of each signal is out of range exactly if its decimal physical value is, with a step to spare for what
// the decimal numbers of the file lose in binary.
func TestLimits(t *testing.T) {
	for name, limits := range map[string][2]int64{"Speed": {0, 64255}, "Coolant": {0, 250}, "Torque": {-2000, 2000}} {
		m := message(t, "Engine")
		s, err := m.Signal(name)
		if err != nil {
			t.Fatal(err)
		}
		for raw := int64(-1 << 15); raw < 1<<16; raw++ {
			f, err := m.Encode(map[string]signal.Input{name: signal.Raw(raw)})
			if err != nil {
				continue // more than the bits hold
			}
			values, err := m.Decode(nil, f.Payload())
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range values {
				if v.Signal == s && v.OutOfRange != (raw < limits[0] || raw > limits[1]) {
					t.Fatalf("raw %d: %v", raw, v)
				}
			}
		}
	}
}

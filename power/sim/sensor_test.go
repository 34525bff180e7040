package sim

import (
	"testing"

	"periph.io/x/conn/v3/physic"
)

func sensorOf(t *testing.T, model string) *Sensor {
	t.Helper()
	c, err := NewSensor(model, NewRail("kl30", RailOptions{}), 0x40, 2*physic.MilliOhm)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func register(t *testing.T, c *Sensor, n byte) uint32 {
	t.Helper()
	b := make([]byte, 2)
	if size, ok := c.chip.bytes[n]; ok {
		b = make([]byte, size)
	}
	if err := c.Tx(0x40, []byte{n}, b); err != nil {
		t.Fatal(err)
	}
	value := uint32(0)
	for _, one := range b {
		value = value<<8 | uint32(one)
	}
	return value
}

// The worked examples of the data sheets: TI SBOS448G, 8.5.1; SBOS547A, 7.5.2; SBOSA20A, 8.2.2.
func TestSensorDataSheetExamples(t *testing.T) {
	for model, tc := range map[string]struct {
		calibration byte
		value       uint32
		volts, drop float64
		want        map[byte]uint32
	}{
		"ina219": {5, 20480, 11.98, 20e-3, map[byte]uint32{1: 2000, 2: 2995<<3 | 2, 4: 10000, 3: 5990}},
		"ina226": {5, 2560, 11.98, 20e-3, map[byte]uint32{1: 8000, 2: 9584, 4: 10000, 3: 4792}},
		"ina228": {2, 4050, 48, 97.2e-3, map[byte]uint32{4: 0x4BF00 << 4, 5: 0x3C000 << 4, 7: 314572 << 4}},
	} {
		c := sensorOf(t, model)
		c.write(tc.calibration, tc.value)
		c.chip.convert(c.registers, tc.volts, tc.drop)
		for n, want := range tc.want {
			if got := c.registers[n]; got != want {
				t.Errorf("%s: register %#02x holds %#x, want %#x", model, n, got, want)
			}
		}
	}
}

// A voltage beyond the range is clipped, and a negative bus voltage is none.
func TestSensorRange(t *testing.T) {
	for model, tc := range map[string]struct {
		bus, shunt              byte
		high, low, full, bottom uint32
	}{
		"ina219": {2, 1, 8000<<3 | 2, 2, 32000, 0x10000 - 32000},
		"ina226": {2, 1, 0x7FFF, 0, 0x7FFF, 0x8000},
		"ina228": {5, 4, 435200 << 4, 0, 0x7FFFF0, 0x800000},
	} {
		c := sensorOf(t, model)
		c.chip.convert(c.registers, 100, 1)
		if c.registers[tc.bus] != tc.high || c.registers[tc.shunt] != tc.full {
			t.Errorf("%s: 100 V and 1 V: %#v", model, c.registers)
		}
		c.chip.convert(c.registers, -1, -1)
		if c.registers[tc.bus] != tc.low || c.registers[tc.shunt] != tc.bottom {
			t.Errorf("%s: -1 V and -1 V: %#v", model, c.registers)
		}
	}
}

// The configuration that a driver writes is what the range follows.
func TestSensorRangesThatAreSet(t *testing.T) {
	fine := sensorOf(t, "ina219")
	fine.write(0, 0x019F) // 16 V, ±40 mV
	fine.chip.convert(fine.registers, 20, 1)
	if fine.registers[1] != 4000 || fine.registers[2] != 4000<<3|2 {
		t.Errorf("INA219 at 20 V and 1 V: %#v", fine.registers)
	}
	fine = sensorOf(t, "ina228")
	fine.write(0, 1<<4)
	fine.chip.convert(fine.registers, 0, 10e-3)
	if fine.registers[4] != 128000<<4 {
		t.Errorf("INA228 at 10 mV: %#v", fine.registers)
	}
}

func TestSensorRegisters(t *testing.T) {
	for model, tc := range map[string]struct{ reset, written map[byte]uint32 }{
		"ina219": {map[byte]uint32{0: 0x399F, 0x42: 0}, map[byte]uint32{0: 0x7FFF, 5: 0x7FFE, 2: 2}},
		"ina226": {
			map[byte]uint32{0: 0x4127, 2: 0, 0xFE: 0x5449, 0xFF: 0x2260, 6: 8, 0x42: 0},
			map[byte]uint32{0: 0x7FFF, 5: 0x7FFF, 7: 0x7FFF, 6: 0x7C0B, 0xFE: 0x5449},
		},
		"ina228": {
			map[byte]uint32{0: 0, 1: 0xFB68, 2: 0x1000, 0x3E: 0x5449, 0x3F: 0x2281},
			map[byte]uint32{0: 0x3FF0, 1: 0x7FFF, 2: 0x7FFF, 0x3F: 0x2281},
		},
	} {
		c := sensorOf(t, model)
		for n, want := range tc.reset {
			if got := register(t, c, n); got != want {
				t.Errorf("%s: register %#02x holds %#04x, want %#04x", model, n, got, want)
			}
		}
		for n, want := range tc.written {
			if err := c.Tx(0x40, []byte{n, 0x7F, 0xFF}, nil); err != nil {
				t.Fatal(err)
			}
			if got := register(t, c, n); got != want {
				t.Errorf("%s: register %#02x holds %#04x after 7FFF, want %#04x", model, n, got, want)
			}
		}
		if err := c.Tx(0x40, []byte{0, 0x80, 0}, nil); err != nil || register(t, c, 0) != tc.reset[0] {
			t.Errorf("%s: reset: %v, configuration %#04x", model, err, register(t, c, 0))
		}
		c.write(0, 0x10)
		c.Reset()
		if register(t, c, 0) != tc.reset[0] {
			t.Errorf("%s: its supply dropped: configuration %#04x", model, register(t, c, 0))
		}
	}
}

func TestSensorRefusesTransactions(t *testing.T) {
	c := sensorOf(t, "ina228")
	if err := c.SetSpeed(400 * physic.KiloHertz); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"another address": c.Tx(0x41, []byte{0}, make([]byte, 2)),
		"a byte":          c.Tx(0x40, []byte{0}, make([]byte, 1)),
		"two of three":    c.Tx(0x40, []byte{4}, make([]byte, 2)),
		"no register":     c.Tx(0x40, nil, make([]byte, 2)),
		"too much":        c.Tx(0x40, []byte{0, 1, 2, 3}, nil),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := NewSensor("ina3221", NewRail("kl30", RailOptions{}), 0x40, physic.Ohm); err == nil {
		t.Error("a model that is not simulated")
	}
}

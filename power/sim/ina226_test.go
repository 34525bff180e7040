package sim

import (
	"encoding/binary"
	"testing"

	"periph.io/x/conn/v3/physic"
)

func chip(t *testing.T) *INA226 {
	t.Helper()
	return NewINA226(NewRail("kl30", RailOptions{}), 0x40, 2*physic.MilliOhm)
}

func register(t *testing.T, c *INA226, n byte) uint16 {
	t.Helper()
	var b [2]byte
	if err := c.Tx(0x40, []byte{n}, b[:]); err != nil {
		t.Fatal(err)
	}
	return binary.BigEndian.Uint16(b[:])
}

// TestINA226DataSheetExample is the worked example of TI SBOS547A, 7.5.2: 10 A through 2 mΩ at 11.98 V.
func TestINA226DataSheetExample(t *testing.T) {
	c := chip(t)
	c.write(inaCalibration, 2560)
	c.convert(11.98, 10)
	for n, want := range map[byte]uint16{
		inaShunt: 8000, inaBus: 9584, inaCalibration: 0x0A00, inaCurrent: 10000, inaPower: 4792,
	} {
		if got := c.registers[n]; got != want {
			t.Errorf("register %#02x holds %d, want %d", n, got, want)
		}
	}
}

func TestINA226Range(t *testing.T) {
	c := chip(t)
	c.write(inaCalibration, 0x7FFF)
	c.convert(50, 50)
	if c.registers[inaBus] != 0x7FFF || c.registers[inaShunt] != 0x7FFF || c.registers[inaMask]&inaOverflow == 0 {
		t.Errorf("50 V, 50 A: %#v", c.registers)
	}
	c.write(inaCalibration, 2560)
	c.convert(-1, -10)
	if int16(c.registers[inaCurrent]) != -10000 || c.registers[inaBus] != 0 || c.registers[inaMask]&inaOverflow != 0 {
		t.Errorf("-1 V, -10 A: %#v", c.registers)
	}
}

func TestINA226Registers(t *testing.T) {
	c := chip(t)
	for n, want := range map[byte]uint16{
		inaConfig: 0x4127, inaBus: 0, inaMaker: 0x5449, inaDie: 0x2260, inaMask: inaReady, 0x42: 0,
	} {
		if got := register(t, c, n); got != want {
			t.Errorf("register %#02x holds %#04x, want %#04x", n, got, want)
		}
	}
	for n, want := range map[byte]uint16{
		inaConfig: 0x7FFF, inaCalibration: 0x7FFF, inaAlert: 0x7FFF, inaMask: 0x7C03 | inaReady, inaMaker: 0x5449,
	} {
		value := []byte{n, 0x7F, 0xFF}
		if err := c.Tx(0x40, value, nil); err != nil {
			t.Fatal(err)
		}
		if got := register(t, c, n) &^ inaOverflow; got != want&^inaOverflow {
			t.Errorf("register %#02x holds %#04x, want %#04x", n, got, want)
		}
	}
	if err := c.Tx(0x40, []byte{inaConfig, 0x80, 0}, nil); err != nil || register(t, c, inaCalibration) != 0 {
		t.Errorf("reset: %v, calibration %#04x", err, register(t, c, inaCalibration))
	}
}

func TestINA226RefusesTransactions(t *testing.T) {
	c := chip(t)
	if err := c.SetSpeed(400 * physic.KiloHertz); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"another address": c.Tx(0x41, []byte{0}, make([]byte, 2)),
		"a byte":          c.Tx(0x40, []byte{0}, make([]byte, 1)),
		"no register":     c.Tx(0x40, nil, make([]byte, 2)),
		"too much":        c.Tx(0x40, []byte{0, 1, 2, 3}, nil),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

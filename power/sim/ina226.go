package sim

import (
	"encoding/binary"
	"fmt"
	"math"
	"sync"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
)

// INA226 registers (TI SBOS547A, 7.6).
const (
	inaConfig      = 0x00
	inaShunt       = 0x01
	inaBus         = 0x02
	inaPower       = 0x03
	inaCurrent     = 0x04
	inaCalibration = 0x05
	inaMask        = 0x06
	inaAlert       = 0x07
	inaMaker       = 0xFE
	inaDie         = 0xFF

	inaConfigReset = 0x4127
	inaMakerID     = 0x5449
	inaDieID       = 0x2260

	inaOverflow = 1 << 2
	inaReady    = 1 << 3

	inaBusLSB   = 1.25e-3 // volts
	inaShuntLSB = 2.5e-6  // volts
)

// INA226 is a simulated TI INA226 that measures a rail, alone on an I²C bus: bus voltage, shunt voltage, and the current
// computed from it, with the chip's resolution and range. It converts whenever it is read. The shunt is in the line to
// the consumers, behind the rail's capacitance, and drops nothing.
type INA226 struct {
	rail    *Rail
	address uint16
	shunt   float64

	mu        sync.Mutex
	registers map[byte]uint16
	offset    float64
	silent    bool
}

var _ i2c.Bus = (*INA226)(nil)

// NewINA226 returns a chip at an address (0x40 to 0x4F) with a shunt resistor.
func NewINA226(rail *Rail, address uint16, shunt physic.ElectricResistance) *INA226 {
	c := &INA226{rail: rail, address: address, shunt: ohms(shunt)}
	c.reset()
	return c
}

func (c *INA226) String() string {
	return fmt.Sprintf("simulated INA226 at %#x on %v", c.address, c.rail)
}

// SetSpeed implements i2c.Bus.
func (c *INA226) SetSpeed(physic.Frequency) error { return nil }

// Offset is a fault: the chip measures this much more than there is.
func (c *INA226) Offset(v physic.ElectricPotential) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset = volts(v)
}

// Silence is a fault: the chip no longer acknowledges its address.
func (c *INA226) Silence(silent bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.silent = silent
}

// Tx implements i2c.Bus.
func (c *INA226) Tx(address uint16, w, r []byte) error {
	v, i := volts(c.rail.Voltage()), amperes(c.rail.Load())
	c.mu.Lock()
	defer c.mu.Unlock()
	if address != c.address || c.silent {
		return fmt.Errorf("simulated I²C bus: no acknowledge from address %#x", address)
	}
	c.convert(v+c.offset, i)
	switch {
	case len(w) == 1 && len(r) == 2:
		binary.BigEndian.PutUint16(r, c.registers[w[0]])
	case len(w) == 3 && len(r) == 0:
		c.write(w[0], binary.BigEndian.Uint16(w[1:]))
	default:
		return fmt.Errorf("simulated INA226: %d bytes written and %d read; registers are two bytes", len(w), len(r))
	}
	return nil
}

func (c *INA226) reset() {
	c.registers = map[byte]uint16{inaConfig: inaConfigReset, inaMaker: inaMakerID, inaDie: inaDieID}
}

// convert is one conversion of both inputs.
func (c *INA226) convert(v, i float64) {
	bus := quantise(v/inaBusLSB, 0, math.MaxInt16)
	shunt := quantise(i*c.shunt/inaShuntLSB, math.MinInt16, math.MaxInt16)
	product := shunt * int(c.registers[inaCalibration]) / 2048
	c.registers[inaMask] = c.registers[inaMask]&^inaOverflow | inaReady
	if product > math.MaxInt16 || product < math.MinInt16 {
		c.registers[inaMask] |= inaOverflow
	}
	c.registers[inaBus] = uint16(bus)
	c.registers[inaShunt] = uint16(int16(shunt))
	c.registers[inaCurrent] = uint16(int16(product))
	c.registers[inaPower] = uint16(max(0, product) * bus / 20000)
}

func quantise(lsbs, low, high float64) int { return int(max(low, min(high, math.Round(lsbs)))) }

func (c *INA226) write(register byte, value uint16) {
	switch register {
	case inaConfig:
		if value&0x8000 != 0 {
			c.reset()
			return
		}
		c.registers[inaConfig] = value
	case inaCalibration:
		c.registers[inaCalibration] = value & 0x7FFF
	case inaMask:
		c.registers[inaMask] = value & 0xFC03
	case inaAlert:
		c.registers[inaAlert] = value
	}
}

package sim

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
)

// Sensor is a simulated voltage and current sensor chip that measures a rail, alone on an I²C bus, with the registers,
// the resolution and the range of its model. It converts whenever it is read. The shunt is in the line to the consumers,
// behind the rail's capacitance, and drops nothing.
type Sensor struct {
	rail    *Rail
	address uint16
	shunt   float64
	chip    sensorChip

	mu        sync.Mutex
	registers map[byte]uint32
	offset    float64
	silent    bool
}

// sensorChip is what differs between models.
type sensorChip struct {
	name  string
	reset map[byte]uint32 // registers after power-on
	// convert puts the voltages of bus and shunt into the registers.
	convert func(registers map[byte]uint32, bus, shunt float64)
	// writable are the bits of registers that can be written.
	writable map[byte]uint32
	// bytes is the length of registers that have not two.
	bytes map[byte]int
}

var _ i2c.Bus = (*Sensor)(nil)

// sensorChips are the simulated models, by the names that bench files use.
func sensorChips() map[string]sensorChip {
	return map[string]sensorChip{"ina219": ina219(), "ina226": ina226(), "ina228": ina228()}
}

// NewSensor returns a chip at an address (0x40 to 0x4F) with a shunt resistor. It fails for an unknown model.
func NewSensor(model string, rail *Rail, address uint16, shunt physic.ElectricResistance) (*Sensor, error) {
	chip, ok := sensorChips()[model]
	if !ok {
		return nil, fmt.Errorf("simulate sensor %q: want one of %v", model, slices.Sorted(maps.Keys(sensorChips())))
	}
	return &Sensor{rail: rail, address: address, shunt: ohms(shunt), chip: chip, registers: maps.Clone(chip.reset)}, nil
}

func (c *Sensor) String() string {
	return fmt.Sprintf("simulated %s at %#x on %v", c.chip.name, c.address, c.rail)
}

// SetSpeed implements i2c.Bus.
func (c *Sensor) SetSpeed(physic.Frequency) error { return nil }

// Offset is a fault: the chip measures this much more than there is.
func (c *Sensor) Offset(v physic.ElectricPotential) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset = volts(v)
}

// Silence is a fault: the chip no longer acknowledges its address.
func (c *Sensor) Silence(silent bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.silent = silent
}

// Reset is what a drop of the chip's own supply does: it loses its settings.
func (c *Sensor) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.registers = maps.Clone(c.chip.reset)
}

// Tx implements i2c.Bus: a register is written, or its number is, and it is read.
func (c *Sensor) Tx(address uint16, w, r []byte) error {
	v, i := volts(c.rail.Voltage()), amperes(c.rail.Load())
	c.mu.Lock()
	defer c.mu.Unlock()
	if address != c.address || c.silent {
		return fmt.Errorf("simulated I²C bus: no acknowledge from address %#x", address)
	}
	if len(w) == 0 {
		return fmt.Errorf("simulated %s: no register was named", c.chip.name)
	}
	size := 2
	if n, ok := c.chip.bytes[w[0]]; ok {
		size = n
	}
	switch {
	case len(w) == 1 && len(r) == size:
		c.chip.convert(c.registers, v+c.offset, i*c.shunt)
		for k, value := size-1, c.registers[w[0]]; k >= 0; k, value = k-1, value>>8 {
			r[k] = byte(value)
		}
	case len(w) == 3 && len(r) == 0 && size == 2:
		c.write(w[0], uint32(w[1])<<8|uint32(w[2]))
	default:
		return fmt.Errorf("simulated %s: %d bytes written and %d read; register %#02x has %d",
			c.chip.name, len(w), len(r), w[0], size)
	}
	return nil
}

// write changes the bits that can be. Bit 15 of the configuration register resets all chips.
func (c *Sensor) write(register byte, value uint32) {
	const config, reset = 0x00, 0x8000
	if register == config && value&reset != 0 {
		c.registers = maps.Clone(c.chip.reset)
		return
	}
	mask := c.chip.writable[register]
	c.registers[register] = c.registers[register]&^mask | value&mask
}

// quantise rounds a number of steps and clips it.
func quantise(steps, low, high float64) int { return int(max(low, min(high, math.Round(steps)))) }

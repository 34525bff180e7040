package sense

import (
	"maps"
	"slices"
	"time"
)

// chips are the sensors there are drivers for, by the name that bench files use.
func chips() map[string]chip {
	return map[string]chip{
		"ina219": ina219(),
		"ina226": ina226(),
		"ina228": ina228(),
	}
}

// Models returns the names of the sensors there are drivers for.
func Models() []string { return slices.Sorted(maps.Keys(chips())) }

// chip is what a driver says of one kind of sensor.
type chip struct {
	name       string
	conversion time.Duration // by default
	// reset, if not zero, is written to the configuration register first, for a chip that is known by its reset values.
	reset uint16
	// identity are registers by which the chip is known.
	identity []identity
	// plan says how the chip is set up and read.
	plan func(Options) (plan, error)
}

// identity is what an identification register holds, in the bits of mask.
type identity struct {
	register   byte
	want, mask uint16
}

// plan is how a chip is set up and read.
type plan struct {
	settings       []setting
	voltage, shunt quantity
}

// setting is the value of a register of 16 bits.
type setting struct {
	register byte
	value    uint16
}

// regConfig is the configuration register of all chips.
const regConfig = 0x00

const texas = 0x5449 // TI, the maker's identification

// quantity is how a chip presents a voltage: a register of some bytes, the highest first, with a number, in two's
// complement if it has a sign, above some bits that are no part of it.
type quantity struct {
	register byte
	bytes    int
	shift    int
	unsigned bool
	step     int64 // picovolts
	// At low and below, and at high and above, the value is clipped.
	low, high int64
}

// decode returns the number in a register.
func (q quantity) decode(register []byte) int64 {
	value := int64(0)
	for _, b := range register {
		value = value<<8 | int64(b)
	}
	if q.unsigned {
		return value >> q.shift
	}
	unused := 64 - 8*len(register)
	return value << unused >> unused >> q.shift
}

func (q quantity) clipped(value int64) bool { return value <= q.low || value >= q.high }

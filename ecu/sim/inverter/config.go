package inverter

import (
	"time"

	"otabench/can/isotp"
	"otabench/ecu/image"
	"otabench/ecu/sim/flashmem"
)

// Config describes one unit.
type Config struct {
	Serial string
	// Key is that of security access, 16 bytes.
	Key []byte
	// Software is what it leaves the factory with, by address; nil is none.
	Software *image.Image
	Seed     uint64 // of what torn writes leave behind
}

// ExampleKey is a key that everybody knows.
func ExampleKey() []byte { return []byte("inverter example") }

// What the unit is.
const (
	Name     = "INV"
	Hardware = "INV-HW-7"
	boot     = 70 * time.Millisecond
	minVolts = 9 // V
)

// Addresses: normal fixed addressing, and that of all ECUs.
const (
	address    = 0x1D
	tester     = 0xF1
	functional = 0x18DB33F1
)

func connection() isotp.Config {
	return isotp.Config{Address: isotp.NormalFixed(address, tester), Functional: functional, FD: true, BRS: true}
}

// block is a part of the memory that is erased, written and checked as one.
type block struct {
	address, size uint64
	version       uint64 // offset of its version in it
}

// Blocks and the geometry of the memory below them.
const (
	base       = 0x80000
	sector     = 4 << 10
	page       = 256
	versionLen = 16
)

func blocks() []block {
	return []block{
		{address: base, size: 32 * sector, version: 0x100},
		{address: base + 32*sector, size: 8 * sector, version: 0},
	}
}

func memory(seed uint64) (*flashmem.Memory, error) {
	return flashmem.New(flashmem.Config{
		Banks: []flashmem.Bank{{Sectors: 40, SectorSize: sector, EraseTime: 4 * time.Millisecond}},
		Page:  page, ProgramTime: 100 * time.Microsecond, Seed: seed,
	})
}

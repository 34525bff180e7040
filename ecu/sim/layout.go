package sim

import (
	"fmt"

	"otabench/ecu/sim/flashmem"
)

// slot is one of the two places for software.
type slot uint8

const (
	slotA slot = iota
	slotB
)

func (s slot) other() slot { return 1 - s }

func (s slot) String() string {
	switch s {
	case slotA:
		return "A"
	case slotB:
		return "B"
	}
	return fmt.Sprintf("slot(%d)", s)
}

// The data sectors come first: two for the boot metadata, two for NVM. Then come the slots.
const dataSectors = 4

func (f Flash) geometry() []flashmem.Bank {
	return []flashmem.Bank{
		{Sectors: dataSectors, SectorSize: f.DataSector, EraseTime: f.DataErase},
		{Sectors: 2 * f.SlotSize / f.SectorSize, SectorSize: f.SectorSize, EraseTime: f.EraseTime},
	}
}

func (f Flash) dataAddr(sector int) int { return sector * f.DataSector }
func (f Flash) slotAddr(s slot) int     { return dataSectors*f.DataSector + int(s)*f.SlotSize }
func (f Flash) imageAddr(s slot) int    { return f.slotAddr(s) + f.HeaderSize }
func (f Flash) imageRoom() int          { return f.SlotSize - f.HeaderSize }

// HeaderAddress is where a tester writes the header of a package.
func (f Flash) HeaderAddress() uint32 { return f.withDefaults().UpdateBase }

// ImageAddress is where a tester writes the image.
func (f Flash) ImageAddress() uint32 {
	f = f.withDefaults()
	return f.UpdateBase + uint32(f.HeaderSize)
}

// target is what a tester's address means.
type target struct {
	slot  slot
	addr  int // in the flash
	room  int // bytes up to the end of the header's or the image's part of the slot
	known bool
}

// resolve translates an address of the tester. The update region is the inactive slot.
func (f Flash) resolve(address uint64, inactive slot) target {
	for _, r := range []struct {
		base uint32
		slot slot
	}{{f.UpdateBase, inactive}, {f.SlotABase, slotA}, {f.SlotBBase, slotB}} {
		if address < uint64(r.base) || address >= uint64(r.base)+uint64(f.SlotSize) {
			continue
		}
		offset := int(address - uint64(r.base))
		end := f.SlotSize
		if offset < f.HeaderSize {
			end = f.HeaderSize
		}
		return target{slot: r.slot, addr: f.slotAddr(r.slot) + offset, room: end - offset, known: true}
	}
	return target{}
}

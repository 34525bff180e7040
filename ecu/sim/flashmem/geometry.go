package flashmem

import (
	"errors"
	"fmt"
	"time"
)

// Bank is a run of equal sectors. Banks follow one another from address 0.
type Bank struct {
	Sectors    int
	SectorSize int           // bytes, a multiple of the page
	EraseTime  time.Duration // of one sector
}

// Config is the geometry and the timing of a memory.
type Config struct {
	Banks       []Bank
	Page        int           // bytes
	ProgramTime time.Duration // of one page
	Seed        uint64        // of what torn and weak operations leave behind
	// Weak reports that the supply is too low to write at this moment; nil is a supply that never is.
	Weak func() bool
	// Active is told when the array begins and ends to work, for its current; it must not block. It may be nil.
	Active func(bool)
	// OnOp is called before each operation, with its number from 1 on. It may be nil.
	OnOp func(n int, op Op)
	// Vary turns the time of an operation into what it takes this time; nil leaves it.
	Vary func(time.Duration) time.Duration
}

// maxSize bounds a memory, 256 MiB.
const maxSize = 256 << 20

func (c Config) validate() error {
	if c.Page < 1 || len(c.Banks) == 0 {
		return errors.New("flash geometry: it needs a page size and at least one bank")
	}
	total := 0
	for i, b := range c.Banks {
		if b.Sectors < 1 || b.SectorSize < c.Page || b.SectorSize%c.Page != 0 || b.SectorSize > maxSize || b.Sectors > maxSize/b.SectorSize {
			return fmt.Errorf("flash geometry: bank %d has %d sectors of %d bytes, want whole pages of %d bytes and at most %d bytes in all",
				i, b.Sectors, b.SectorSize, c.Page, maxSize)
		}
		if total += b.Sectors * b.SectorSize; total > maxSize {
			return fmt.Errorf("flash geometry: more than %d bytes", maxSize)
		}
	}
	return nil
}

// sector is one sector with its place.
type sector struct {
	start, size int
	eraseTime   time.Duration
}

func (c Config) sectors() []sector {
	var all []sector
	next := 0
	for _, b := range c.Banks {
		for range b.Sectors {
			all = append(all, sector{next, b.SectorSize, b.EraseTime})
			next += b.SectorSize
		}
	}
	return all
}

// Kind is what an operation does.
type Kind uint8

// Kinds of operations.
const (
	Erase Kind = iota + 1
	Program
)

func (k Kind) String() string {
	switch k {
	case Erase:
		return "erase"
	case Program:
		return "program"
	}
	return fmt.Sprintf("Kind(%d)", k)
}

// Op is one operation of the flash controller: the erase of one sector or the program of one page.
type Op struct {
	Kind       Kind
	Addr, Size int
	Duration   time.Duration
}

func (o Op) String() string { return fmt.Sprintf("%s %#x+%#x", o.Kind, o.Addr, o.Size) }

package nvm

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"otabench/ecu/sim/flashmem"
)

// ErrEmpty means that neither copy is whole.
var ErrEmpty = errors.New("no whole copy of the record")

// A copy is the magic, the sequence number, the length, the record and the CRC-32 (IEEE) over all of that.
const (
	magic    = 0x4E564D31 // "NVM1"
	preamble = 12
	overhead = preamble + 4
)

// Store is a record and its two copies. It is not safe for several goroutines.
type Store struct {
	flash    *flashmem.Memory
	addr     [2]int
	size     int
	sequence uint32
	next     int // the copy to be written first: the older one

	// Flaws are what the store does wrong.
	Flaws Flaws
}

// Flaws are mistakes that stores are made with, to show that a test notices. The zero value does everything right.
type Flaws struct {
	// OneCopy knows one copy only, which is erased before the new record is written.
	OneCopy bool
	// ErasesBoth erases both copies before it writes the first.
	ErasesBoth bool
	// NeedsBoth takes the record for lost unless both copies hold it.
	NeedsBoth bool
	// NoChecksum takes a copy that was torn for a whole one.
	NoChecksum bool
}

// New makes a store whose copies are in the sectors at a and b, each of size bytes.
func New(flash *flashmem.Memory, a, b, size int) *Store {
	return &Store{flash: flash, addr: [2]int{a, b}, size: size}
}

// Open returns the newest whole record, or fails with ErrEmpty. It repairs the other copy if it can; a copy that cannot
// be repaired now waits for the next Open.
func (s *Store) Open(ctx context.Context) ([]byte, error) {
	best, other := s.newest()
	if !best.whole {
		s.sequence, s.next = 0, 0
		return nil, ErrEmpty
	}
	s.sequence, s.next = best.sequence, 1-best.copy
	if !s.Flaws.OneCopy && (!other.whole || other.sequence != best.sequence) {
		_ = s.writeCopy(ctx, s.next, best.data)
	}
	return best.data, nil
}

// Read returns the newest whole record as flash holds it now, or ErrEmpty.
func (s *Store) Read() ([]byte, error) {
	best, _ := s.newest()
	if !best.whole {
		return nil, ErrEmpty
	}
	return best.data, nil
}

func (s *Store) newest() (best, other record) {
	best = s.read(0)
	if s.Flaws.OneCopy {
		return best, record{}
	}
	other = s.read(1)
	if s.Flaws.NeedsBoth && (!best.whole || !other.whole || best.sequence != other.sequence) {
		return record{}, record{}
	}
	if other.newerThan(best) {
		best, other = other, best
	}
	return best, other
}

// Write replaces the record. When it fails, the record is the old or the new one.
func (s *Store) Write(ctx context.Context, data []byte) error {
	if len(data) > s.size-overhead {
		return fmt.Errorf("a record of %d bytes does not fit its sector of %d", len(data), s.size)
	}
	s.sequence++
	if s.Flaws.OneCopy {
		return s.writeCopy(ctx, 0, data)
	}
	if s.Flaws.ErasesBoth {
		if err := errors.Join(s.flash.Erase(ctx, s.addr[0], s.size), s.flash.Erase(ctx, s.addr[1], s.size)); err != nil {
			return err
		}
	}
	first := s.next
	if err := s.writeCopy(ctx, first, data); err != nil {
		return err
	}
	s.next = 1 - first
	return s.writeCopy(ctx, s.next, data)
}

func (s *Store) writeCopy(ctx context.Context, i int, data []byte) error {
	if err := s.flash.Erase(ctx, s.addr[i], s.size); err != nil {
		return err
	}
	return s.flash.Program(ctx, s.addr[i], encode(s.sequence, data))
}

func (s *Store) read(i int) record {
	raw, err := s.flash.Read(s.addr[i], s.size)
	if err != nil {
		return record{}
	}
	r := decode(raw)
	r.copy = i
	r.whole = r.whole || s.Flaws.NoChecksum && r.data != nil
	return r
}

type record struct {
	copy     int
	whole    bool
	sequence uint32
	data     []byte
}

func (r record) newerThan(other record) bool {
	if !r.whole || !other.whole {
		return r.whole
	}
	return int32(r.sequence-other.sequence) > 0
}

func encode(sequence uint32, data []byte) []byte {
	b := make([]byte, 0, overhead+len(data))
	b = binary.BigEndian.AppendUint32(b, magic)
	b = binary.BigEndian.AppendUint32(b, sequence)
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	b = append(b, data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

func decode(raw []byte) record {
	if len(raw) < overhead || binary.BigEndian.Uint32(raw) != magic {
		return record{}
	}
	length := binary.BigEndian.Uint32(raw[8:])
	if uint64(length) > uint64(len(raw)-overhead) {
		return record{}
	}
	end := preamble + int(length)
	whole := crc32.ChecksumIEEE(raw[:end]) == binary.BigEndian.Uint32(raw[end:])
	return record{whole: whole, sequence: binary.BigEndian.Uint32(raw[4:]), data: raw[preamble:end]}
}

// Image returns a copy of a record as a programmer at manufacture writes it to both sectors.
func Image(data []byte) []byte { return encode(1, data) }

package described

import (
	"context"
	"crypto/ed25519"
	"math"
	"time"

	"otabench/ecu/description"
	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// memory is what the ECU keeps over resets, and beside it what it has in RAM. It is used by one life after the other.
type memory struct {
	desc  description.ECU
	trust ed25519.PublicKey
	erase time.Duration // to erase a block
	store time.Duration // to store a byte

	runs      software // what runs, or would run if it were complete
	next      software // what an update has brought so far into the other slot; nil if there is none
	previous  software // what a trial goes back to; nil without one
	activated bool     // next is to run after the next reset
	reverted  bool     // the last trial was not confirmed
	brought   area     // what was transferred since the last check

	// The following are in RAM.
	ram       software // blocks that are not kept, such as a loader
	last      string   // partition that a transfer was for
	abandoned bool     // the trial was rolled back, and ends with the next reset
	confirmed func()   // ends the supervision of a trial
}

func (e *ECU) makeMemory() error {
	e.memory = &memory{desc: e.cfg.Description, trust: e.cfg.Trust, erase: e.cfg.Erase, store: e.cfg.Byte, ram: software{}}
	var err error
	e.memory.runs, err = delivered(context.Background(), e.cfg.Description, e.cfg.Factory)
	return err
}

func (m *memory) has(routine string) bool { return m.desc.Routines[routine].Exists() }

// slots says that an update leaves the software that runs alone until a reset.
func (m *memory) slots() bool { return m.has(description.Activate) || m.has(description.Confirm) }

// boot begins a life: activated software runs, and a trial that was not confirmed is over.
func (m *memory) boot() {
	m.ram, m.last, m.abandoned = software{}, "", false
	switch {
	case m.previous != nil: // a trial that was reset before it was confirmed
		m.runs, m.previous, m.reverted = m.previous, nil, true
	case m.activated:
		if m.has(description.Confirm) {
			m.previous = m.runs
		}
		m.runs, m.next, m.activated, m.reverted = m.next, nil, false, false
	}
	if m.runs.complete() {
		m.runs.settle()
	}
}

// onTrial says that software waits to be confirmed. The other slot has what it would go back to, and nothing is written
// there.
func (m *memory) onTrial() bool { return m.previous != nil }

// target is the software that an update changes.
func (m *memory) target() software {
	if !m.slots() {
		return m.runs
	}
	if m.next == nil {
		m.next = m.runs.clone(m.desc.Programming)
	}
	return m.next
}

// partition is where an update puts a block.
func (m *memory) partition(b description.Block) *partition {
	name := partitionOf(m.desc.Programming, b)
	if !b.Keep {
		return m.target()[name]
	}
	if m.ram[name] == nil {
		m.ram[name] = &partition{}
	}
	return m.ram[name]
}

// block finds the block that a request is about, by its index or by an address in it.
func (m *memory) block(address uint64) (found description.Block, known bool) {
	best := 0
	for _, b := range m.desc.Programming.Blocks {
		match := 0
		switch {
		case b.ByIndex && uint64(b.Index) == address:
			match = 4
		case inside(b, address) && (best < 3 || b.Address > found.Address): // one of unknown size ends where the next begins
			match = 3
		case b.ByIndex && b.Resume != "" && m.partition(b).end == address: // the rest of it
			match = 2
		case open(b) && !b.Keep:
			match = 1
		}
		if match > best || match == 3 && best == 3 {
			found, best = b, match
		}
	}
	return found, best > 0
}

func inside(b description.Block, address uint64) bool {
	return !open(b) && !b.ByIndex && address >= b.Address && (b.Size == 0 || address-b.Address < b.Size)
}

// destination finds the block that a transfer is for. Where only files know places, a transfer to what was not erased is
// one to RAM.
func (m *memory) destination(address uint64) (description.Block, bool) {
	b, known := m.block(address)
	if p := m.partition; known && !(open(b) && (p(b).old || p(b).overlaps(address, address+1))) {
		return b, true
	}
	for _, loader := range m.desc.Programming.Blocks {
		if loader.Keep && open(loader) {
			return loader, true
		}
	}
	return b, known
}

// about finds the block that the fields of a routine's options name, and the region in it; all of it if they name none.
func (m *memory) about(fields map[string][]byte) (b description.Block, from, to uint64, known bool) {
	from, to = 0, everywhere
	for _, b := range m.desc.Programming.Blocks {
		if index, named := fields[description.FieldIndex]; named && uint64(b.Index) == number(index) {
			return b, from, to, true
		}
	}
	r, named := region(fields)
	if !named {
		return b, from, to, false
	}
	b, known = m.block(r.Address)
	if r.Size > 0 && r.Size < math.MaxUint64-r.Address {
		to = r.Address + r.Size
	}
	return b, r.Address, to, known
}

// region is the memory that options name; its size is 0 if they do not say.
func region(fields map[string][]byte) (r server.Region, named bool) {
	if whole, there := fields[description.FieldMemory]; there {
		r, err := server.ParseRegion(whole)
		return r, err == nil
	}
	address, there := fields[description.FieldAddress]
	r.Address = number(address)
	for _, field := range []string{description.FieldSize, description.FieldEraseSize} {
		if size, there := fields[field]; there {
			r.Size = number(size)
		}
	}
	return r, there
}

// clear erases a region. Until that is done nobody knows what is there.
func (m *memory) clear(ctx context.Context, fields map[string][]byte) error {
	b, from, to, known := m.about(fields)
	if !known || b.Keep {
		return uds.RequestOutOfRange
	}
	if m.onTrial() {
		return uds.ConditionsNotCorrect
	}
	m.activated = false
	p := m.partition(b)
	p.begin(from)
	if p.kept == 0 && !open(b) { // a new beginning, which leaves nothing of an attempt before
		p.brought = nil
	}
	p.put(piece{from: from, to: to})
	p.brought.cut(from, to)
	m.brought.cut(from, to)
	if wait(ctx, m.erase) != nil {
		return uds.GeneralProgrammingFailure
	}
	p.cut(from, to)
	return nil
}

// kept is how many bytes of a block an update that is under way has left behind.
func (m *memory) kept(b description.Block) uint64 {
	s := m.runs
	if m.slots() {
		s = m.next
	}
	if m.activated || s == nil || s.complete() {
		return 0
	}
	if p := s[partitionOf(m.desc.Programming, b)]; p != nil {
		return p.kept
	}
	return 0
}

// read reads a region of the software that runs. known is false where nobody knows what is there.
func (m *memory) read(r description.Region) (data []byte, known bool, err error) {
	if !m.runs.complete() {
		return nil, false, uds.ConditionsNotCorrect
	}
	for _, p := range m.runs {
		if data, known := p.read(r.Address, r.Address+r.Size); known {
			return data, true, nil
		}
	}
	return nil, false, nil
}

// bytesAt reads memory of the software that runs.
func (m *memory) bytesAt(r server.Region) ([]byte, error) {
	data, known, err := m.read(description.Region{Address: r.Address, Size: r.Size})
	if err == nil && !known {
		err = uds.ConditionsNotCorrect // nothing that anybody knows of is there
	}
	return data, err
}

// bootState says what runs, as ECUs on trial do.
func (m *memory) bootState() string {
	switch {
	case m.onTrial():
		return "trial"
	case m.reverted:
		return "reverted"
	}
	return "confirmed"
}

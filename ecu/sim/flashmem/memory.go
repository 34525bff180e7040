package flashmem

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"
)

// Errors of the flash controller.
var (
	ErrBounds      = errors.New("outside the memory or not aligned")
	ErrNotErased   = errors.New("the page is not erased")
	ErrUnderVolt   = errors.New("the supply was too low while writing")
	ErrInterrupted = errors.New("power was lost while writing")
)

const erased = 0xFF

// Memory is a flash memory with its controller. All methods may be called from several goroutines; the controller does
// one operation at a time.
type Memory struct {
	cfg     Config
	all     []sector
	busy    chan struct{} // holds a token while the controller works
	count   atomic.Int64
	disturb atomic.Bool // the supply was too low since the operation began

	mu   sync.Mutex // guards data; never held while time passes
	data []byte
}

// New makes an erased memory.
func New(cfg Config) (*Memory, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	m := &Memory{cfg: cfg, all: cfg.sectors(), busy: make(chan struct{}, 1)}
	last := m.all[len(m.all)-1]
	m.data = bytes.Repeat([]byte{erased}, last.start+last.size)
	return m, nil
}

// Size returns the number of bytes.
func (m *Memory) Size() int { return len(m.data) }

// Page returns the size of a page in bytes.
func (m *Memory) Page() int { return m.cfg.Page }

// Ops returns how many operations have begun.
func (m *Memory) Ops() int { return int(m.count.Load()) }

// Disturb says that the supply fell too low: an operation under way fails with ErrUnderVolt.
func (m *Memory) Disturb() { m.disturb.Store(true) }

// Read returns a copy of size bytes. Its error wraps ErrBounds.
func (m *Memory) Read(addr, size int) ([]byte, error) {
	if err := m.bounds(addr, size); err != nil {
		return nil, fmt.Errorf("read flash: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return bytes.Clone(m.data[addr : addr+size]), nil
}

// Digest is a hash of all contents. It is good for comparisons within this process.
func (m *Memory) Digest() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maphash.Bytes(seed, m.data)
}

var seed = maphash.MakeSeed()

// Erased reports whether all of the range is erased; a range outside the memory never is.
func (m *Memory) Erased(addr, size int) bool {
	if m.bounds(addr, size) != nil {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, b := range m.data[addr : addr+size] {
		if b != erased {
			return false
		}
	}
	return true
}

// Erase erases every sector that the range touches; addr must be the start of one. Errors wrap ErrBounds,
// ErrUnderVolt or ErrInterrupted, the last one together with the context's cause.
func (m *Memory) Erase(ctx context.Context, addr, size int) error {
	sectors, err := m.touched(addr, size)
	if err != nil {
		return fmt.Errorf("erase flash: %w", err)
	}
	for _, s := range sectors {
		op := Op{Kind: Erase, Addr: s.start, Size: s.size, Duration: s.eraseTime}
		if err := m.do(ctx, op, nil); err != nil {
			return err
		}
	}
	return nil
}

// Program writes data from addr, the start of a page; the rest of the last page stays as it is. Errors are those of
// Erase, and ErrNotErased where a bit would have had to be set: the bits that could be cleared are.
func (m *Memory) Program(ctx context.Context, addr int, data []byte) error {
	if err := m.bounds(addr, len(data)); err != nil {
		return fmt.Errorf("program flash: %w", err)
	}
	if addr%m.cfg.Page != 0 {
		return fmt.Errorf("program flash: %w: %#x is not the start of a page of %d bytes", ErrBounds, addr, m.cfg.Page)
	}
	for len(data) > 0 {
		n := min(len(data), m.cfg.Page)
		op := Op{Kind: Program, Addr: addr, Size: n, Duration: m.cfg.ProgramTime}
		if err := m.do(ctx, op, data[:n]); err != nil {
			return err
		}
		addr, data = addr+n, data[n:]
	}
	return nil
}

// do runs one operation for its duration, or as far as power lasts.
func (m *Memory) do(ctx context.Context, op Op, data []byte) error {
	select {
	case m.busy <- struct{}{}:
		defer func() { <-m.busy }()
	case <-ctx.Done():
		return interrupted(ctx, op)
	}
	if ctx.Err() != nil {
		return interrupted(ctx, op) // nothing begins without power
	}
	n := int(m.count.Add(1))
	if m.cfg.OnOp != nil {
		m.cfg.OnOp(n, op)
	}
	m.disturb.Store(m.weak())
	if m.cfg.Active != nil {
		m.cfg.Active(true)
		defer m.cfg.Active(false)
	}
	takes := op.Duration
	if m.cfg.Vary != nil {
		takes = m.cfg.Vary(takes)
	}
	done := elapse(ctx, takes)
	physics := newPhysics(m.cfg.Seed, n)
	m.mu.Lock()
	defer m.mu.Unlock()
	cells := m.data[op.Addr : op.Addr+op.Size]
	switch {
	case done < 1:
		physics.tear(cells, op, data, done)
		return interrupted(ctx, op)
	case m.disturb.Load() || m.weak():
		physics.weaken(cells, op, data)
		return fmt.Errorf("%s: %w", op, ErrUnderVolt)
	case !apply(cells, op, data):
		return fmt.Errorf("%s: %w", op, ErrNotErased)
	}
	return nil
}

func (m *Memory) weak() bool { return m.cfg.Weak != nil && m.cfg.Weak() }

func interrupted(ctx context.Context, op Op) error {
	return fmt.Errorf("%s: %w: %w", op, ErrInterrupted, context.Cause(ctx))
}

// elapse waits for d and returns the part of it that passed before ctx ended, 1 if all of it did.
func elapse(ctx context.Context, d time.Duration) float64 {
	if ctx.Err() != nil {
		return 0
	}
	begin := time.Now()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return 1
	case <-ctx.Done():
		return min(1, float64(time.Since(begin))/float64(max(d, 1)))
	}
}

func (m *Memory) bounds(addr, size int) error {
	if addr < 0 || size < 0 || addr > len(m.data) || size > len(m.data)-addr {
		return fmt.Errorf("%w: %#x+%#x in %#x bytes", ErrBounds, addr, size, len(m.data))
	}
	return nil
}

func (m *Memory) touched(addr, size int) ([]sector, error) {
	if err := m.bounds(addr, size); err != nil {
		return nil, err
	}
	var touched []sector
	for _, s := range m.all {
		if s.start < addr+size && addr < s.start+s.size {
			touched = append(touched, s)
		}
	}
	if len(touched) == 0 || touched[0].start != addr {
		return nil, fmt.Errorf("%w: %#x is not the start of a sector, or nothing is to be erased", ErrBounds, addr)
	}
	return touched, nil
}

// SectorEnd returns the first address behind the sector that holds addr, -1 outside the memory.
func (m *Memory) SectorEnd(addr int) int {
	for _, s := range m.all {
		if addr >= s.start && addr < s.start+s.size {
			return s.start + s.size
		}
	}
	return -1
}

// Preload writes data without time and physics, as a programmer does at manufacture. Its error wraps ErrBounds.
func (m *Memory) Preload(addr int, data []byte) error {
	if err := m.bounds(addr, len(data)); err != nil {
		return fmt.Errorf("preload flash: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	copy(m.data[addr:], data)
	return nil
}

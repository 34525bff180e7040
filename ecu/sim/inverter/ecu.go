package inverter

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"otabench/can"
	"otabench/can/isotp"
	"otabench/ecu/sim"
	"otabench/ecu/sim/flashmem"
	"otabench/ecu/sim/life"
	"otabench/ecu/sim/server"
)

// ECU is one unit.
type ECU struct {
	cfg      Config
	bus      can.Bus
	terminal sim.Terminal
	life     *life.Life
	flash    *flashmem.Memory

	// What it remembers over resets. One life after the other uses it.
	checked     map[uint64]bool // blocks that are good, by address
	fingerprint []byte
	invalidKeys int
}

// New makes a unit. Bus and terminal stay the caller's.
func New(cfg Config, bus can.Bus, terminal sim.Terminal) (*ECU, error) {
	if len(cfg.Key) != keyLength {
		return nil, fmt.Errorf("simulate an inverter: a key of %d bytes, want %d", len(cfg.Key), keyLength)
	}
	flash, err := memory(cfg.Seed)
	if err != nil {
		return nil, err
	}
	e := &ECU{
		cfg: cfg, bus: bus, terminal: terminal, flash: flash, checked: map[uint64]bool{},
		fingerprint: bytes.Repeat([]byte{0xFF}, fingerprintLength),
	}
	e.life = life.New(Name, terminal, e.live)
	if cfg.Software == nil {
		return e, nil
	}
	for _, s := range cfg.Software.Segments {
		if err := e.flash.Preload(int(s.Address)-base, s.Data); err != nil {
			return nil, fmt.Errorf("simulate an inverter: software at %#x: %w", s.Address, err)
		}
	}
	for _, b := range blocks() {
		e.checked[b.address] = !e.flash.Erased(int(b.address-base), page)
	}
	return e, nil
}

// Start connects the unit to its supply. It runs until ctx ends or Close.
func (e *ECU) Start(ctx context.Context) error { return e.life.Start(ctx) }

// Close disconnects the unit, as a power cut does.
func (e *ECU) Close() error { return e.life.Close() }

// live boots and answers until the life ends.
func (e *ECU) live(ctx context.Context) error {
	select {
	case <-time.After(boot):
	case <-ctx.Done():
		return nil
	}
	conn, err := isotp.Open(e.bus, connection())
	if err != nil {
		return err
	}
	defer conn.Close()
	s, err := server.New(conn, e.services())
	if err != nil {
		return err
	}
	if err := s.Serve(ctx); ctx.Err() == nil {
		return err
	}
	return nil
}

// read returns memory; regions outside of it have been refused before.
func (e *ECU) read(at, size uint64) ([]byte, error) { return e.flash.Read(int(at-base), int(size)) }

// runs says that there is software to run: both blocks are good.
func (e *ECU) runs() bool {
	for _, b := range blocks() {
		if !e.checked[b.address] {
			return false
		}
	}
	return true
}

// version is what a block says of itself.
func (e *ECU) version(b block) string {
	text, err := e.read(b.address+b.version, versionLen)
	if err != nil {
		return ""
	}
	return string(bytes.TrimRight(text, "\x00\xFF"))
}

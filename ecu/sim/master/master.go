package master

import (
	"context"
	"io"
	"net"
	"sync"

	"otabench/can"
	"otabench/ecu/sim"
	lifecycle "otabench/ecu/sim/life"
)

// Surroundings are what a master is connected to. All of them stay the caller's.
type Surroundings struct {
	Bus      can.Bus
	Terminal sim.Terminal
	// Dial makes a connection to the backend.
	Dial func(context.Context) (net.Conn, error)
	// Console is the service console; nil for none. It is closed before the master.
	Console io.ReadWriter
}

// Master is a simulated update master.
type Master struct {
	cfg     Config
	around  Surroundings
	storage *storage
	life    *lifecycle.Life
	typed   chan string // lines from the console
	tasks   sync.WaitGroup
}

// New manufactures a master.
func New(cfg Config, s Surroundings) (*Master, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	cfg = cfg.spoilt()
	m := &Master{cfg: cfg, around: s, storage: newStorage(cfg.Storage), typed: make(chan string, 16)}
	m.life = lifecycle.New("update master", s.Terminal, m.live)
	return m, nil
}

// Start connects the master to its supply. It runs until ctx ends or Close.
func (m *Master) Start(ctx context.Context) error {
	if m.around.Console != nil {
		m.tasks.Go(m.readConsole)
	}
	return m.life.Start(ctx)
}

// Close disconnects it, as a power cut does.
func (m *Master) Close() error {
	err := m.life.Close()
	m.tasks.Wait()
	return err
}

// live is one life of the master: from a reset to the next.
func (m *Master) live(ctx context.Context) error {
	l, err := m.begin(ctx)
	if err != nil {
		return err
	}
	l.run()
	l.end()
	m.storage.cut()
	return nil
}

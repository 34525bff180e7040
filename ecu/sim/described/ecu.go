package described

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"time"

	"otabench/can"
	"otabench/ecu/description"
	"otabench/ecu/security"
	"otabench/ecu/sim"
	"otabench/ecu/sim/life"
	"otabench/ecu/sim/server"
)

// ECU is the simulated ECU.
type ECU struct {
	cfg         Config
	bus         can.Bus
	terminal    sim.Terminal
	life        *life.Life
	keys        map[byte]*security.Key // by level
	unguessable [16]byte               // makes keys that nobody knows
	roots       []*x509.Certificate
	options     map[string]description.Template // of routines

	// What it remembers over resets. One life after the other uses it.
	memory   *memory
	values   map[uint16][]byte
	faults   *server.Memory
	attempts attempts

	// What it forgets.
	session byte
	results map[uint16][]byte // status records of routines that were said to run
}

// New makes an ECU. Bus and terminal stay the caller's.
func New(cfg Config, bus can.Bus, terminal sim.Terminal) (*ECU, error) {
	if err := cfg.Description.Check(); err != nil {
		return nil, fmt.Errorf("simulate %s by its description: %w", cfg.Name, err)
	}
	cfg.Description = cfg.Description.WithDefaults()
	if cfg.Boot == 0 {
		cfg.Boot = 50 * time.Millisecond
	}
	e := &ECU{cfg: cfg, bus: bus, terminal: terminal, attempts: attempts{}}
	e.life = life.New(cfg.Name, terminal, e.live)
	_, _ = rand.Read(e.unguessable[:]) // never fails
	for _, prepare := range []func() error{
		e.makeKeys, e.makeRoots, e.makeOptions, e.makeMemory, e.makeValues, e.makeFaults, e.check,
	} {
		if err := prepare(); err != nil {
			return nil, fmt.Errorf("simulate %s by its description: %w", cfg.Name, err)
		}
	}
	return e, nil
}

// check finds what testers may do and no server can.
func (e *ECU) check() error {
	if d := e.cfg.Description.Sessions.Default; d != server.DefaultSession {
		return fmt.Errorf("sessions.default: a server begins in session %02X, not in %02X", server.DefaultSession, d)
	}
	_, err := server.New(nil, e.services())
	return err
}

// Start connects the ECU to its supply. It runs until ctx ends or Close.
func (e *ECU) Start(ctx context.Context) error { return e.life.Start(ctx) }

// Close disconnects the ECU, as a power cut does.
func (e *ECU) Close() error { return e.life.Close() }

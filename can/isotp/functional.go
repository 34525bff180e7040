package isotp

import (
	"context"
	"fmt"

	"otabench/can"
)

// Functional sends single frames to all nodes that listen on a functional identifier.
type Functional struct {
	bus can.Bus
	id  uint32
	cfg Config
}

// OpenFunctional returns a sender on a functional identifier. Of cfg, the length of identifiers, the format with
// FunctionalByte, padding, FD and N_As are used. The bus stays the caller's.
func OpenFunctional(bus can.Bus, id uint32, cfg Config) (*Functional, error) {
	cfg.Address.Tx, cfg.Address.Rx, cfg.Functional = id, ^id&1, 0
	cfg, err := cfg.Complete()
	if err != nil {
		return nil, err
	}
	return &Functional{bus: bus, id: id, cfg: cfg}, nil
}

func (f *Functional) String() string { return fmt.Sprintf("ISO-TP functional %X on %v", f.id, f.bus) }

// Send sends a message that fits a single frame.
func (f *Functional) Send(ctx context.Context, payload []byte) error {
	frame, ok := f.cfg.single(f.id, f.cfg.FunctionalByte, payload)
	if !ok || len(payload) == 0 {
		return fmt.Errorf("%v: %d bytes do not fit a single frame, and functional messages have no other", f, len(payload))
	}
	w := newWatch(ctx, f.cfg.NAs)
	defer w.stop()
	if err := w.send(f.bus, frame); err != nil {
		return fmt.Errorf("%v: send: %w", f, err)
	}
	return nil
}

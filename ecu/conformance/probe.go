package conformance

import (
	"context"
	"fmt"
	"time"

	"otabench/can"
	"otabench/ecu"
	"otabench/ecu/description"
	"otabench/ecu/uds"
)

// Tolerance is what a time may be longer than the standard allows: the way through adapters, and the frame itself.
const Tolerance = 5 * time.Millisecond

// Probe asks one ECU and hears all that it says. It is for one goroutine at a time, and nobody else may ask the ECU
// meanwhile, not even to keep a session alive.
type Probe struct {
	unit *ecu.Unit
	bus  can.Bus
	desc description.ECU
	wire *wire
	stop func()

	// answers are the codes with which services answer to their identifier alone, by session; 0 for positive responses.
	answers map[byte]codes
}

// NewProbe returns a probe for a unit. bus is the one that the unit is on; it stays the caller's, as the unit does.
func NewProbe(unit *ecu.Unit, bus can.Bus) *Probe {
	d := unit.Description()
	p := &Probe{
		unit: unit, bus: bus, desc: d, wire: newWire(d.Connection(), d.Address.Functional),
		answers: map[byte]codes{},
	}
	p.stop = bus.Tap(p.wire.observe)
	return p
}

// Close ends listening.
func (p *Probe) Close() { p.stop() }

func (p *Probe) String() string { return fmt.Sprintf("conformance probe of %v", p.unit) }

// home brings the ECU into its default session, and waits for it where it restarts.
func (p *Probe) home(ctx context.Context) error {
	if p.toDefault(ctx) == nil {
		return nil
	}
	if err := p.unit.AwaitBoot(ctx); err != nil {
		return err
	}
	return p.toDefault(ctx)
}

func (p *Probe) toDefault(ctx context.Context) error {
	session := p.desc.Sessions.Default
	if _, err := p.unit.Client().Do(ctx, []byte{uds.SIDDiagnosticSessionControl, session}); err != nil {
		return fmt.Errorf("bring %s into its default session %02X: %w", p.unit.Name(), session, err)
	}
	return nil
}

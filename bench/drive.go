package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"otabench/bench/record"
	"otabench/ecu"
	"otabench/ecu/firmware"
	"otabench/ecu/flash"
)

// PowerCycle switches the rail off, waits until its terminals are dead, and switches it on.
func (e *ECU) PowerCycle(ctx context.Context) error {
	if err := e.rail.Off(ctx); err != nil {
		return err
	}
	if err := e.rail.AwaitDead(ctx); err != nil {
		return err
	}
	return e.rail.On(ctx)
}

// WhoAmI waits until the ECU has booted and reads its identity.
func (e *ECU) WhoAmI(ctx context.Context) (ecu.Identity, error) {
	if err := e.AwaitBoot(ctx); err != nil {
		return ecu.Identity{}, err
	}
	id, err := e.Identify(ctx)
	if err == nil {
		e.introduce(id)
	}
	return id, err
}

// introduce records who the ECU is, as it was when it first answered.
func (e *ECU) introduce(id ecu.Identity) {
	e.mu.Lock()
	known := e.introduced
	e.introduced = true
	e.mu.Unlock()
	if known {
		return
	}
	e.bench.opts.Record.Add(record.Device{
		Role: e.role, Class: "ecu", Address: e.Unit.String(), Model: id.Name + " " + id.Hardware,
		Serial: id.Serial, Firmware: id.Software, Simulated: e.bench.file.Simulates(e.role),
		Details: map[string]string{
			"VIN": id.VIN, "RXSWIN": id.RXSWIN, "slot": id.Slot, "boot state": id.BootState,
			"security counter": fmt.Sprint(id.Counter),
		},
	})
}

// AwaitIdentity reads the identity again and again until ok accepts it, for as long as limit. It lives through boots, in
// which the ECU is silent.
func (e *ECU) AwaitIdentity(ctx context.Context, limit time.Duration, ok func(ecu.Identity) bool) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(identityPeriod)
	defer tick.Stop()
	var last ecu.Identity
	for {
		id, err := e.WhoAmI(ctx)
		if err == nil {
			last = id
			if ok(id) {
				return nil
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s: not the expected identity within %v; last seen: %v, %w", e.role, limit, last, errors.Join(err, ctx.Err()))
		}
	}
}

const identityPeriod = 100 * time.Millisecond

// Force sends a package that may not be for this ECU, as a tool without checks would, and installs it if the ECU agrees.
func (e *ECU) Force(ctx context.Context, p *firmware.Package) error {
	programmer := e.NewProgrammer(flash.Options{Force: true})
	defer programmer.Close()
	return programmer.Program(ctx, p)
}

// AbandonAt updates until n transfer blocks were acknowledged, and then falls silent without any clean-up.
func (e *ECU) AbandonAt(ctx context.Context, p *firmware.Package, n int) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	reached := false
	stop := e.BeforeBlock(n+1, func() { reached = true; cancel() })
	defer stop()
	programmer := e.NewProgrammer(flash.Options{Abandon: true})
	err := programmer.Program(ctx, p)
	programmer.Close()
	if !reached {
		return fmt.Errorf("%s: the update ended before block %d: %w", e.role, n, err)
	}
	return nil
}

// Session reads the active diagnostic session.
func (e *ECU) Session(ctx context.Context) (byte, error) {
	_, did, err := e.Description().Identifier("active_session")
	if err != nil {
		return 0, err
	}
	b, err := e.Client().ReadDataByIdentifier(ctx, did.ID)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

package sim

import (
	"context"
	"errors"

	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// identifier finds a data identifier.
func (d *diagnostics) identifier(id uint16) (server.DID, bool) {
	one := server.DID{Read: func(context.Context, server.Call) ([]byte, error) {
		data, err := d.did(id)
		switch {
		case errors.Is(err, errNotNow):
			return nil, uds.ConditionsNotCorrect
		case err != nil:
			return nil, uds.RequestOutOfRange
		}
		return data, nil
	}}
	if w, known := d.writables()[id]; known {
		one.WriteAccess, one.WriteLength = d.unlocked(w.sessions...), w.length
		if d.cfg.has(VINWithoutSecurity) && id == didVIN {
			one.WriteAccess.Levels = nil
		}
		one.Write = func(ctx context.Context, _ server.Call, data []byte) error { return d.store(ctx, w, data) }
	}
	return one, true
}

// writable is an identifier that can be written.
type writable struct {
	sessions []byte
	length   server.Lengths
	store    func(*persistent, []byte)
}

// writables are all the identifiers that a tester may write, and only after security access. Versions and RXSWIN are
// not among them: they come from signed software.
func (d *diagnostics) writables() map[uint16]writable {
	all := map[uint16]writable{
		didVIN: {
			sessions: inExtended.Sessions, length: server.Exactly(vinLength),
			store: func(p *persistent, b []byte) { p.VIN = string(b) },
		},
		didFingerprint: {
			sessions: notDefault.Sessions, length: server.Between(1, maxFingerprint),
			store: func(p *persistent, b []byte) { p.Fingerprint = b },
		},
		didProgrammingDate: {
			sessions: notDefault.Sessions, length: server.Between(3, 4),
			store: func(p *persistent, b []byte) { p.Date = b },
		},
	}
	forgotten := func(w writable) writable {
		w.store = func(*persistent, []byte) {}
		return w
	}
	if d.cfg.has(FingerprintNotStored) {
		all[didFingerprint] = forgotten(all[didFingerprint])
	}
	if d.cfg.has(RXSWINWritable) {
		all[didRXSWIN] = forgotten(writable{sessions: notDefault.Sessions, length: server.AtLeast(1)})
	}
	return all
}

func (d *diagnostics) store(ctx context.Context, w writable, data []byte) error {
	p := d.life.nvm.read()
	w.store(&p, data)
	return d.life.nvm.write(ctx, p)
}

package sim

import (
	"context"

	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// Diagnostic sessions beside the default one (ISO 14229-1:2020, table 25).
const (
	programmingSession byte = 0x02
	extendedSession    byte = 0x03
)

// Where services are.
var (
	notDefault   = server.Access{Sessions: []byte{programmingSession, extendedSession}}
	inExtended   = server.Access{Sessions: []byte{extendedSession}}
	outOfProgram = server.Access{Sessions: []byte{server.DefaultSession, extendedSession}}
)

// maxIDs bounds the identifiers in one request.
const maxIDs = 16

// services is what the diagnostic server has.
func (d *diagnostics) services() server.Config {
	t := d.cfg.Timing
	programming := d.programming()
	return server.Config{
		// The programming session is entered from the extended one only, and while all conditions for programming are met.
		Sessions: map[byte]server.Session{
			server.DefaultSession: {P2: t.P2, P2Star: t.P2Star},
			programmingSession:    {P2: t.P2, P2Star: t.P2Star, Enter: notDefault, Gate: d.mayProgram},
			extendedSession:       {P2: t.P2, P2Star: t.P2Star},
		},
		S3: t.S3, OnSession: d.began, MaxMessage: maxMessage, Report: func(err error) { d.life.log("app: %v", err) },

		Data: server.FindDID(d.identifier), ReadData: &server.ReadData{MaxIDs: maxIDs}, WriteData: &notDefault,
		Routines: &server.Routines{Access: notDefault, Find: d},
		Reset: &server.Reset{Kinds: map[byte]server.ResetKind{
			0x01: {Do: func() { d.life.end(hardReset) }},
			0x03: {Do: func() { d.life.end(softReset) }},
		}},
		Security: d.security(),
		Communication: &server.Communication{
			Access: notDefault, Controls: map[byte]server.Access{0x00: {}, 0x01: {}, 0x02: {}, 0x03: {}}, Set: d.communicate,
		},
		DTCSetting: &server.DTCSetting{Access: notDefault, Record: server.AtLeast(0)},
		ClearDTC:   &server.Access{},
		Faults: &server.Faults{
			Access: outOfProgram, Reports: map[byte]server.Access{0x01: {}, 0x02: {}, 0x0A: {}}, Memory: faults{d},
			Available: dtcStatus, Format: dtcFormat,
		},
		Download: &server.Download{Access: programming, MaxBlock: d.cfg.MaxBlock, Begin: d.download},
		Transfer: programming,
	}
}

// unlocked is access in some sessions after security access, if the ECU has that.
func (d *diagnostics) unlocked(sessions ...byte) server.Access {
	a := server.Access{Sessions: sessions}
	if d.cfg.Security.Algorithm != algorithmNone {
		a.Levels = []byte{d.cfg.Security.Level}
	}
	return a
}

// programming is access to what replaces software.
func (d *diagnostics) programming() server.Access {
	a := d.unlocked(programmingSession)
	if d.cfg.has(ProgrammingWithoutSecurity) {
		a.Levels = nil
	}
	return a
}

// communicate follows CommunicationControl. The ECU receives no normal message that it could do without, so only sending
// is switched.
func (d *diagnostics) communicate(_ context.Context, c server.Call, to server.Switch) error {
	if c.Session == server.DefaultSession && d.cfg.has(CommunicationLeftOff) {
		return nil
	}
	sends := to.Control == uds.EnableRxAndTx || to.Control == uds.DisableRxAndEnableTx
	d.life.quiet.Store(!sends)
	return nil
}

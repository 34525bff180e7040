package sim

import (
	"context"
	"fmt"

	"otabench/can/isotp"
	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// diagnostics is what the ECU's software does behind the diagnostic server. All of it runs in the server's turn.
type diagnostics struct {
	life         *life
	cfg          Config
	gates        *gates
	server       *server.Server
	session      byte
	transferring bool // a download is under way
	dtcsOff      bool
	verified     bool // the last verification passed, whatever was transferred since
	early        *earlyAnswer
}

func newDiagnostics(l *life, conn isotp.Conn) (*diagnostics, error) {
	d := &diagnostics{
		life: l, cfg: l.cfg, session: server.DefaultSession,
		gates: &gates{cfg: l.cfg.Gates, has: l.cfg.has, terminal: l.supply.terminal},
		early: &earlyAnswer{conn: conn},
	}
	var err error
	if d.server, err = server.New(d.tampered(l.cfg.paced(conn)), d.spoilt(d.services())); err != nil {
		return nil, fmt.Errorf("simulated ECU %s: %w", l.cfg.Name, err)
	}
	return d, nil
}

// serve answers requests until ctx ends.
func (l *life) serve(ctx context.Context) {
	conn, err := l.connect()
	if err != nil {
		l.log("app: no diagnostics: %v", err)
		return
	}
	defer conn.Close()
	d, err := newDiagnostics(l, conn)
	if err != nil {
		l.log("app: no diagnostics: %v", err)
		return
	}
	defer d.gates.watch(l.bus)()
	_ = d.server.Serve(ctx) // it ends with ctx
}

func (l *life) connect() (isotp.Conn, error) {
	return isotp.Open(l.bus, l.cfg.connection())
}

// mayProgram refuses programming while a condition for it is not met.
func (d *diagnostics) mayProgram(context.Context, server.Call) error {
	if unmet := d.gates.unmet(); len(unmet) > 0 && !d.cfg.has(GatesNotEnforced) {
		return refusal(unmet[0])
	}
	return nil
}

// began follows the sessions.
func (d *diagnostics) began(_, session byte) {
	d.session = session
	d.life.programming.Store(session == programmingSession)
}

// refusal is the code for an unmet condition.
func refusal(c condition) uds.NRC {
	switch c {
	case voltageLow:
		return uds.VoltageTooLow
	case voltageHigh:
		return uds.VoltageTooHigh
	}
	return uds.ConditionsNotCorrect
}

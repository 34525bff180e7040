package described

import (
	"context"
	"fmt"
	"time"

	"otabench/can/isotp"
	"otabench/ecu/sim/server"
)

// live boots and answers until the life ends. It fails when there is no bus any more.
func (e *ECU) live(ctx context.Context) error {
	if wait(ctx, e.cfg.Boot) != nil {
		return nil
	}
	e.memory.boot()
	e.session, e.results = server.DefaultSession, map[uint16][]byte{}
	config := e.cfg.Description.Connection()
	config.Address = config.Address.Reversed()
	config.Functional = e.cfg.Description.Address.Functional
	config.MaxMessage = server.DefaultMaxMessage
	conn, err := isotp.Open(e.bus, config)
	if err != nil {
		return err
	}
	defer conn.Close()
	s, err := server.New(conn, e.services())
	if err != nil {
		panic(fmt.Sprintf("described: %s: %v", e.cfg.Name, err)) // of a configuration that New checked
	}
	defer e.superviseTrial()()
	if err := s.Serve(ctx); ctx.Err() == nil {
		return err
	}
	return nil
}

// superviseTrial restarts the ECU if a trial is not confirmed in time, and so goes back to the previous software.
func (e *ECU) superviseTrial() (stop func()) {
	if !e.memory.onTrial() {
		return func() {}
	}
	timer := time.AfterFunc(e.cfg.Description.Timing.Confirm, e.life.Restart)
	e.memory.confirmed = func() { timer.Stop() }
	return e.memory.confirmed
}

// wait lets time pass that work takes, and fails when the life ends in it.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

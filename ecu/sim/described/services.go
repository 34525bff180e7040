package described

import (
	"context"

	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// services is what the diagnostic server has.
func (e *ECU) services() server.Config {
	d := e.cfg.Description
	other := e.notDefault()
	c := server.Config{
		Sessions:  e.sessions(),
		OnSession: func(_, session byte) { e.session = session },
		Data:      server.FindDID(e.identifier), ReadData: &server.ReadData{}, WriteData: &other,
		Routines: &server.Routines{Access: other, Find: e},
		Reset:    e.resets(),
		Security: e.security(), Authentication: e.authentication(),
		Communication: &server.Communication{
			Access: other, Controls: map[byte]server.Access{0: {}, 1: {}, 2: {}, 3: {}},
			Set: func(context.Context, server.Call, server.Switch) error { return nil },
		},
		DTCSetting: &server.DTCSetting{Access: other, Record: server.AtLeast(0)},
		ClearDTC:   &server.Access{},
		Faults:     e.troubles(),
		ReadMemory: e.regions(),
		Custom:     e.replayed(),
	}
	if d.Programmable() {
		programming := e.programming()
		c.Download = &server.Download{Access: programming, MaxBlock: d.Programming.MaxBlock, Begin: e.memory.download}
		c.Transfer = programming
	}
	return c
}

// sessions are those that the description names anywhere. Voltage gates keep those closed in which it is programmed.
func (e *ECU) sessions() map[byte]server.Session {
	d := e.cfg.Description
	one := server.Session{P2: d.Timing.P2, P2Star: d.Timing.P2Star}
	all := map[byte]server.Session{server.DefaultSession: one}
	for _, number := range e.others() {
		all[number] = one
	}
	one.Gate = e.mayProgram
	all[d.Sessions.Programming] = one
	return all
}

// mayProgram refuses programming outside the gates of the description.
func (e *ECU) mayProgram(context.Context, server.Call) error {
	g, v := e.cfg.Description.Gates, e.terminal.Voltage()
	switch {
	case v < g.MinVoltage:
		return uds.VoltageTooLow
	case g.MaxVoltage != 0 && v > g.MaxVoltage:
		return uds.VoltageTooHigh
	}
	return nil
}

// resets are the standard's kinds, and the maker's that the sequence ends with.
func (e *ECU) resets() *server.Reset {
	kinds := map[byte]server.ResetKind{}
	for _, kind := range []byte{0x01, 0x02, 0x03, e.cfg.Description.Programming.Reset} {
		if kind != 0 {
			kinds[kind] = server.ResetKind{Do: e.life.Restart}
		}
	}
	return &server.Reset{Kinds: kinds}
}

// regions are the parts of the memory that the description names; nil if there are none.
func (e *ECU) regions() *server.ReadMemory {
	d := e.cfg.Description
	if len(d.Memory) == 0 {
		return nil
	}
	var all server.Ranges
	for _, r := range d.Memory {
		all = append(all, server.Range{Region: server.Region{Address: r.Address, Size: r.Size}})
	}
	return &server.ReadMemory{
		Access: e.notDefault(), Ranges: all,
		Read: func(_ context.Context, _ server.Call, r server.Region) ([]byte, error) { return e.memory.bytesAt(r) },
	}
}

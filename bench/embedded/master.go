package embedded

import (
	"context"
	"fmt"
	"net"

	"otabench/bench/config"
	"otabench/ecu/ota/cloud"
	"otabench/ecu/sim/master"
)

// StartMaster connects the simulated update master of the vehicle to its supply, to its bus and, by dial, to its backend,
// of which it knows what cred says.
func (b *Bench) StartMaster(f *config.File, cred cloud.Credentials, dial func(context.Context) (net.Conn, error)) error {
	v := f.Vehicle
	bus, ok := virtualName(f.Buses[v.Bus].Address)
	if !ok {
		return fmt.Errorf("simulate the update master: its bus %s is not virtual", v.Bus)
	}
	cfg := *f.SimulatedMaster()
	cfg.Credentials = cred
	cfg.Profiles = map[int]string{}
	for name, u := range v.Users {
		if u.Profile != 0 {
			cfg.Profiles[u.Profile] = name
		}
	}
	for _, role := range v.Behind {
		cfg.Behind = append(cfg.Behind, master.Behind{Name: role, Description: f.ECUs[role].Description})
	}
	around := master.Surroundings{
		Bus: b.buses[bus].Attach("update master"), Terminal: b.rails[v.Master.Rail].Terminal("update master"), Dial: dial,
	}
	if name, ok := virtualName(v.Master.Console); ok {
		theirs, ours := net.Pipe()
		around.Console, b.consoles[name] = theirs, ours
		defer func() { b.closers = append(b.closers, theirs.Close) }() // what reads it waits for that
	}
	m, err := master.New(cfg, around)
	if err != nil {
		return err
	}
	if err := m.Start(b.ctx); err != nil {
		return err
	}
	b.closers = append(b.closers, m.Close)
	return nil
}

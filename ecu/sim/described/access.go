package described

import (
	"slices"

	"otabench/ecu/description"
	"otabench/ecu/sim/server"
)

// levels are the security levels that there are, by their names in the description; "" is that of programming.
func levels(d description.ECU) map[string]description.Security {
	all := map[string]description.Security{}
	if d.Security.Algorithm != description.AlgorithmNone {
		all[""] = d.Security
	}
	for name, s := range d.Unlocks {
		if s.Algorithm != description.AlgorithmNone {
			all[name] = s
		}
	}
	return all
}

// notDefault is access in any session but the default one.
func (e *ECU) notDefault() server.Access { return server.Access{Sessions: e.others()} }

// others are the sessions beside the default one.
func (e *ECU) others() []byte {
	d := e.cfg.Description
	all := []byte{d.Sessions.Programming, d.Sessions.Extended}
	for _, number := range d.Sessions.Others {
		all = append(all, number)
	}
	return append(all, e.sequenceSessions()...)
}

// sequenceSessions are those that the programming sequence enters.
func (e *ECU) sequenceSessions() []byte {
	d := e.cfg.Description
	var all []byte
	for _, s := range d.Programming.Sequence {
		switch {
		case s.Step == description.StepSession && s.Session != 0:
			all = append(all, s.Session)
		case s.Step == description.StepSession:
			all = append(all, d.Sessions.Programming)
		}
	}
	return slices.DeleteFunc(all, func(session byte) bool { return session == server.DefaultSession })
}

// programming is access to what changes software: in the sessions that the sequence enters, with one of the levels that
// it unlocks, and with the certificate that it authenticates with.
func (e *ECU) programming() server.Access {
	a := server.Access{Sessions: e.sequenceSessions(), Levels: e.sequenceLevels()}
	if a.Sessions == nil {
		a.Sessions = e.others()
	}
	if e.cfg.Description.Authentication != nil && e.has(description.StepAuthenticate) {
		a.Roles = tester
	}
	return a
}

func (e *ECU) has(step string) bool {
	sequence := e.cfg.Description.Programming.Sequence
	return slices.ContainsFunc(sequence, func(s description.Step) bool { return s.Step == step })
}

// sequenceLevels are the levels that the sequence unlocks, by their requestSeed; nil if there are none.
func (e *ECU) sequenceLevels() []byte {
	known := levels(e.cfg.Description)
	var all []byte
	for _, s := range e.cfg.Description.Programming.Sequence {
		if level, there := known[s.Unlock]; s.Step == description.StepUnlock && there {
			all = append(all, level.Level)
		}
	}
	return all
}

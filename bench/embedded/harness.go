package embedded

import (
	"fmt"
	"maps"
	"slices"

	"otabench/bench/config"
	powersim "otabench/power/sim"
)

// newContact makes the contact of a switch as it is wired.
func newContact(name string, c config.Switch) *powersim.Contact {
	if c.ClosedAtRest() {
		return powersim.NewNormallyClosed(name)
	}
	return powersim.NewContact(name)
}

// buildHarness lets the switches outside of supply lines act on the buses and on reset lines. An ECU with an interrupted wire is off its
// bus, and a short ends all traffic, whichever wires it connects: on a real bus, some of these faults may leave the others
// able to communicate.
func (b *Bench) buildHarness(f *config.File) error {
	opens, shorts, resets := map[string][]*powersim.Contact{}, map[string][]*powersim.Contact{}, map[string][]*powersim.Contact{}
	for _, role := range slices.Sorted(maps.Keys(f.Switches)) {
		c := f.Switches[role]
		name, ok := virtualName(c.Pin)
		if !ok {
			continue
		}
		switch c.Function {
		case config.CANOpen:
			opens[c.ECU] = append(opens[c.ECU], b.contacts[name])
		case config.CANShort:
			shorts[c.Bus] = append(shorts[c.Bus], b.contacts[name])
		case config.Reset:
			resets[c.ECU] = append(resets[c.ECU], b.contacts[name])
		}
	}
	for ecu, contacts := range opens {
		node, ok := b.nodes[ecu]
		if !ok {
			return fmt.Errorf("interrupt the bus of ECU %s: it is not simulated, so a simulated switch cannot", ecu)
		}
		onMove(contacts, func() {
			if slices.ContainsFunc(contacts, broken) {
				node.Detach()
			} else {
				node.Reattach()
			}
		})
	}
	for role, contacts := range shorts {
		name, ok := virtualName(f.Buses[role].Address)
		if !ok {
			return fmt.Errorf("short bus %s: it is not virtual, so a simulated switch cannot", role)
		}
		bus := b.buses[name]
		onMove(contacts, func() { bus.Short(slices.ContainsFunc(contacts, (*powersim.Contact).Conducts)) })
	}
	return b.buildResets(resets)
}

// buildResets lets an ECU be in reset while one of its switches conducts.
func (b *Bench) buildResets(switches map[string][]*powersim.Contact) error {
	for role, contacts := range switches {
		ecu, ok := b.ecus[role]
		if !ok {
			return fmt.Errorf("reset ECU %s: it has no simulated reset line, so a simulated switch cannot", role)
		}
		onMove(contacts, func() { ecu.HoldReset(slices.ContainsFunc(contacts, (*powersim.Contact).Conducts)) })
	}
	return nil
}

func broken(c *powersim.Contact) bool { return !c.Conducts() }

func onMove(contacts []*powersim.Contact, f func()) {
	for _, c := range contacts {
		c.OnMove(f)
	}
}

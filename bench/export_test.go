package bench

import powersim "otabench/power/sim"

// Chip is the simulated sensor of a rail, for tests that break it.
func (b *Bench) Chip(rail string) *powersim.Sensor {
	bus, _ := b.embedded.Sensor(rail)
	return bus.(*powersim.Sensor)
}

// Contact is the simulated contact of a name, for tests that break it.
func (b *Bench) Contact(name string) *powersim.Contact { return b.embedded.Contact(name) }

// Instrument is the simulated supply of a role, for tests that break it.
func (b *Bench) Instrument(role string) *powersim.Supply { return b.embedded.Instrument(role) }

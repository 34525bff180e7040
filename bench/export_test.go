package bench

import powersim "otabench/power/sim"

// Contact is the simulated contact of a name, for tests that break it.
func (b *Bench) Contact(name string) *powersim.Contact { return b.embedded.Contact(name) }

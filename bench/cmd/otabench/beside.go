package main

import (
	"time"

	"otabench/bench/config"
)

// shared is what a simulated ECU's answer may take longer at least, since it runs beside everything else on this computer.
const shared = 200 * time.Millisecond

// beside gives simulated ECUs that time on the way. In virtual time it is not needed, since nothing waits for the computer
// there.
func beside(f *config.File) {
	if f.Simulation == nil {
		return
	}
	for role, e := range f.ECUs {
		e.Description.Timing.DeltaP2 = max(e.Description.Timing.DeltaP2, shared)
		f.ECUs[role] = e
	}
}

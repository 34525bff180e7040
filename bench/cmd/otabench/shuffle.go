package main

import (
	"fmt"
	"runtime"

	"otabench/bench/config"
)

// shuffling is what differs between repetitions of a suite. Without a seed nothing does.
type shuffling struct {
	seed   uint64
	jitter float64 // percent
}

// shake gives a simulated bench another seed and jitter. What the bench file says of them holds without a seed.
func (s shuffling) shake(f *config.File) {
	if s.seed == 0 || f.Simulation == nil {
		return
	}
	f.Simulation.Seed, f.Simulation.Jitter = s.seed, s.jitter
}

// flags are those of the suite's process.
func (s shuffling) flags() []string {
	return []string{"--seed", fmt.Sprint(s.seed), "--jitter", fmt.Sprint(s.jitter)}
}

// scheduling is the environment of the suite's process: the seed says how many threads run Go code at once.
func (s shuffling) scheduling() []string {
	return []string{fmt.Sprintf("GOMAXPROCS=%d", 1+s.seed%uint64(runtime.NumCPU()))}
}

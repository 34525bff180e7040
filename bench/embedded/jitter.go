package embedded

import (
	"math/rand/v2"
	"sync"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
)

// Scales of what jitter adds where nothing takes any time by itself: a full share of it is this much.
const (
	busScale     = time.Millisecond      // before a frame, as other traffic delays it
	commandScale = 20 * time.Millisecond // for a command to a supply
	// responseScale is for the response of an ECU. It is the P2 that ISO 14229-2 gives by default.
	responseScale = 50 * time.Millisecond
)

// sensorClass is by how much of a rail's nominal voltage a sensor may be off, that of an INA226 or INA228.
const sensorClass = 0.001

// jitter varies what a simulated bench would else always do in the same time. Its goroutines draw in an order that the
// scheduler makes, so that a seed gives the same distribution, and not the same times at the same places.
type jitter struct {
	share float64 // 0.05 varies by up to 5 %

	mu     sync.Mutex
	source *rand.Rand
}

// newJitter is nil if the bench file wants none.
func newJitter(f *config.File) *jitter {
	if f.Simulation == nil || f.Simulation.Jitter == 0 {
		return nil
	}
	return &jitter{share: f.Simulation.Jitter / 100, source: rand.New(rand.NewPCG(f.Simulation.Seed, jitterStream))}
}

// jitterStream keeps jitter apart from what else a bench draws with its seed.
const jitterStream = 0x6A697474

// draw is evenly distributed from 0 up to 1.
func (j *jitter) draw() float64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.source.Float64()
}

// vary changes a time by up to the share in either direction. It is nil without jitter.
func (j *jitter) vary() func(time.Duration) time.Duration {
	if j == nil {
		return nil
	}
	return func(d time.Duration) time.Duration {
		return d + time.Duration(float64(d)*j.share*(2*j.draw()-1))
	}
}

// upTo draws a time from nothing to the share of a scale. It is nil without jitter.
func (j *jitter) upTo(scale time.Duration) func() time.Duration {
	if j == nil {
		return nil
	}
	return func() time.Duration { return time.Duration(float64(scale) * j.share * j.draw()) }
}

// offset is how much more a sensor measures than there is.
func (j *jitter) offset(nominal physic.ElectricPotential) physic.ElectricPotential {
	if j == nil {
		return 0
	}
	return physic.ElectricPotential(float64(nominal) * sensorClass * (2*j.draw() - 1))
}

package bench

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"otabench/bench/record"
	"otabench/power"
)

// watchdog is the watchdog of a supply that has one. It is armed before anything on the supply is energised, and kept
// quiet by reading a status for as long as this process lives: when suite and guard are both gone, or the computer is,
// the instrument switches everything off by itself. A process that is stopped for long, as in a debugger, is as good as
// gone. [otabench/bench/equipment.Power.MakeSafe] disarms it once all outputs are confirmed off.
type watchdog struct {
	bench    *Bench
	supply   string
	dog      power.Watchdog
	channels []power.Channel // of its rails
	silence  time.Duration

	mu   sync.Mutex
	stop context.CancelFunc // nil until it is armed
	done chan struct{}
	left bool // the bench is being closed
}

func (b *Bench) openWatchdogs() {
	b.watchdogs = map[string]*watchdog{}
	for role, s := range b.power.Supplies {
		dog, ok := s.(power.Watchdog)
		silence := b.file.Supplies[role].WatchdogTime()
		if !ok || silence == 0 {
			continue
		}
		w := &watchdog{bench: b, supply: role, dog: dog, silence: silence}
		for _, rail := range slices.Sorted(maps.Keys(b.file.Rails)) {
			if b.file.Rails[rail].Supply == role {
				w.channels = append(w.channels, b.power.Channels[rail])
			}
		}
		b.watchdogs[role] = w
	}
}

// arm arms the watchdog, once. One that there is none of is nil.
func (w *watchdog) arm(ctx context.Context) error {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.left:
		return errClosed
	case w.stop != nil:
		return nil
	}
	armed := record.Setting{Device: w.supply, Action: "watchdog", Value: w.silence.String()}
	if err := w.dog.ArmWatchdog(ctx, w.silence); err != nil {
		armed.Error = err.Error()
		w.bench.opts.Record.Add(armed)
		if ctx.Err() == nil { // whatever it is, the spec has no part in it
			w.bench.Fault(w.supply, err)
		}
		return fmt.Errorf("arm the watchdog of %s, without which nothing is energised: %w", w.supply, err)
	}
	w.bench.opts.Record.Add(armed)
	ctx, w.stop = context.WithCancel(context.Background())
	w.done = make(chan struct{})
	go w.pet(ctx)
	return nil
}

// petting is how often a watchdog is fed in the time after which it bites.
const petting = 3

// pet reads the protections of the supply's outputs until ctx ends, which is also how a bite is found.
func (w *watchdog) pet(ctx context.Context) {
	defer close(w.done)
	tick := time.NewTicker(w.silence / petting)
	defer tick.Stop()
	lost := false
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		bitten, err := w.look(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !lost:
			w.bench.Fault(w.supply, fmt.Errorf("keep its watchdog quiet: %w; it switches off in %v", err, w.silence))
		case bitten:
			w.bench.Fault(w.supply, fmt.Errorf("its watchdog has switched all outputs off, because it heard nothing for %v: "+
				"this computer was too busy or its link too slow; see supplies.%s.watchdog", w.silence, w.supply))
			return
		}
		lost = err != nil
	}
}

func (w *watchdog) look(ctx context.Context) (bitten bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, w.silence/petting)
	defer cancel()
	for _, c := range w.channels {
		trip, err := c.Tripped(ctx)
		if err != nil {
			return false, err
		}
		bitten = bitten || trip&power.TripWatchdog != 0
	}
	return bitten, nil
}

// leaveWatchdogs ends what keeps watchdogs quiet. They stay armed, so that they act if switching off fails.
func (b *Bench) leaveWatchdogs() {
	for _, w := range b.watchdogs {
		w.mu.Lock()
		w.left = true
		stop, done := w.stop, w.done
		w.mu.Unlock()
		if stop != nil {
			stop()
			<-done
		}
	}
}

package sim

import (
	"context"
	"time"

	"otabench/can"
)

// sendStatus sends the application's cyclic message until ctx ends: a counter, and 1 while a programming session is
// open. CommunicationControl stops it (ISO 14229-1:2020, 10.5).
func (l *life) sendStatus(ctx context.Context) {
	tick := time.NewTicker(l.cfg.Status.Cycle)
	defer tick.Stop()
	for alive := byte(0); ; alive++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if l.quiet.Load() {
			continue
		}
		f := can.New(l.cfg.Status.ID, alive, flag(l.programming.Load()))
		if l.cfg.Status.ID > can.MaxStandardID {
			f.Flags |= can.Extended
		}
		// A message that finds no bus is late at the next cycle; nobody waits for it.
		one, cancel := context.WithTimeout(ctx, l.cfg.Status.Cycle)
		_ = l.bus.Send(one, f)
		cancel()
	}
}

func flag(on bool) byte {
	if on {
		return 1
	}
	return 0
}

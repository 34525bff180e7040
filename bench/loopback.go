package bench

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"otabench/bench/record"
	"otabench/can"
)

// Loopback proves on each bus with an ECU that the bench hears what it sends, and notes a record.Proof of each: while an ECU
// identifies itself, the frames of the tester have to come back over the bus, stamped, before the answer does. The ECUs have
// to be powered.
func (b *Bench) Loopback(ctx context.Context) {
	seen := map[string]bool{}
	for _, role := range slices.Sorted(maps.Keys(b.ecus)) {
		e := b.ecus[role]
		bus := b.file.ECUs[role].Bus
		if seen[bus] {
			continue
		}
		seen[bus] = true
		p := record.Proof{Proof: record.Loopback, Subject: "bus " + bus, Text: "frames of the bench come back over the bus", Expected: record.Passed, Got: record.Failed}
		if detail, err := e.loopback(ctx); err != nil {
			p.Detail = err.Error()
		} else {
			p.Got, p.Detail = record.Passed, detail
		}
		b.opts.Record.Add(p)
	}
}

// skew is how far the stamps of a bus may be from the bench's clock.
const skew = 50 * time.Millisecond

// loopback lets the ECU identify itself and follows the first request of it.
func (e *ECU) loopback(ctx context.Context) (detail string, err error) {
	a := e.bench.file.ECUs[e.role].Description.Address.ISOTP()
	frames := e.bus.Subscribe(0, can.Exactly(a.Tx, a.Extended))
	defer frames.Cancel()
	begun := time.Now()
	if _, err := e.WhoAmI(ctx); err != nil {
		return "", fmt.Errorf("ECU %s does not answer, so that nothing can come back: %w", e.role, err)
	}
	for {
		select {
		case r := <-frames.C():
			after := r.Time.Sub(begun)
			switch {
			case !r.Own: // another tester's
				continue
			case after < -skew || after > time.Since(begun)+skew:
				return "", fmt.Errorf("%s: %v is stamped %v after it was asked for", e.bus, r.Frame, after)
			}
			return fmt.Sprintf("%v came back %v after it was asked for", r.Frame, after), nil
		default: // the answer is there, so that what came before it is as well
			return "", fmt.Errorf("%s: ECU %s has answered, and the request of the bench did not come back", e.bus, e.role)
		}
	}
}

package bench

import (
	"slices"

	"otabench/bench/record"
	"otabench/ecu/flash"
)

func (e *ECU) progressed(p flash.Progress) {
	e.bench.opts.Record.Add(record.Progress{ECU: e.role, Phase: p.Phase.String(), Done: p.Done, Total: p.Total})
	e.mu.Lock()
	hooks := slices.Clone(e.hooks)
	e.mu.Unlock()
	for _, h := range hooks {
		h.f(p)
	}
}

// OnProgress calls f while software is replaced, on the goroutine that does it, until stop is called.
func (e *ECU) OnProgress(f func(flash.Progress)) (stop func()) {
	h := &hook{f}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.hooks = append(e.hooks, h)
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.hooks = slices.DeleteFunc(e.hooks, func(other *hook) bool { return other == h })
	}
}

// BeforeBlock calls f once, in the next update, when n-1 transfer blocks were acknowledged; the tester waits for f.
func (e *ECU) BeforeBlock(n int, f func()) (stop func()) {
	blocks, last, done := 0, int64(0), false
	return e.OnProgress(func(p flash.Progress) {
		if p.Phase != flash.PhaseTransfer || done {
			return
		}
		if p.Done != last {
			last = p.Done
			blocks++
		}
		if blocks == n-1 {
			done = true
			f()
		}
	})
}

package sweep

import "sync"

// alike knows trials whose cut left the same of a simulated unit. Nothing but its flash outlives a cut, so what follows
// is the same as well: the first of them in a phase is played to its end, and its result holds for the others.
type alike struct {
	mu   sync.Mutex
	seen map[likeness]Result
}

// likeness is what has to be the same. The phase is in it because the tester does not do the same after a cut in every one.
type likeness struct {
	procedure    Procedure
	phase, fault string
	remains      uint64
}

func likenessOf(p Point, remains uint64) likeness {
	return likeness{p.Procedure, p.Phase, p.Fault, remains}
}

func (a *alike) find(p Point, remains uint64) *Result {
	a.mu.Lock()
	defer a.mu.Unlock()
	r, ok := a.seen[likenessOf(p, remains)]
	if !ok {
		return nil
	}
	r.Like = r.Point.String()
	return &r
}

func (a *alike) remember(p Point, remains uint64, r Result) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.seen == nil {
		a.seen = map[likeness]Result{}
	}
	if k := likenessOf(p, remains); a.seen[k].Outcome == "" {
		a.seen[k] = r
	}
}

package sweep

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrLost: the unit could not be mended, so that no further point can be tried on it.
var ErrLost = errors.New("the unit cannot be mended, and nothing was tried after it: replace the unit, then go on")

// finest is the shortest time between two moments that are still told apart.
const finest = time.Millisecond

// Boundaries tries points one after another on one bench, as units in hardware need: the end of every message and the
// middle of every long silence, and then, where neighbours ended differently, what lies between them, down to one frame or
// one millisecond.
type Boundaries struct {
	Target Target
	Fault  string
	// Repeats is how often each side of a boundary is tried in all. What differs then is no boundary but chance.
	Repeats int
	// Known are results of an earlier try, by point; they are not tried again.
	Known map[string]Result
	// Each is called with every new result.
	Each func(Result)
}

// Edge is where outcomes differ: between two neighbours in a procedure.
type Edge struct {
	Before, After Result
	// Repeats is how often each was tried, Steady whether it ended the same each time.
	Repeats int
	Steady  bool
}

// position is a moment of a survey and a time behind it.
type position struct {
	moment int
	after  time.Duration
}

// Coarse returns the points that are tried first.
func (b *Boundaries) Coarse(s Surveyed) []Point {
	track := b.track(s)
	var all []Point
	for _, at := range track.coarse() {
		all = append(all, track.point(at))
	}
	return all
}

func (b *Boundaries) track(s Surveyed) track {
	t := track{procedure: s.Procedure, fault: b.Fault}
	for _, m := range s.Moments {
		// On hardware nobody tells of the flash, and how often a unit is busy is another number each time.
		if m.Offset.Flash == 0 && !m.Again && m.Offset.Message[0] != negative {
			t.moments = append(t.moments, m)
		}
	}
	return t
}

// Sweep tries a procedure, and returns the edges in it in order.
func (b *Boundaries) Sweep(ctx context.Context, s Surveyed) ([]Edge, error) {
	t := b.track(s)
	var edges []Edge
	var before Result
	var from position
	for i, at := range t.coarse() {
		r, err := b.try(ctx, t.point(at))
		if err != nil {
			return edges, err
		}
		if i > 0 && !alikeEnded(before, r) {
			found, err := b.search(ctx, t, from, at, before, r)
			if edges = append(edges, found...); err != nil {
				return edges, err
			}
		}
		before, from = r, at
	}
	return edges, nil
}

// search finds the edges between two positions that ended differently.
func (b *Boundaries) search(ctx context.Context, t track, from, to position, before, after Result) ([]Edge, error) {
	at, ok := t.between(from, to)
	if !ok {
		return b.edge(ctx, before, after)
	}
	middle, err := b.try(ctx, t.point(at))
	if err != nil {
		return nil, err
	}
	var edges []Edge
	if !alikeEnded(before, middle) {
		if edges, err = b.search(ctx, t, from, at, before, middle); err != nil {
			return edges, err
		}
	}
	if !alikeEnded(middle, after) {
		more, err := b.search(ctx, t, at, to, middle, after)
		return append(edges, more...), err
	}
	return edges, nil
}

// edge tries both sides again.
func (b *Boundaries) edge(ctx context.Context, before, after Result) ([]Edge, error) {
	e := Edge{Before: before, After: after, Repeats: max(b.Repeats, 1), Steady: true}
	for range e.Repeats - 1 {
		for _, side := range []Result{before, after} {
			again, err := b.again(ctx, side.Point)
			if err != nil {
				return nil, err
			}
			e.Steady = e.Steady && alikeEnded(side, again)
		}
	}
	return []Edge{e}, nil
}

func (b *Boundaries) try(ctx context.Context, p Point) (Result, error) {
	if r, ok := b.Known[p.String()]; ok {
		return r, nil
	}
	return b.again(ctx, p)
}

func (b *Boundaries) again(ctx context.Context, p Point) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, context.Cause(ctx)
	}
	r, err := b.Target.Try(ctx, p)
	if ctx.Err() != nil {
		return r, context.Cause(ctx) // what was interrupted shows nothing
	}
	if b.Each != nil {
		b.Each(r)
	}
	if err == nil && r.Proved() && !r.Recovered {
		err = fmt.Errorf("%v: %s: %w", p, r.Outcome, ErrLost)
	}
	return r, err
}

// alikeEnded says whether two results are of one kind.
func alikeEnded(a, b Result) bool {
	return a.Outcome == b.Outcome && a.Recovered == b.Recovered && a.Failed() == b.Failed()
}

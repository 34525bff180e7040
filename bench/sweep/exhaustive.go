package sweep

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"otabench/bench"
)

// Exhaustive tries points on benches of their own.
type Exhaustive struct {
	// Open opens a bench that was never used before.
	Open func(context.Context) (*bench.Bench, error)
	// Run calls a function in a time of its own, in which it may wait as long as it likes: a bubble of testing/synctest.
	// Workers may call it at the same time.
	Run func(func(context.Context))
	// Workers is how many trials go on at once.
	Workers int
	// Whole plays every trial to its end, and not only the first of those whose cut left the same.
	Whole bool
	// ECU is the role of the unit, and Package that of what is installed; the bench's first ECU and next if they are empty.
	ECU, Package string
	// OtherSlot is that of a Target.
	OtherSlot bool

	alike alike
}

// Survey surveys procedures of the unit, all that it has if none is named.
func (e *Exhaustive) Survey(names ...Procedure) ([]Surveyed, error) {
	if len(names) == 0 {
		err := e.alone(func(_ context.Context, t Target) error {
			names = Procedures(t.Unit)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var all []Surveyed
	for _, name := range names {
		s := Surveyed{Procedure: name}
		began := time.Now()
		err := e.alone(func(ctx context.Context, t Target) (err error) {
			begun := time.Now()
			s.Moments, s.Failed, err = t.Survey(ctx, name)
			s.Length = time.Since(begun)
			return err
		})
		if err != nil {
			return nil, err
		}
		s.Cost = time.Since(began)
		all = append(all, s)
	}
	return all, nil
}

// alone runs f on a bench of its own in a time of its own.
func (e *Exhaustive) alone(f func(context.Context, Target) error) (err error) {
	e.Run(func(ctx context.Context) {
		b, opened := e.Open(ctx)
		if opened != nil {
			err = opened
			return
		}
		var t Target
		if t, err = TargetOf(b, e.ECU, e.Package); err == nil {
			t.OtherSlot = e.OtherSlot
			err = f(ctx, t)
		}
		err = errors.Join(err, b.Close(ctx, "the trial is over"))
	})
	return err
}

// Sweep tries points until all are done or ctx ends, and calls each with every result, one at a time. The error is the
// first that a bench met; the sweep ends with it.
func (e *Exhaustive) Sweep(ctx context.Context, points []Point, each func(Result)) error {
	var results sync.Mutex
	return pool(ctx, e.Workers, points, func(p Point) error {
		r, err := e.try(p)
		results.Lock()
		defer results.Unlock()
		each(r)
		return err
	})
}

func (e *Exhaustive) try(p Point) (r Result, err error) {
	r = Result{Point: p, Outcome: Void}
	err = e.alone(func(ctx context.Context, t Target) (err error) {
		like := &e.alike
		if e.Whole {
			like = nil
		}
		r, err = t.try(ctx, p, like)
		return err
	})
	if err != nil {
		return r, fmt.Errorf("%v: %w", p, err)
	}
	return r, nil
}

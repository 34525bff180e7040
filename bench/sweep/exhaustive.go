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
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	todo := make(chan Point)
	var results sync.Mutex
	var workers sync.WaitGroup
	for range max(e.Workers, 1) {
		workers.Go(func() {
			for p := range todo {
				r, err := e.try(p)
				if err != nil {
					stop(err)
				}
				results.Lock()
				each(r)
				results.Unlock()
			}
		})
	}
	for _, p := range points {
		select {
		case todo <- p:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(todo)
	workers.Wait()
	return context.Cause(ctx)
}

// Shrink looks for a simpler point that goes wrong in the same way as a result: one cut in place of two, the beginning of a
// flash operation in place of a time within it, the first frame of a message in place of a later one. It returns the
// simplest that it finds, which is the result itself if there is none.
func (e *Exhaustive) Shrink(r Result) (Result, error) {
	for {
		smaller, found, err := e.smaller(r)
		if err != nil || !found {
			return r, err
		}
		r = smaller
	}
}

func (e *Exhaustive) smaller(r Result) (Result, bool, error) {
	for _, p := range r.Point.simpler() {
		got, err := e.try(p)
		if err != nil {
			return r, false, err
		}
		if got.Failed() && got.Outcome == r.Outcome && got.Wrong == r.Wrong {
			return got, true, nil
		}
	}
	return r, false, nil
}

// simpler are points that would be simpler to look into, the simplest first.
func (p Point) simpler() (all []Point) {
	if p.Fault == Undisturbed {
		return nil
	}
	if p.Fault == CutTwice {
		once := p
		once.Fault = Cut
		all = append(all, once)
	}
	if p.Offset.After > 0 {
		at := p
		at.At -= at.Offset.After
		at.Offset.After = 0
		all = append(all, at)
	}
	if p.Offset.Frame > 0 {
		first := p
		first.Offset.Frame = 0
		all = append(all, first)
	}
	return all
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

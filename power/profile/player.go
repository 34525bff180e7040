package profile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"periph.io/x/conn/v3/physic"
)

// Output is the rail that a Player sets. Off ends whatever goes wrong, so it must not depend on ctx being alive.
type Output interface {
	Set(ctx context.Context, v physic.ElectricPotential) error
	Off(ctx context.Context) error
}

// Line is the switch in the line.
type Line interface {
	Make() error
	Break() error
}

// Lister is an instrument that makes a list of points by itself: Load programs the list, Run triggers it and returns
// at once.
type Lister interface {
	Load(ctx context.Context, steps []Step, repeat int) error
	Run(ctx context.Context) error
}

// Rails are two rails with a changeover: Prepare sets the one that does not feed, Swap lets it feed. Output is the one
// that feeds.
type Rails interface {
	Prepare(ctx context.Context, v physic.ElectricPotential) error
	Swap() error
}

// Errors of Play.
var (
	// ErrBlocked: the plan may not be carried out.
	ErrBlocked = errors.New("this rail cannot make the profile")
	// ErrEquipment: the plan needs equipment that the Player does not have.
	ErrEquipment = errors.New("the player has not what the plan needs")
)

// Player carries plans out on one rail. What a rail does not have is nil.
type Player struct {
	Output Output
	Line   Line
	Lister Lister
	Rails  Rails
	// Event waits for an event of the test procedure and returns when it was. Needed for profiles that wait.
	Event func(ctx context.Context, name string) (time.Time, error)
	// Did is told of each action when it is done, if set.
	Did func(Done)
	// Clock, if set, tells others where the curve is.
	Clock *Clock

	ready  *Plan // of which the first list is loaded
	loaded int   // how many of its actions, from the first on, have theirs
}

// Done is an action that was carried out.
type Done struct {
	Action
	// Due is when it had to begin so that its effect is in time, Began and Ended when it did.
	Due, Began, Ended time.Time
}

// Late is by how much it began too late.
func (d Done) Late() time.Duration { return d.Began.Sub(d.Due) }

// Played is what a Player did.
type Played struct {
	Actions []Done
	// Opened is for how long the line was open, by segment.
	Opened map[int]time.Duration
}

// Late is by how much the latest of all actions began too late.
func (p Played) Late() time.Duration {
	var late time.Duration
	for _, d := range p.Actions {
		late = max(late, d.Late())
	}
	return late
}

// Play carries out a plan; the curve begins the plan's Delay after start, which for a profile at an event is the time
// of that event. Each action is due at a time of its own, so that lateness does not add up. Play returns when the
// curve is over and leaves the rail at the curve's last voltage. If an action fails or ctx ends, it switches the rail
// off, and the error is joined with that of switching off.
func (p *Player) Play(ctx context.Context, plan *Plan, start time.Time) (Played, error) {
	if p.ready != plan {
		if err := p.Ready(ctx, plan); err != nil {
			return Played{}, err
		}
	}
	p.ready = nil // a list that was played has to be loaded again
	run := &run{Player: p, plan: plan, clock: p.Clock, played: Played{Opened: map[int]time.Duration{}}}
	if run.clock == nil {
		run.clock = &Clock{}
	}
	run.clock.start(start.Add(plan.Delay()), 0)
	defer run.clock.stop()
	err := run.all(ctx)
	if err != nil {
		err = fmt.Errorf("play %s: %w", plan.Curve.Name, errors.Join(err, p.Output.Off(context.WithoutCancel(ctx))))
	}
	return run.played, err
}

// Ready checks that the plan can be carried out and loads the first list, so that Play need not when an event has
// come. If the list is refused the rail is switched off.
func (p *Player) Ready(ctx context.Context, plan *Plan) error {
	if plan.Blocked != "" {
		return fmt.Errorf("play %s: %w: %s", plan.Curve.Name, ErrBlocked, plan.Blocked)
	}
	if err := p.equipped(plan); err != nil {
		return fmt.Errorf("play %s: %w", plan.Curve.Name, err)
	}
	r := &run{Player: p, plan: plan}
	p.loaded = 0
	if err := r.load(ctx, 0); err != nil {
		return fmt.Errorf("play %s: %w", plan.Curve.Name, errors.Join(err, p.Output.Off(context.WithoutCancel(ctx))))
	}
	p.ready = plan
	return nil
}

// equipped checks that there is something for each kind of action.
func (p *Player) equipped(plan *Plan) error {
	for _, a := range plan.Actions {
		missing := ""
		switch {
		case (a.Kind == Open || a.Kind == Close) && p.Line == nil:
			missing = "a switch in the line"
		case a.Kind == RunList && p.Lister == nil:
			missing = "an instrument with list mode"
		case (a.Kind == Prepare || a.Kind == Swap) && p.Rails == nil:
			missing = "a second rail"
		case a.Kind == Await && p.Event == nil:
			missing = "events of a test procedure"
		}
		if missing != "" {
			return fmt.Errorf("%w: %s", ErrEquipment, missing)
		}
	}
	return nil
}

// run is one plan being carried out.
type run struct {
	*Player
	plan   *Plan
	clock  *Clock
	played Played
	opened time.Time
}

func (r *run) all(ctx context.Context) error {
	// Actions are due earlier by what they need until they take effect, which may change their order.
	order := make([]int, len(r.plan.Actions))
	for i := range order {
		order[i] = i
	}
	due := func(i int) time.Duration { return r.plan.Actions[i].At - r.plan.Lead(r.plan.Actions[i].Kind) }
	for begin := 0; begin < len(order); {
		end := begin
		for end < len(order) && r.plan.Actions[end].Kind != Await {
			end++
		}
		slices.SortStableFunc(order[begin:end], func(a, b int) int { return int(due(a) - due(b)) })
		begin = end + 1
	}
	for _, i := range order {
		if err := r.action(ctx, i); err != nil {
			return err
		}
	}
	return r.until(ctx, r.clock.when(r.plan.Curve.Duration()))
}

func (r *run) action(ctx context.Context, i int) error {
	a := r.plan.Actions[i]
	if a.Kind == RunList && i >= r.loaded {
		if err := r.load(ctx, i); err != nil {
			return err
		}
	}
	due := r.clock.when(a.At - r.plan.Lead(a.Kind))
	if err := r.until(ctx, due); err != nil {
		return err
	}
	began := time.Now()
	if err := r.do(ctx, i); err != nil {
		return fmt.Errorf("%v at %v: %w", a.Kind, a.At, err)
	}
	done := Done{Action: a, Due: due, Began: began, Ended: time.Now()}
	r.played.Actions = append(r.played.Actions, done)
	if r.Did != nil {
		r.Did(done)
	}
	return nil
}

// load programs the first list at or behind action i, unless the curve waits for an event before it. An instrument
// holds one list, so no list may be running.
func (r *run) load(ctx context.Context, i int) error {
	for ; i < len(r.plan.Actions) && r.plan.Actions[i].Kind != Await; i++ {
		a := r.plan.Actions[i]
		if a.Kind != RunList {
			continue
		}
		r.loaded = i + 1
		if err := r.Lister.Load(ctx, a.List, a.Repeat); err != nil {
			return fmt.Errorf("load the list for %v: %w", a.At, err)
		}
		return nil
	}
	return nil
}

func (r *run) do(ctx context.Context, i int) error {
	a := r.plan.Actions[i]
	switch a.Kind {
	case Set:
		return r.Output.Set(ctx, a.Volts)
	case RunList:
		return r.Lister.Run(ctx)
	case Open:
		err := r.Line.Break()
		r.opened = time.Now()
		return err
	case Close:
		err := r.Line.Make()
		r.played.Opened[a.Segment] = time.Since(r.opened)
		return err
	case Prepare:
		return r.Rails.Prepare(ctx, a.Volts)
	case Swap:
		return r.Rails.Swap()
	}
	return r.await(ctx, i)
}

// await lets the curve stand still until an event.
func (r *run) await(ctx context.Context, i int) error {
	a := r.plan.Actions[i]
	due := r.clock.when(a.At)
	r.clock.stop()
	if err := r.load(ctx, i+1); err != nil {
		return err
	}
	at, err := r.Event(ctx, a.Event)
	if err != nil {
		return err
	}
	// An event that came before the curve waited for it does not hold it up.
	if effect := at.Add(r.plan.Delay()); effect.After(due) {
		due = effect
	}
	r.clock.start(due, a.At)
	return nil
}

// until waits for a time, which may have passed.
func (r *run) until(ctx context.Context, t time.Time) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	wait := time.Until(t)
	if wait <= 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

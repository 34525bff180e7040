package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/record"
	"otabench/bench/trigger"
	"otabench/power"
	"otabench/power/profile"
)

// Performance is a voltage profile on a rail, ready to begin. It is the action of a trigger that begins it.
type Performance struct {
	rail   *Rail
	plan   *profile.Plan
	start  chan time.Time
	events map[string]chan time.Time
	cancel context.CancelFunc
	done   chan struct{}
	clock  profile.Clock
	second *twoRails // nil if the plan needs no other rail

	mu         sync.Mutex
	comparison *profile.Comparison
	result     profile.Judgement
	played     profile.Played
	outcome    record.Stimulus
	err        error
}

// ErrPlaying: a rail plays one profile at a time.
var ErrPlaying = errors.New("the rail plays a profile already")

// Curve compiles a profile with the voltages that the bench file gives for the rail's units.
func (r *Rail) Curve(p *profile.Profile) (*profile.Curve, error) {
	return Curve(r.bench.file, r.role, p)
}

// Plan says how the rail would make a curve, and how well.
func (r *Rail) Plan(c *profile.Curve) *profile.Plan {
	return profile.NewPlan(c, Capability(r.bench.file, r.role))
}

// Play plays a curve at once and returns when it is over, with what was measured. A curve that the rail cannot make
// fails with profile.ErrBlocked and nothing is energised. A profile that is not met, or not measured, makes the spec
// void.
func (r *Rail) Play(ctx context.Context, c *profile.Curve) (profile.Judgement, error) {
	p, err := r.Prepare(ctx, c)
	if err != nil {
		return profile.Judgement{}, err
	}
	if err := p.Do(); err != nil {
		return profile.Judgement{}, err
	}
	return p.Wait(ctx)
}

// Prepare energises the rail at the voltage at which a curve begins, and returns what plays it.
func (r *Rail) Prepare(ctx context.Context, c *profile.Curve) (*Performance, error) {
	plan := r.Plan(c)
	if plan.Blocked != "" {
		return nil, fmt.Errorf("prepare %s on %s: %w: %s", c.Name, r.role, profile.ErrBlocked, plan.Blocked)
	}
	p := newPerformance(r, plan)
	playing, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	if err := r.engage(p); err != nil {
		cancel()
		return nil, fmt.Errorf("prepare %s on %s: %w", c.Name, r.role, err)
	}
	// Who ends the performance, ends this too.
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(playing, stop)()
	begin := plan.Begin()
	err := r.OnAt(ctx, begin)
	if err == nil && p.second != nil {
		err = p.second.ready(ctx, begin)
	}
	if err == nil {
		err = r.Await(ctx, begin-settled, begin+settled)
	}
	if err != nil {
		if p.second != nil {
			err = errors.Join(err, p.second.Off(ctx))
		}
		cancel()
		close(p.done)
		return nil, fmt.Errorf("prepare %s: %w", c.Name, err)
	}
	go p.run(playing)
	return p, nil
}

// settled is how near a rail has to get to the voltage at which a curve begins.
const settled = 200 * physic.MilliVolt

func newPerformance(r *Rail, plan *profile.Plan) *Performance {
	sensor, _ := r.reader()
	p := &Performance{
		rail: r, plan: plan, start: make(chan time.Time, 1), events: map[string]chan time.Time{},
		done: make(chan struct{}), comparison: profile.NewComparison(plan.Curve, sensor),
	}
	if slices.Contains(plan.Methods, profile.ByRails) {
		p.second = newTwoRails(r)
	}
	for _, w := range plan.Curve.Waits {
		if p.events[w.Event] == nil {
			p.events[w.Event] = make(chan time.Time, len(plan.Curve.Waits))
		}
	}
	return p
}

// engage makes p the rail's performance, if there is none going on.
func (r *Rail) engage(p *Performance) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.play != nil && !r.play.over() {
		return ErrPlaying
	}
	r.play = p
	return nil
}

// endPlay interrupts a performance and returns when it has ended; the rail is off then if it had begun.
func (r *Rail) endPlay() {
	if p := r.interruptPlay(); p != nil {
		<-p.done
	}
}

// interruptPlay does not wait for the end of the performance that it interrupts, and returns it.
func (r *Rail) interruptPlay() *Performance {
	r.mu.Lock()
	p := r.play
	r.mu.Unlock()
	if p != nil {
		p.cancel()
	}
	return p
}

// compare gives a reading to the performance that goes on.
func (r *Rail) compare(reading power.Reading) {
	r.mu.Lock()
	p := r.play
	r.mu.Unlock()
	if p == nil {
		return
	}
	if at, ok := p.clock.Position(reading.Time); ok {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.comparison.Add(at, reading.Voltage)
	}
}

func (p *Performance) String() string { return fmt.Sprintf("play %s on %s", p.plan.Curve.Name, p.rail) }

// Plan is how the rail makes the curve.
func (p *Performance) Plan() *profile.Plan { return p.plan }

// Do begins the performance and does not wait for it: it is the action of a trigger.
func (p *Performance) Do() error {
	select {
	case <-p.done:
		return fmt.Errorf("%v: it is over", p)
	default:
	}
	select {
	case p.start <- time.Now():
		return nil
	default:
		return fmt.Errorf("%v: %w", p, ErrPlaying)
	}
}

// Signal tells of an event that the profile waits for: the action of a trigger.
func (p *Performance) Signal(event string) trigger.Action {
	return trigger.Func("tell "+p.plan.Curve.Name+" of "+event, func() error {
		select {
		case p.events[event] <- time.Now():
			return nil
		default:
			return fmt.Errorf("%s does not wait for %q", p.plan.Curve.Name, event)
		}
	})
}

// Wait returns when the performance is over, with what was measured. If ctx ends first, the performance is interrupted
// and the rail switched off.
func (p *Performance) Wait(ctx context.Context) (profile.Judgement, error) {
	select {
	case <-p.done:
	case <-ctx.Done():
		p.cancel()
		<-p.done
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.result, p.err
}

// Outcome is what the record says of the performance, once it is over.
func (p *Performance) Outcome() record.Stimulus {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.outcome
}

func (p *Performance) over() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// run waits for the start, plays, and judges.
func (p *Performance) run(ctx context.Context) {
	defer close(p.done)
	defer p.cancel()
	player := profile.Player{Output: playOutput{p.rail}, Lister: playList{p.rail}, Event: p.await, Clock: &p.clock}
	if p.rail.contact != nil {
		player.Line = playLine{p.rail}
	}
	if p.second != nil {
		player.Output, player.Rails = p.second, p.second
	}
	var start time.Time
	err := player.Ready(ctx, p.plan)
	if err == nil {
		start, err = p.begin(ctx)
	}
	if err != nil {
		p.finish(profile.Played{}, err)
		return
	}
	played, err := player.Play(ctx, p.plan, start)
	p.finish(played, err)
	if p.second != nil && err == nil {
		if err := p.second.end(ctx); err != nil {
			p.rail.bench.Fault(p.rail.role, fmt.Errorf("go back to one rail: %w", err))
		}
	}
	p.record(start)
}

// begin waits for the start.
func (p *Performance) begin(ctx context.Context) (time.Time, error) {
	select {
	case start := <-p.start:
		return start, nil
	case <-ctx.Done():
		return time.Time{}, context.Cause(ctx)
	}
}

func (p *Performance) await(ctx context.Context, event string) (time.Time, error) {
	select {
	case at := <-p.events[event]:
		return at, nil
	case <-ctx.Done():
		return time.Time{}, context.Cause(ctx)
	}
}

func (p *Performance) finish(played profile.Played, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for segment, d := range played.Opened {
		p.comparison.Opened(segment, d)
	}
	p.result, p.played, p.err = p.comparison.Result(), played, err
}

// record notes the outcome, and that it makes the spec void if it does.
func (p *Performance) record(start time.Time) {
	s := p.stimulus(start)
	p.mu.Lock()
	p.outcome = s
	p.mu.Unlock()
	p.rail.bench.opts.Record.Add(s)
	switch {
	case p.err != nil && !errors.Is(p.err, context.Canceled):
		p.rail.bench.Fault(p.rail.role, p.err)
	case p.err == nil && s.Void:
		p.rail.bench.Fault(p.rail.role, fmt.Errorf("the stimulus %s is %s", s.Profile, s.Verdict))
	}
}

func (p *Performance) stimulus(start time.Time) record.Stimulus {
	verdict := p.result.Verdict()
	_, source := p.rail.reader()
	s := record.Stimulus{
		Rail: p.rail.role, Profile: p.plan.Curve.Name, Source: source,
		Begun: p.rail.bench.opts.Record.Since(start), Length: p.plan.Curve.Duration(), Late: p.played.Late(),
		Expected: p.plan.Verdict().Before(), Verdict: verdict.String(), Void: verdict.Void() || p.err != nil,
	}
	if p.err != nil {
		s.Error = p.err.Error()
	}
	expected := p.plan.Rows()
	for i, row := range p.result.Rows() {
		s.Parts = append(s.Parts, record.Part{
			Name: row.Segment.Name, Shape: row.Segment.String(), Count: row.Count, Met: row.Met,
			Expected: expected[i].Verdict.Before(), Verdict: row.Verdict.String(),
			Volts: float64(row.Volts) / float64(physic.Volt), Time: row.Time, Readings: row.Readings, Reason: row.Reason,
		})
	}
	return s
}

// playOutput is a rail as a Player sets it.
type playOutput struct{ rail *Rail }

func (o playOutput) Set(ctx context.Context, v physic.ElectricPotential) error {
	err := o.rail.command(ctx, func(out *power.Output) error { return out.Set(ctx, v) })
	o.rail.note("set", v.String(), err)
	return err
}

func (o playOutput) Off(ctx context.Context) error { return o.rail.off(ctx) }

// playLine is the rail's switch as a Player moves it.
type playLine struct{ rail *Rail }

func (l playLine) Make() error  { return l.rail.make() }
func (l playLine) Break() error { return l.rail.breakContact() }

// playList is the supply's own list of voltages as a Player uses it.
type playList struct{ rail *Rail }

func (l playList) Load(ctx context.Context, steps []profile.Step, repeat int) error {
	points := make([]power.Point, len(steps))
	for i, s := range steps {
		points[i] = power.Point{Voltage: s.Volts, Dwell: s.Dwell}
	}
	err := l.rail.command(ctx, func(out *power.Output) error { return out.LoadSequence(ctx, points, repeat) })
	l.rail.note("load list", fmt.Sprintf("%d points, %d times", len(points), repeat), err)
	return err
}

func (l playList) Run(ctx context.Context) error {
	err := l.rail.command(ctx, func(out *power.Output) error { return out.StartSequence(ctx) })
	l.rail.note("start list", "", err)
	return err
}

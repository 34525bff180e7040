package profile

import (
	"fmt"
	"slices"
	"time"

	"periph.io/x/conn/v3/physic"
)

// Method is how a part of a curve is made.
type Method uint8

// Methods.
const (
	ByHost  Method = iota + 1 // each step is a command at its time
	ByList                    // the instrument makes a list of points by itself
	ByCut                     // a switch opens the line
	ByRails                   // a switch changes between two rails
	ByNone                    // nothing can
)

func (m Method) String() string {
	if m < ByHost || m > ByNone {
		return fmt.Sprintf("Method(%d)", uint8(m))
	}
	return [...]string{"host", "list", "switch", "rails", "none"}[m-1]
}

// Kind says what an action does.
type Kind uint8

// Kinds of actions.
const (
	Set     Kind = iota + 1 // set the voltage of the rail that feeds
	RunList                 // start the list
	Open                    // open the line
	Close                   // close it
	Prepare                 // set the voltage of the rail that does not feed
	Swap                    // change over to it
	Await                   // wait for an event
)

func (k Kind) String() string {
	if k < Set || k > Await {
		return fmt.Sprintf("Kind(%d)", uint8(k))
	}
	return [...]string{"set", "run list", "open", "close", "prepare", "swap", "await"}[k-1]
}

// Step is a point of a list: a voltage and how long it stays.
type Step struct {
	Volts physic.ElectricPotential
	Dwell time.Duration
}

// Action is one thing to be done at a time of the curve.
type Action struct {
	At      time.Duration
	Kind    Kind
	Segment int
	Volts   physic.ElectricPotential // Set, Prepare
	List    []Step                   // RunList
	Repeat  int
	Event   string // Await
}

// Plan is how a rail makes a curve, and how well that will be.
type Plan struct {
	// Judgement is what is to be expected, part by part.
	Judgement
	Methods []Method // of each segment
	Actions []Action // in the order of their time
	// Can is what the plan was made for.
	Can Capability
	// Blocked is why the plan may not be carried out: a part outside the limits, or one that nothing can make.
	Blocked string
}

// NewPlan decides how each part of a curve is made with what a rail can do, and predicts how it will look at the
// terminals. What the prediction is held against is the tolerance of the curve.
func NewPlan(c *Curve, can Capability) *Plan {
	b := &builder{
		curve: c, can: can, coarse: 1,
		plan: &Plan{Judgement: Judgement{Curve: c}, Methods: make([]Method, len(c.Segments)), Can: can},
	}
	b.level = b.aim(c.Before)
	waits := c.Waits
	for i := 0; i < len(c.Segments); {
		for len(waits) > 0 && waits[0].At <= c.Segments[i].Start {
			b.add(Action{At: waits[0].At, Kind: Await, Segment: i, Event: waits[0].Event})
			waits = waits[1:]
		}
		i = b.chunk(i, waits)
	}
	for _, w := range waits {
		b.add(Action{At: w.At, Kind: Await, Segment: len(c.Segments) - 1, Event: w.Event})
	}
	b.plan.Findings = b.plan.predict(func(Point) {}).Findings
	b.forbid()
	return b.plan
}

// Begin is the voltage that the rail has to be set to before the curve begins.
func (p *Plan) Begin() physic.ElectricPotential {
	return p.Can.round(p.Curve.Before + p.Curve.Tolerance.aim())
}

// Lead is how long before its effect an action has to begin: the latency of what makes it.
func (p *Plan) Lead(k Kind) time.Duration {
	switch {
	case k == RunList && p.Can.List != nil:
		return p.Can.List.Latency
	case (k == Open || k == Close) && p.Can.Switch != nil:
		return p.Can.Switch.Latency
	case k == Swap && p.Can.Second != nil:
		return p.Can.Second.Latency
	case k == Await:
		return 0
	}
	return p.Can.Latency
}

// Delay is from the event to what follows it at the terminals: the longest latency of all that takes part.
func (p *Plan) Delay() time.Duration {
	var longest time.Duration
	for _, a := range p.Actions {
		longest = max(longest, p.Lead(a.Kind))
	}
	return longest
}

// builder makes a plan.
type builder struct {
	curve *Curve
	can   Capability
	plan  *Plan
	free  time.Duration // when the last command is over
	level physic.ElectricPotential
	// coarse multiplies the steps of ramps and ripple, for lists that would be too long.
	coarse float64
}

func (b *builder) add(a Action) { b.plan.Actions = append(b.plan.Actions, a) }

// chunk plans the segments from i on that nothing interrupts, and returns where it stopped.
func (b *builder) chunk(i int, waits []Wait) int {
	if b.curve.Segments[i].Open {
		b.cut(i)
		return i + 1
	}
	end := i + 1
	for end < len(b.curve.Segments) && !b.curve.Segments[end].Open &&
		(len(waits) == 0 || waits[0].At > b.curve.Segments[end].Start) {
		end++
	}
	if b.list(i, end) {
		return end
	}
	for ; i < end; i++ {
		b.hosted(i)
	}
	return end
}

// cut opens the line for a segment.
func (b *builder) cut(i int) {
	s := b.curve.Segments[i]
	if b.can.Switch == nil {
		b.plan.Methods[i] = ByNone
		return
	}
	b.plan.Methods[i] = ByCut
	b.add(Action{At: s.Start, Kind: Open, Segment: i})
	b.add(Action{At: s.Start + max(s.Length, b.can.Switch.Shortest), Kind: Close, Segment: i})
}

// hosted makes a segment of commands at their time, or of a change between two rails where that is faster.
func (b *builder) hosted(i int) {
	s := b.curve.Segments[i]
	b.plan.Methods[i] = ByHost
	if b.swaps(i) {
		b.plan.Methods[i] = ByRails
		b.add(Action{At: b.free, Kind: Prepare, Segment: i, Volts: b.aim(s.To)})
		b.add(Action{At: s.Start, Kind: Swap, Segment: i})
		b.free, b.level = s.Start, b.aim(s.To)
		return
	}
	for _, p := range b.points(s, b.can.Interval) {
		// Of a recording, what comes too fast is left out. It would hold up what follows.
		if s.Recorded && p.at < b.free && i+1 < len(b.curve.Segments) {
			continue
		}
		b.set(i, p)
	}
}

// set adds a command, unless the output is there already.
func (b *builder) set(i int, p point) {
	if p.v == b.level {
		return
	}
	b.add(Action{At: p.at, Kind: Set, Segment: i, Volts: p.v})
	b.free, b.level = p.at+b.can.Interval, p.v
}

// swaps says whether an edge is one for two rails: the supply is too slow or too unsteady for it, and there is time to
// prepare the other.
func (b *builder) swaps(i int) bool {
	s := b.curve.Segments[i]
	if b.can.Second == nil || !isEdge(s) {
		return false
	}
	steady := i == 0 || b.can.Jitter <= b.curve.Tolerance.of(b.curve.Segments[i-1].Length)
	if steady && b.can.travel(s.From, s.To) <= s.Length {
		return false
	}
	ready := b.free + b.can.Latency + b.can.Jitter + b.can.Interval
	return ready <= s.Start
}

// list makes segments of a list of points, if the instrument has such a mode and they fit, in coarser steps if need
// be.
func (b *builder) list(from, to int) bool {
	if b.can.List == nil || to-from < 2 {
		return false
	}
	defer func() { b.coarse = 1 }()
	for _, b.coarse = range []float64{1, 1.25, 1.6, 2, 2.5, 3} {
		if b.fits(from, to) {
			return true
		}
	}
	return false
}

func (b *builder) fits(from, to int) bool {
	mode := b.can.List
	var all []point
	for i := from; i < to; i++ {
		all = append(all, b.points(b.curve.Segments[i], mode.MinDwell)...)
	}
	start, end := b.curve.Segments[from].Start, b.curve.Segments[to-1].End()
	for i := range all {
		all[i].at = mode.snap(start, all[i].at)
	}
	most := mode.MaxDwell
	if mode.Resolution > 0 {
		// The list may not run into the command behind it.
		end = start + (end - start).Truncate(mode.Resolution)
		most = most.Truncate(mode.Resolution)
	}
	f, ok := fold(dwell(all, end, most), b.level)
	if !ok {
		return false
	}
	short := func(s Step) bool { return s.Dwell < mode.MinDwell }
	if len(f.cycle) > mode.Points || f.repeat > max(mode.Repeats, 1) || slices.ContainsFunc(f.cycle, short) {
		return false
	}
	for i := from; i < to; i++ {
		b.plan.Methods[i] = ByList
	}
	at := b.single(f.head, b.curve.Segments[from].Start)
	b.add(Action{At: at, Kind: RunList, Segment: b.curve.Index(at), List: f.cycle, Repeat: f.repeat})
	b.level = f.cycle[len(f.cycle)-1].Volts
	for _, s := range f.cycle {
		at += s.Dwell * time.Duration(f.repeat)
	}
	b.single(f.rest, at)
	return true
}

// single makes steps of commands from a time on, and returns when they are over.
func (b *builder) single(steps []Step, at time.Duration) time.Duration {
	for _, s := range steps {
		i := b.curve.Index(at)
		b.plan.Methods[i] = ByHost
		b.set(i, point{at, s.Volts})
		at += s.Dwell
	}
	return at
}

// snap brings a time to one that dwells from start on can add up to. To round the times instead of the dwells keeps the
// error from growing along the list.
func (m *ListMode) snap(start, at time.Duration) time.Duration {
	if m.Resolution <= 0 {
		return at
	}
	return start + (at - start).Round(m.Resolution)
}

// dwell turns points into steps, joins equal ones and splits those that are longer than an instrument can hold.
func dwell(all []point, end, most time.Duration) []Step {
	var steps []Step
	for i, p := range all {
		until := end
		if i+1 < len(all) {
			until = all[i+1].at
		}
		if n := len(steps); n > 0 && steps[n-1].Volts == p.v {
			steps[n-1].Dwell += until - p.at
			continue
		}
		steps = append(steps, Step{p.v, until - p.at})
	}
	if most <= 0 {
		return steps
	}
	var split []Step
	for _, s := range steps {
		for s.Dwell > most {
			split = append(split, Step{s.Volts, most})
			s.Dwell -= most
		}
		split = append(split, s)
	}
	return split
}

// folded is a list of steps with its repetition found: head, then cycle repeat times, then rest.
type folded struct {
	head, cycle, rest []Step
	repeat            int
}

// maxSingle is how many steps before and behind a repetition are worth commands of their own.
const maxSingle = 3

// fold finds the repetition of steps that makes the shortest list. Behind a list the instrument goes back to the voltage
// before it, which at first is the given level, so that a list has to end with that; false if none does.
func fold(steps []Step, level physic.ElectricPotential) (best folded, ok bool) {
	length := func(f folded) int { return len(f.head) + len(f.cycle) + len(f.rest) }
	for head := range min(maxSingle+1, len(steps)) {
		if head > 0 {
			level = steps[head-1].Volts
		}
		for rest := range min(maxSingle+1, len(steps)-head) {
			body := steps[head : len(steps)-rest]
			if body[len(body)-1].Volts != level {
				continue
			}
			n := period(body)
			f := folded{steps[:head], body[:n], steps[len(steps)-rest:], len(body) / n}
			if !ok || length(f) < length(best) {
				best, ok = f, true
			}
		}
	}
	return best, ok
}

// period is the shortest cycle that steps repeat as a whole.
func period(steps []Step) int {
	for n := 1; n <= len(steps)/2; n++ {
		if len(steps)%n == 0 && slices.Equal(steps[n:], steps[:len(steps)-n]) {
			return n
		}
	}
	return len(steps)
}

// forbid marks what may not or cannot be done.
func (b *builder) forbid() {
	for i, s := range b.curve.Segments {
		var reason string
		lo, hi := s.bounds(0, s.Length)
		switch {
		case s.Open && b.can.Switch == nil:
			reason = "there is no switch in the line"
		case s.Open:
		case hi+b.curve.Tolerance.aim() > b.can.Highest:
			reason = fmt.Sprintf("%v is above the rail's limit of %v", hi, b.can.Highest)
		case lo < b.can.Lowest:
			reason = fmt.Sprintf("%v is below the rail's %v", lo, b.can.Lowest)
		}
		if reason == "" {
			continue
		}
		b.plan.Methods[i] = ByNone
		b.plan.Findings[i] = Finding{Verdict: NotMet, Reason: reason}
		if b.plan.Blocked == "" {
			b.plan.Blocked = fmt.Sprintf("%s: %s", s.Name, reason)
		}
	}
}

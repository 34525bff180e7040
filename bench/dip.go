package bench

import (
	"context"
	"fmt"
	"sync"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/record"
	"otabench/bench/trigger"
	"otabench/power"
)

// Dip sets the rail to a level when its trigger fires, and back after d. It is done by commands to the supply, which take
// their time, beside the receive path: the firing's latency is that of the start, and the record says when the commands
// were carried out and what was measured. For a curve that is exact, prepare a [Performance].
//
// The rail has to be on, and to play nothing. [Rail.On], [Rail.Set] and [Rail.Off] end a dip, and so does
// [Bench.DisarmAll]. A level that was not measured by the dip's end makes the spec void, so a dip needs a sensor at the
// rail's terminals and has to be longer than the supply takes.
func (r *Rail) Dip(level physic.ElectricPotential, d time.Duration) trigger.Action {
	return trigger.Func(fmt.Sprintf("dip %s to %v for %v", r.role, level, d), func() error { return r.dip(level, d) })
}

// dip is a dip that goes on.
type dip struct {
	*disturbance
	rail  *Rail
	level physic.ElectricPotential
	back  physic.ElectricPotential

	mu      sync.Mutex
	reached bool
	nearest physic.ElectricPotential // of what was measured, to the level
	read    int
}

func (r *Rail) dip(level physic.ElectricPotential, d time.Duration) error {
	fail := func(why string) error { return fmt.Errorf("dip %s to %v: %s", r.role, level, why) }
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case !r.wanted || r.level == 0:
		return fail("it is not on")
	case level < 0 || level > r.config.Limits.Voltage:
		return fail(fmt.Sprintf("the bench file limits the rail to %v", r.config.Limits.Voltage))
	case r.play != nil && !r.play.over():
		return fmt.Errorf("dip %s to %v: %w", r.role, level, ErrPlaying)
	case r.dipping != nil:
		return fail("it dips already")
	}
	p := &dip{rail: r, level: level, back: r.level}
	var err error
	// The lock keeps the goroutine from looking for its own end before it is known.
	if p.disturbance, err = r.bench.disturbances.begin(func(ctx context.Context) { p.run(ctx, d) }); err != nil {
		return fmt.Errorf("dip %s to %v: %w", r.role, level, err)
	}
	r.dipping = p
	return nil
}

// run dips for d, and less if ctx ends before. A command that has begun is carried out: one that is broken off leaves the
// output off.
func (p *dip) run(ctx context.Context, d time.Duration) {
	r := p.rail
	defer p.forget()
	if err := p.set(p.level); err != nil {
		r.bench.Fault(r.role, fmt.Errorf("dip to %v: %w", p.level, err))
		return
	}
	begun := time.Now()
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
	p.judge(time.Since(begun), d)
	if p.ended() {
		return // who took the rail over says what comes of it
	}
	if err := p.set(p.back); err != nil {
		r.bench.Fault(r.role, fmt.Errorf("end the dip to %v: %w", p.level, err))
	}
}

// set fails only while the dip has the rail: who switches it off interrupts this.
func (p *dip) set(v physic.ElectricPotential) error {
	ctx := context.Background()
	err := p.rail.command(ctx, func(out *power.Output) error { return out.Set(ctx, v) })
	s := record.Setting{Device: p.rail.role, Action: "set", Value: v.String()}
	if err != nil {
		s.Error = err.Error()
	}
	p.rail.bench.opts.Record.Add(s)
	if p.ended() {
		return nil
	}
	return err
}

// judge says what was measured; a dip that was not is a fault.
func (p *dip) judge(took, wished time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.rail
	switch {
	case p.read == 0:
		r.bench.Fault(r.role, fmt.Errorf("the dip to %v for %v was not measured: no sensor gave a reading", p.level, wished))
	case !p.reached:
		r.bench.Fault(r.role, fmt.Errorf("the dip to %v for %v came to %v only; make it longer than the supply takes",
			p.level, wished, p.nearest))
	default:
		r.bench.opts.Record.Add(record.Note{Text: fmt.Sprintf("%s dipped to %v, wished %v for %v, lasted %v",
			r.role, p.nearest, p.level, wished, took.Round(time.Microsecond))})
	}
}

// observe is told each reading of the rail's sensor.
func (p *dip) observe(v physic.ElectricPotential) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.read++; p.read == 1 || away(v, p.level) < away(p.nearest, p.level) {
		p.nearest = v
	}
	p.reached = p.reached || away(v, p.level) <= settled
}

func away(a, b physic.ElectricPotential) physic.ElectricPotential { return max(a-b, b-a) }

// dipped gives a reading to the dip that goes on.
func (r *Rail) dipped(reading power.Reading) {
	if r.sensor == nil {
		return
	}
	r.mu.Lock()
	p := r.dipping
	r.mu.Unlock()
	if p != nil {
		p.observe(reading.Voltage)
	}
}

// ended reports that somebody else took the rail over.
func (p *dip) ended() bool {
	p.rail.mu.Lock()
	defer p.rail.mu.Unlock()
	return p.rail.dipping != p
}

func (p *dip) forget() {
	p.rail.mu.Lock()
	defer p.rail.mu.Unlock()
	if p.rail.dipping == p {
		p.rail.dipping = nil
	}
}

// endDip takes the rail over from a dip, and returns when that no longer commands it.
func (r *Rail) endDip() {
	if p := r.interruptDip(); p != nil {
		<-p.done
	}
}

// interruptDip does not wait for the end of the dip that it interrupts, and returns it.
func (r *Rail) interruptDip() *dip {
	r.mu.Lock()
	p := r.dipping
	r.dipping = nil
	r.mu.Unlock()
	if p != nil {
		p.cancel()
	}
	return p
}

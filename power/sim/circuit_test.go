package sim

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// TestCircuitAgainstIntegration compares the closed form with a step by step integration of the same circuit, for
// settings and loads that change at random.
func TestCircuitAgainstIntegration(t *testing.T) {
	for seed := range uint64(8) {
		random := rand.New(rand.NewPCG(seed, 226))
		exact := &circuit{
			source: source{limit: 3, slew: 1000, capacitance: 220e-6, bleeder: 1e3},
			line:   line{resistance: 0.05, capacitance: 470e-6, conductance: 1e-4},
		}
		exact.contact(true)
		euler := *exact
		for range 6 {
			disturb(random, exact, &euler)
			span := time.Duration(1+random.IntN(20)) * time.Millisecond
			run(exact, span)
			euler.integrate(span.Seconds())
			if diff := math.Abs(exact.rail - euler.rail); diff > 0.02 {
				t.Fatalf("seed %d: closed form %.4f V, integrated %.4f V: %+v", seed, exact.rail, euler.rail, exact)
			}
			euler.rail, euler.terminals, euler.reference = exact.rail, exact.terminals, exact.reference
		}
	}
}

func disturb(random *rand.Rand, circuits ...*circuit) {
	what, amount := random.IntN(4), random.Float64()
	for _, c := range circuits {
		switch what {
		case 0:
			c.enable(amount < 0.7)
		case 1:
			c.program(amount * 16)
		case 2:
			c.load = amount * 5
		case 3:
			c.limit = amount * 3
		}
		c.on = c.on || what == 1
		c.program(c.setpoint)
	}
}

// TestCircuitIsEventDriven: however it is disturbed, a circuit needs few events to settle and never comes to a stop in
// a flutter between two regulations.
func TestCircuitIsEventDriven(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		c := &circuit{
			source: source{limit: 3, slew: 1000, capacitance: 220e-6, bleeder: 1e3, ovp: 14, ovpOn: true, ocp: 3.2, ocpOn: true},
			line:   line{resistance: 0.05, capacitance: 470e-6, conductance: 1e-4},
		}
		for range 20 {
			c.tripped = 0
			c.contact(random.IntN(3) > 0)
			disturb(random, c)
			if events := run(c, time.Duration(random.IntN(1000))*time.Millisecond); events > 20 {
				t.Fatalf("%d events: %+v", events, c)
			}
			if c.rail < 0 || c.rail > 16 || c.terminals < 0 || c.terminals > 16 {
				t.Fatalf("out of bounds: %+v", c)
			}
		}
	}
}

// run follows the plan for a span of time and counts events.
func run(c *circuit, span time.Duration) (events int) {
	for ; span > 0; events++ {
		s := c.plan()
		t := min(s.until, span)
		c.step(s, t)
		span -= t
	}
	return events
}

// integrate is the joined circuit by Euler's method.
func (c *circuit) integrate(span float64) {
	const dt = 5e-7
	for t := 0.0; t < span; t += dt {
		aim := c.reference.at(time.Duration(t * 1e9))
		i, capacitance, leak := (aim-c.rail)/c.resistance, c.line.capacitance, c.conductance
		switch {
		case !c.on || i < 0:
			i, capacitance, leak = 0, c.joined(), c.leak()
		case i > c.limit:
			i, capacitance, leak = c.limit, c.joined(), c.leak()
		}
		c.rail = max(0, c.rail+dt*(i-c.load-c.rail*leak)/capacitance)
	}
}

func TestCurveReach(t *testing.T) {
	for name, tc := range map[string]struct {
		c     curve
		level float64
		want  time.Duration
	}{
		"ramp":                    {curve{b: 1000, tau: 1}, 5, 5 * time.Millisecond},
		"never":                   {curve{a: 5, d: 5, tau: 1}, 4, never},
		"asymptote":               {curve{d: 5, tau: 1e-3}, 0, never},
		"exponential":             {curve{d: 10, tau: 1e-3}, 10 / math.E, time.Millisecond},
		"behind the extremum":     {curve{b: 1000, d: 3, tau: 1e-3}, 3.5, 3399867 * time.Nanosecond},
		"on the way to the bend":  {curve{b: 1000, d: 3, tau: 1e-3}, 2.5, 318684 * time.Nanosecond},
		"beyond the bend's reach": {curve{b: 1000, d: 3, tau: 1e-3}, 2, never},
		"constant":                {constant(5), 5, never},
	} {
		t.Run(name, func(t *testing.T) {
			got := tc.c.reach(tc.level, 10*time.Millisecond)
			if tc.want == never != (got == never) || (got-tc.want).Abs() > 10*time.Nanosecond && tc.want != never {
				t.Errorf("reach(%v) = %v, want %v", tc.level, got, tc.want)
			}
			if got != never && (tc.c.at(got-1) < tc.level) == (tc.c.at(got) < tc.level) {
				t.Errorf("it does not cross at %v: %v, %v", got, tc.c.at(got-1), tc.c.at(got))
			}
		})
	}
}

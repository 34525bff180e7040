package sweep

import (
	"fmt"
	"slices"
	"time"
)

// Plan is what a sweep is going to do.
type Plan struct {
	Procedures []Surveyed
	Faults     []string
	Points     []Point
}

// Surveyed is a procedure with its moments.
type Surveyed struct {
	Procedure Procedure
	Moments   []Moment
	// Failed is set, and Moments is not, if the unit failed undisturbed.
	Failed *Result
	// Length is how long the procedure took, on the clock of the bench, and Cost on the computer's.
	Length, Cost time.Duration
}

// parts are where a flash operation is disturbed: at its beginning, in its middle, and just before its end.
var parts = []float64{0, 0.5, 0.999}

// NewPlan disturbs every moment with every fault: each frame at its end, and each flash operation in three places.
func NewPlan(surveyed []Surveyed, names []string) (Plan, error) {
	p := Plan{Procedures: surveyed, Faults: names}
	for _, name := range names {
		f, ok := faults[name]
		if !ok {
			return p, fmt.Errorf("there is no fault %q; there are %v", name, FaultNames())
		}
		for _, s := range surveyed {
			for _, m := range s.Moments {
				p.Points = append(p.Points, m.points(s.Procedure, name, f)...)
			}
		}
	}
	return p, nil
}

// points are those of a moment with a fault.
func (m Moment) points(p Procedure, name string, f fault) []Point {
	if m.Offset.Flash == 0 {
		if f.inFlash {
			return nil
		}
		return []Point{{Procedure: p, Phase: m.Phase, Offset: m.Offset, Fault: name, At: m.At}}
	}
	var all []Point
	for _, part := range parts {
		o := m.Offset
		o.After = time.Duration(part * float64(m.Length))
		all = append(all, Point{Procedure: p, Phase: m.Phase, Offset: o, Fault: name, At: m.At + o.After})
	}
	return all
}

// Count is how many points there are of a procedure.
func (p Plan) Count(procedure Procedure, fault string) (n int) {
	for _, x := range p.Points {
		if x.Procedure == procedure && x.Fault == fault {
			n++
		}
	}
	return n
}

// Without leaves out points that were tried before, as a sweep that was stopped does when it goes on.
func (p Plan) Without(done map[string]bool) Plan {
	p.Points = slices.DeleteFunc(slices.Clone(p.Points), func(x Point) bool { return done[x.String()] })
	return p
}

// Brief leaves out the frames within messages, so that there are the first and the last frame of each message, and all
// operations of the flash.
func (p Plan) Brief() Plan {
	var some []Point
	for i, x := range p.Points {
		within := x.Offset.Flash == 0 && x.Offset.Frame > 0 && i+1 < len(p.Points) &&
			p.Points[i+1].Offset.Flash == 0 && p.Points[i+1].Offset.Frame > 0
		if !within {
			some = append(some, x)
		}
	}
	p.Points = some
	return p
}

// Only leaves one point in n, spread evenly.
func (p Plan) Only(n int) Plan {
	if n <= 0 || n >= len(p.Points) {
		return p
	}
	some := make([]Point, 0, n)
	for i := range n {
		some = append(some, p.Points[i*len(p.Points)/n])
	}
	p.Points = some
	return p
}

// Frames is how many of the moments are frames.
func (s Surveyed) Frames() (n int) {
	for _, m := range s.Moments {
		if m.Offset.Flash == 0 {
			n++
		}
	}
	return n
}

// Estimate is how long the plan takes the computer: each trial opens a bench and goes as far as its point, and those that
// do not share the end of another one end with a reflash.
func (p Plan) Estimate(workers int) time.Duration {
	var total float64
	for _, s := range p.Procedures {
		for _, x := range p.Points {
			if x.Procedure != s.Procedure {
				continue
			}
			share := opening + float64(x.At)/float64(max(s.Length, 1))
			if !faults[x.Fault].shares {
				share += reflashing
			}
			total += share * float64(s.Cost)
		}
	}
	return time.Duration(total / float64(max(workers, 1)))
}

// What opening a bench and mending a unit take, as parts of what an undisturbed procedure does.
const (
	opening    = 0.2
	reflashing = 1.2
)

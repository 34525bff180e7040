package rederive

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"otabench/bench/record"
	"otabench/can/isotp"
	"otabench/reports"
)

// derivation derives the value of a measurement from the raw evidence that its basis names.
type derivation struct {
	record.Measurement
	spec string
	eval evaluator
}

// evaluator gathers the evidence of one measurement.
type evaluator interface {
	// reading and frame take evidence within the bounds of the basis.
	reading(reading)
	frame(t time.Duration, p *isotp.PDU, m *message)
	// value is what follows; false if there is no evidence from which it could.
	value() (float64, bool)
}

// readBases sorts the measurements by the rail or ECU of whose evidence they follow.
func (c *checker) readBases() {
	for _, s := range c.run.Specs {
		for _, m := range s.Measurements {
			if m.Basis == nil {
				c.res.Measurements.Reported++
				continue
			}
			d := &derivation{Measurement: m, spec: s.ID}
			if d.eval = c.newEvaluator(*m.Basis); d.eval == nil {
				c.res.Measurements.Underived++
				c.res.uncompared("measurement %s of spec %s: this version knows no basis %q", m.Name, s.ID, m.Basis.Function)
				continue
			}
			of := c.bases[m.Basis.Subject]
			if of == nil {
				of = &deriving{}
				c.bases[m.Basis.Subject] = of
			}
			of.waiting = append(of.waiting, d)
		}
	}
	for _, of := range c.bases {
		slices.SortStableFunc(of.waiting, func(a, b *derivation) int { return cmp.Compare(a.Basis.From, b.Basis.From) })
	}
}

// basesOf are the measurements of a rail or an ECU.
func (c *checker) basesOf(subject string) *deriving {
	if of := c.bases[subject]; of != nil {
		return of
	}
	return &deriving{}
}

// deriving are the measurements of one subject while its evidence passes, in the order of their beginnings.
type deriving struct {
	waiting, open []*derivation
}

// at calls f for each measurement to which evidence at t belongs.
func (d *deriving) at(c *checker, t time.Duration, file string, f func(evaluator)) {
	for len(d.waiting) > 0 && d.waiting[0].Basis.From <= t+tick {
		d.open, d.waiting = append(d.open, d.waiting[0]), d.waiting[1:]
	}
	if len(d.open) == 0 {
		return
	}
	d.open = slices.DeleteFunc(d.open, func(one *derivation) bool {
		if one.Basis.To+tick < t {
			c.conclude(one, file)
			return true
		}
		f(one.eval)
		return false
	})
}

// finish concludes what is left.
func (d *deriving) finish(c *checker, file string) {
	for _, one := range slices.Concat(d.open, d.waiting) {
		c.conclude(one, file)
	}
	d.open, d.waiting = nil, nil
}

// conclude compares a measurement with what was derived.
func (c *checker) conclude(d *derivation, file string) {
	value, ok := d.eval.value()
	scale, known := scales[d.Unit]
	value *= scale
	name := "measurement " + d.Name
	switch {
	case !known:
		c.foundAt(d.Basis.From, d.spec, file, name, fmt.Sprintf("a unit of %q", d.Unit), "gives V, A, s, ms or Wh")
	case !ok:
		c.res.Measurements.Underived++
		c.foundAt(d.Basis.From, d.spec, file, name, show(d.Measurement, d.Value), "has no evidence for it")
	case math.Abs(value-d.Value) > rounding*max(1, scale) && !(math.Abs(value-d.Value) <= relative*math.Abs(value)):
		c.foundAt(d.Basis.From, d.spec, file, name, show(d.Measurement, d.Value), "gives "+show(d.Measurement, value))
	default:
		c.res.Measurements.Derived++
		again := d.Measurement
		again.Value = value
		if was, is := reports.Measured(d.Measurement), reports.Measured(again); was != is {
			c.foundAt(d.Basis.From, d.spec, file, "verdict of "+name, string(was), string(is))
		}
	}
}

const (
	rounding = 2e-6 // of what the files have in millionths, in the units of the evaluators
	relative = 1e-6
)

// scales are from the units of the evaluators, V, s and J, to those of measurements.
var scales = map[string]float64{"V": 1, "s": 1, "ms": 1e3, "Wh": 1.0 / 3600}

func show(m record.Measurement, v float64) string { return fmt.Sprintf("%.9g %s", v, m.Unit) }

func (c *checker) newEvaluator(b record.Basis) evaluator {
	switch b.Function {
	case record.LowestVoltage, record.HighestVoltage, record.MiddleVoltage, record.VoltageDifference:
		return &voltages{function: b.Function}
	case record.Energy:
		return &energy{}
	case record.Elapsed:
		return &elapsed{from: b.From, to: b.To}
	case record.LongestResponse, record.LongestAfterPending, record.ShortestPending:
		return &responses{function: b.Function}
	case record.FrameToVoltage:
		c.anchors[b.From] = false
		return &frameToVoltage{from: b.From, to: b.To, anchors: c.anchors}
	}
	return nil
}

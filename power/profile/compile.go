package profile

import (
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"time"

	"periph.io/x/conn/v3/physic"
)

// maxSegments bounds a curve.
const maxSegments = 200_000

// Compile makes a curve with the given values of parameters; those that are left out have their defaults. It fails
// with ErrRefused for a profile that no bench supply can make, with ErrParameter for a value that the profile has no
// parameter for, and with an *Error for a step that makes no sense with these values.
func (p *Profile) Compile(values map[string]physic.ElectricPotential) (*Curve, error) {
	if p.Refused != "" {
		return nil, fmt.Errorf("profile %s: %w: %s", p.Name, ErrRefused, p.Refused)
	}
	c := &compiler{curve: &Curve{Name: p.Name, Tolerance: p.Tolerance}, values: map[string]quantity{}}
	for _, parameter := range p.Parameters {
		c.values[parameter.Name] = quantity{n: int64(parameter.Default), dim: voltage}
	}
	for name, v := range values {
		if _, ok := c.values[name]; !ok {
			known := listed(slices.Sorted(maps.Keys(c.values)))
			return nil, fmt.Errorf("profile %s: %w: %q; it has %s", p.Name, ErrParameter, name, known)
		}
		if v < -maxVolts || v > maxVolts {
			return nil, fmt.Errorf("profile %s: %w: %s = %v", p.Name, ErrParameter, name, v)
		}
		c.values[name] = quantity{n: int64(v), dim: voltage}
	}
	start, err := p.start.eval(c.values, voltage)
	if err != nil {
		return nil, &Error{p.file, []Problem{{1, 1, "start: " + err.Error()}}}
	}
	c.curve.Before, c.level = start.volts(), start.volts()
	if err := c.steps(p.steps); err != nil {
		var at *stepError
		if errors.As(err, &at) {
			return nil, &Error{p.file, []Problem{{at.step.place.Line, at.step.place.Column, at.err.Error()}}}
		}
		return nil, err
	}
	if c.curve.Duration() == 0 {
		return nil, &Error{p.file, []Problem{{1, 1, "a profile takes time: want a step with hold, in, within, rate or cut"}}}
	}
	return c.curve, nil
}

// stepError says which step is wrong.
type stepError struct {
	step *step
	err  error
}

func (e *stepError) Error() string { return e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }

// compiler appends to a curve what steps say.
type compiler struct {
	curve  *Curve
	values map[string]quantity
	level  physic.ElectricPotential
	end    time.Duration
}

func (c *compiler) steps(all []step) error {
	for i := range all {
		if err := c.step(&all[i]); err != nil {
			var inner *stepError
			if errors.As(err, &inner) {
				return err
			}
			return &stepError{&all[i], err}
		}
	}
	return nil
}

func (c *compiler) step(s *step) error {
	switch {
	case s.await != "":
		if len(c.curve.Waits) >= maxSegments {
			return fmt.Errorf("%w: more than %d waits", ErrTooLong, maxSegments)
		}
		c.curve.Waits = append(c.curve.Waits, Wait{c.end, s.await})
		return nil
	case s.cut != nil:
		length, err := c.length("cut", s.cut)
		if err != nil {
			return err
		}
		return c.add(s, Segment{Length: length, From: c.level, To: c.level, Open: true})
	case s.repeat > 0:
		return c.repeat(s)
	case s.loop != nil:
		return c.loop(s)
	}
	return c.point(s)
}

func (c *compiler) point(s *step) error {
	if s.to != nil {
		if err := c.travel(s); err != nil {
			return err
		}
	}
	if s.hold == nil {
		return nil
	}
	length, err := c.length("hold", s.hold)
	if err != nil {
		return err
	}
	segment := Segment{Length: length, From: c.level, To: c.level}
	if s.ripple != nil {
		if segment.Ripple, err = c.ripple(s.ripple); err != nil {
			return err
		}
	}
	err = c.add(s, segment)
	if s.ripple != nil && err == nil {
		// What follows goes on from where the sine has got to.
		c.level = segment.At(segment.Length) / physic.MicroVolt * physic.MicroVolt
	}
	return err
}

// travel goes to a level.
func (c *compiler) travel(s *step) error {
	to, err := s.to.eval(c.values, voltage)
	if err != nil {
		return err
	}
	segment := Segment{From: c.level, To: to.volts()}
	c.level = to.volts()
	switch {
	case s.in != nil:
		segment.Length, err = c.length("in", s.in)
	case s.within != nil:
		segment.AtMost = true
		segment.Length, err = c.length("within", s.within)
	case s.rate != nil:
		segment.Length, err = c.pace(s.rate, segment.To-segment.From)
	default:
		return nil // the next part begins at another level
	}
	if err != nil || segment.From == segment.To {
		return err
	}
	return c.add(s, segment)
}

// pace is how long a change takes at a rate.
func (c *compiler) pace(e *expression, change physic.ElectricPotential) (time.Duration, error) {
	r, err := e.eval(c.values, rate)
	if err != nil {
		return 0, err
	}
	if r.n <= 0 {
		return 0, fmt.Errorf("rate %q: want more than 0 V/s", e.text)
	}
	// A thousand volts at nanovolts an hour do not fit an int64.
	n := new(big.Int).Mul(big.NewInt(int64(max(change, -change))), big.NewInt(int64(r.period)))
	if n.Quo(n, big.NewInt(r.n)); !n.IsInt64() || n.Int64() > int64(maxTime) {
		return 0, fmt.Errorf("rate %q: %w: the change takes more than %v", e.text, ErrTooLong, maxTime)
	}
	return time.Duration(n.Int64()), nil
}

func (c *compiler) length(what string, e *expression) (time.Duration, error) {
	q, err := e.eval(c.values, duration)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%s: %w", what, err)
	case q.n <= 0:
		return 0, fmt.Errorf("%s: %q is no time above 0", what, e.text)
	}
	return q.time(), nil
}

func (c *compiler) ripple(r *ripple) (Ripple, error) {
	pp, err := r.peakToPeak.eval(c.values, voltage)
	if err != nil {
		return Ripple{}, err
	}
	f, err := r.frequency.eval(c.values, frequency)
	if err != nil {
		return Ripple{}, err
	}
	const most = 100 * physic.KiloHertz
	if pp.n <= 0 || f.n <= 0 || physic.Frequency(f.n) > most {
		return Ripple{}, fmt.Errorf("ripple: want a voltage above 0V and a frequency above 0Hz up to %v", most)
	}
	return Ripple{PeakToPeak: pp.volts(), Frequency: physic.Frequency(f.n), Phase: phases()[r.begin]}, nil
}

func phases() map[string]float64 { return map[string]float64{"low": -0.25, "middle": 0, "high": 0.25} }

func (c *compiler) repeat(s *step) error {
	for range s.repeat {
		before := c.end
		waits := len(c.curve.Waits)
		if err := c.steps(s.steps); err != nil {
			return err
		}
		if c.end == before && len(c.curve.Waits) == waits {
			return errors.New("repeat: the steps take no time")
		}
	}
	return nil
}

func (c *compiler) loop(s *step) error {
	l := s.loop
	if _, taken := c.values[l.name]; taken {
		return fmt.Errorf("for: %s is a parameter already", l.name)
	}
	from, to, by, err := c.counted(l)
	if err != nil {
		return err
	}
	defer delete(c.values, l.name)
	for v := from.n; v <= to.n && by > 0 || v >= to.n && by < 0; v += by {
		c.values[l.name] = quantity{n: v, dim: from.dim}
		if err := c.steps(s.steps); err != nil {
			return err
		}
	}
	return nil
}

// counted evaluates the bounds of a loop; by has the sign that leads from one to the other.
func (c *compiler) counted(l *loop) (from, to quantity, by int64, err error) {
	dim := voltage
	if from, err = l.from.eval(c.values, dim); err != nil {
		dim = duration
		from, err = l.from.eval(c.values, dim)
	}
	if err != nil {
		return from, to, 0, fmt.Errorf("for: from: want a voltage or a time: %w", err)
	}
	if to, err = l.to.eval(c.values, dim); err != nil {
		return from, to, 0, fmt.Errorf("for: to: %w", err)
	}
	step, err := l.by.eval(c.values, dim)
	if err != nil {
		return from, to, 0, fmt.Errorf("for: by: %w", err)
	}
	by = step.n
	distance := max(to.n-from.n, from.n-to.n)
	if by <= 0 || distance/by > maxRepeats {
		return from, to, 0, fmt.Errorf("for: by: %q does not lead from %s to %s in at most %d steps",
			l.by.text, l.from.text, l.to.text, maxRepeats)
	}
	if to.n < from.n {
		by = -by
	}
	return from, to, by, nil
}

// add appends a segment to the curve.
func (c *compiler) add(s *step, segment Segment) error {
	segment.Name, segment.Origin, segment.Start = s.name, s.origin, c.end
	switch {
	case len(c.curve.Segments) >= maxSegments:
		return fmt.Errorf("%w: more than %d parts", ErrTooLong, maxSegments)
	case segment.Length > maxTime-c.end:
		return fmt.Errorf("%w: more than %v", ErrTooLong, maxTime)
	}
	c.curve.Segments = append(c.curve.Segments, segment)
	c.end = segment.End()
	return nil
}

package sim

import (
	"fmt"

	"otabench/power"
)

// protection is what OUTPut:OVP and OUTPut:OCP differ in.
type protection struct {
	trip   power.Trip
	unit   string
	format string
	max    func(rating) float64
	level  func(*circuit) *float64
	armed  func(*circuit) *bool
}

func overvoltage() protection {
	return protection{
		trip: power.TripOVP, unit: "V", format: "%.3f",
		max:   func(r rating) float64 { return r.ovp },
		level: func(c *circuit) *float64 { return &c.ovp },
		armed: func(c *circuit) *bool { return &c.ovpOn },
	}
}

func overcurrent() protection {
	return protection{
		trip: power.TripOCP, unit: "A", format: "%.4f",
		max:   func(r rating) float64 { return r.ocp },
		level: func(c *circuit) *float64 { return &c.ocp },
		armed: func(c *circuit) *bool { return &c.ocpOn },
	}
}

// commands returns the subsystem below a header such as OUTPut:OVP.
func (p protection) commands(header string) []command {
	return []command{
		{nodes: compile(header + ":[STATe]"), set: p.setArmed, query: p.showArmed},
		{nodes: compile(header + ":VALue"), set: p.setLevel, query: p.showLevel},
		{nodes: compile(header + ":QUES"), query: p.showTripped},
		{nodes: compile(header + ":ALAR"), query: p.showTripped},
		{nodes: compile(header + ":CLEar"), set: p.clear},
	}
}

func (p protection) setLevel(r *request) error {
	ch, err := r.channel()
	if err != nil {
		return err
	}
	return r.program(ch, fmt.Sprintf("%s %v", p.unit, p.trip), 0.001, p.max(ch.rating),
		func(c *circuit, v float64) { *p.level(c) = v })
}

func (p protection) showLevel(r *request) (string, error) {
	ch, err := r.channel()
	if err != nil {
		return "", err
	}
	var level float64
	ch.change(func(c *circuit) { level = *p.level(c) })
	return fmt.Sprintf(p.format, level), r.end()
}

func (p protection) setArmed(r *request) error {
	ch, err := r.channel()
	if err != nil {
		return err
	}
	on, err := r.boolean()
	if err != nil {
		return err
	}
	ch.change(func(c *circuit) { *p.armed(c) = on })
	r.supply.opts.Events(fmt.Sprintf("%v %v %s", ch, p.trip, onOff(on)))
	return r.end()
}

func (p protection) showArmed(r *request) (string, error) {
	ch, err := r.channel()
	if err != nil {
		return "", err
	}
	var on bool
	ch.change(func(c *circuit) { on = *p.armed(c) })
	return onOff(on), r.end()
}

func (p protection) showTripped(r *request) (string, error) {
	return r.show(func(o OutputState) string { return word(o.Tripped&p.trip != 0, "YES", "NO") })
}

func (p protection) clear(r *request) error {
	ch, err := r.channel()
	if err != nil {
		return err
	}
	ch.change(func(c *circuit) { c.tripped &^= p.trip })
	r.supply.opts.Events(fmt.Sprintf("%v %v cleared", ch, p.trip))
	return r.end()
}

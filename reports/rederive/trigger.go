package rederive

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/record"
	"otabench/bench/trigger"
	"otabench/can/isotp"
	"otabench/can/trace"
)

// triggers are the events that triggers fired at, in the order of time.
type triggers struct {
	c      *checker
	left   []*fired // of frames
	others []*fired // of lines and readings
}

// fired is a trigger's event.
type fired struct {
	record.TriggerFired
	spec  string
	found bool
	seen  string // what was in the trace at that time instead
}

func newTriggers(c *checker) triggers {
	t := triggers{c: c}
	for _, s := range c.run.Specs {
		for _, armed := range s.Triggers {
			if armed.Fired == nil {
				continue
			}
			one := &fired{TriggerFired: *armed.Fired, spec: s.ID}
			switch what := what(one.Event); {
			case onBus(what):
				t.left = append(t.left, one)
			case strings.HasPrefix(what, "from "), strings.HasPrefix(what, "console "):
				t.others = append(t.others, one)
			}
		}
	}
	slices.SortStableFunc(t.left, func(a, b *fired) int { return cmp.Compare(a.At, b.At) })
	return t
}

// what is an event without its source, by the words of [trigger.Observation]; empty if it is none of the bench's evidence.
func what(event string) string {
	source, what, _ := strings.Cut(event, ": ")
	if source == "record" {
		return ""
	}
	return what
}

// onBus reports whether an event is one of frames.
func onBus(what string) bool {
	for _, prefix := range []string{"request ", "response ", "frame "} {
		if strings.HasPrefix(what, prefix) {
			return true
		}
	}
	return strings.Contains(what, " from the ECU") || strings.Contains(what, " to the ECU")
}

// at calls f for each event that is awaited at a time, and ends those before it.
func (t *triggers) at(now time.Duration, f func(*fired)) {
	for len(t.left) > 0 && t.left[0].At < now {
		t.missed(t.left[0])
		t.left = t.left[1:]
	}
	for _, e := range t.left {
		if e.At > now {
			return
		}
		f(e)
	}
}

// frame looks whether a frame is an event.
func (t *triggers) frame(bus string, r *trace.Record, now time.Duration) {
	t.at(now, func(e *fired) {
		e.sees(trigger.Observation{Kind: trigger.Frame, Source: bus, Frame: r.Frame})
	})
}

// see looks whether a frame of a diagnostic message is an event, as the bench's own receive path does.
func (b *bus) see(ecu string, p *isotp.PDU, now time.Duration) {
	b.triggers.at(now, func(e *fired) {
		e.sees(trigger.Observation{Kind: trigger.Transport, Source: ecu, PDU: p})
		if len(p.Data) == 0 {
			return
		}
		begun, sent := trigger.ResponseBegun, trigger.ResponseSeen
		if p.Tx {
			begun, sent = trigger.RequestBegun, trigger.RequestSent
		}
		if p.Kind == isotp.SingleFrame || p.Kind == isotp.FirstFrame {
			e.sees(trigger.Observation{Kind: begun, Source: ecu, Data: p.Data})
		}
		if p.Complete {
			e.sees(trigger.Observation{Kind: sent, Source: ecu, Data: p.Data})
		}
	})
}

func (e *fired) sees(o trigger.Observation) {
	if text := o.String(); text == e.Event {
		e.found = true
	} else if e.seen == "" || o.Kind != trigger.Frame {
		e.seen = text
	}
}

func (t *triggers) missed(e *fired) {
	switch b := t.c.bus; {
	case e.found:
		t.c.res.Triggers++
	case b.gone:
		t.c.res.uncompared("the event of trigger %d of spec %s", e.ID, e.spec)
	case b.lossy():
		t.c.res.uncompared("the event of trigger %d of spec %s: frames were lost", e.ID, e.spec)
	default:
		t.c.foundAt(e.At, e.spec, b.file(), fmt.Sprintf("event of trigger %d", e.ID), e.Event, cmp.Or(e.seen, "has no frame then"))
	}
}

func (t *triggers) finish() {
	for _, e := range t.left {
		t.missed(e)
	}
	t.left = nil
	for _, e := range t.others {
		if e.found {
			t.c.res.Triggers++
			continue
		}
		source, _, _ := strings.Cut(e.Event, ": ")
		t.c.foundAt(e.At, e.spec, t.fileOf(source), fmt.Sprintf("event of trigger %d", e.ID), e.Event, "has none then")
	}
}

// fileOf is where the event of a role stands.
func (t *triggers) fileOf(source string) string {
	if _, isRail := t.c.file.Rails[source]; isRail {
		return t.c.rail(source).file()
	}
	return t.c.console(source).file()
}

// line looks whether a line of a console is an event.
func (t *triggers) line(now time.Duration, l record.ConsoleLine) {
	for _, e := range t.others {
		if e.At == now && (trigger.Observation{Kind: trigger.Line, Source: l.ECU, Text: l.Text}).String() == e.Event {
			e.found = true
		}
	}
}

// reading looks whether a reading of a rail is an event.
func (t *triggers) reading(rail string, one reading) {
	for _, e := range t.others {
		if d := e.At - one.t; d > tick || d < -tick {
			continue
		}
		v := physic.ElectricPotential(one.micros) * physic.MicroVolt
		if strings.HasPrefix(e.Event, rail+": from ") && strings.Contains(e.Event, fmt.Sprintf(" to %v in ", v)) {
			e.found = true
		}
	}
}

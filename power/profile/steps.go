package profile

import (
	"strconv"

	"github.com/goccy/go-yaml/ast"
)

// stepList reads a list of steps; depth counts the lists around it.
func (r *reader) stepList(n ast.Node, depth int) []step {
	seq, ok := n.(*ast.SequenceNode)
	switch {
	case !ok || len(seq.Values) == 0:
		r.problem(n, "want a list of steps")
		return nil
	case depth >= maxDepth:
		r.problem(n, "steps within steps: at most %d deep", maxDepth)
		return nil
	}
	var all []step
	for _, v := range seq.Values {
		if r.steps >= maxSteps {
			r.problem(v, "more than %d steps", maxSteps)
			return all
		}
		all = append(all, r.step(v, depth))
	}
	return all
}

func (r *reader) step(n ast.Node, depth int) step {
	s := step{origin: r.steps, place: place(n, "")}
	r.steps++
	m := r.mapping(n, "a step")
	s.name = m.text("name")
	defer m.done()
	switch {
	case m.has("to"), m.has("hold"):
		r.point(&s, m)
	case m.has("cut"):
		s.cut = m.expression("cut")
	case m.has("await"):
		s.await = m.name("await", isProfileName, "the name of an event: lower-case letters, digits and -")
	case m.has("repeat"):
		s.repeat = r.count(m.take("repeat"))
		s.steps = r.nested(m, depth)
	case m.has("for"):
		s.loop = r.loop(m.take("for"))
		s.steps = r.nested(m, depth)
	default:
		r.problem(n, "want one of to, hold, cut, await, repeat, for")
		m.accepted = []string{
			"to", "in", "within", "rate", "hold", "ripple", "cut", "await", "repeat", "for", "steps", "name",
		}
	}
	return s
}

// point reads a level, the way to it and the time at it.
func (r *reader) point(s *step, m *mapping) {
	s.to, s.hold = m.expression("to"), m.expression("hold")
	s.in, s.within, s.rate = m.expression("in"), m.expression("within"), m.expression("rate")
	ways := 0
	for _, e := range []*expression{s.in, s.within, s.rate} {
		if e != nil {
			ways++
		}
	}
	switch {
	case ways > 1:
		r.problem(m.node, "want one of in, within and rate")
	case ways > 0 && s.to == nil:
		r.problem(m.node, "in, within and rate say how to get to a level: want to")
	}
	n := m.take("ripple")
	if n == nil {
		return
	}
	if s.hold == nil {
		r.problem(n, "ripple needs a hold")
	}
	s.ripple = r.ripple(n)
}

func (r *reader) ripple(n ast.Node) *ripple {
	m := r.mapping(n, "peak_to_peak, frequency and begin")
	defer m.done()
	pp, f := m.expression("peak_to_peak"), m.expression("frequency")
	out := &ripple{begin: "middle"}
	if begin := m.take("begin"); begin != nil {
		out.begin = scalar(begin)
		if _, ok := phases()[out.begin]; !ok {
			r.problem(begin, "begin: %.20q is not accepted; want low, middle or high", out.begin)
		}
	}
	if pp == nil || f == nil {
		r.problem(n, "ripple: want peak_to_peak and frequency")
		return out
	}
	out.peakToPeak, out.frequency = *pp, *f
	return out
}

func (r *reader) count(n ast.Node) int {
	c, err := strconv.Atoi(scalar(n))
	if err != nil || c < 1 || c > maxRepeats {
		r.problem(n, "repeat: %.20q is not a number from 1 to %d", scalar(n), maxRepeats)
	}
	return c
}

func (r *reader) nested(m *mapping, depth int) []step {
	n := m.take("steps")
	if n == nil {
		r.problem(m.node, "want steps to repeat")
		return nil
	}
	return r.stepList(n, depth+1)
}

// loop reads {name: {from: A, to: B, by: C}}.
func (r *reader) loop(n ast.Node) *loop {
	l := &loop{}
	m := r.mapping(n, "one name with from, to and by")
	if len(m.entries) != 1 || !isParameterName(scalar(m.entries[0].Key)) {
		r.problem(n, "for: want one name with from, to and by")
		return l
	}
	l.name = scalar(m.entries[0].Key)
	v := r.mapping(m.entries[0].Value, "from, to and by")
	defer v.done()
	from, to, by := v.expression("from"), v.expression("to"), v.expression("by")
	if from == nil || to == nil || by == nil {
		r.problem(n, "for: want from, to and by")
		return l
	}
	l.from, l.to, l.by = *from, *to, *by
	return l
}

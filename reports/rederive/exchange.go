package rederive

import (
	"fmt"
	"slices"
	"time"

	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/can/isotp"
	"otabench/ecu/uds"
	"otabench/reports"
)

// Tolerances of times. What the tester did was stamped by a program, beside the receive path that stamps frames: in virtual
// time both are the same. When a response began is the time of its frame in either.
const (
	exact   = time.Microsecond
	apart   = 10 * time.Millisecond  // clocks of the program and of the bus
	program = 500 * time.Millisecond // a program that waits for its turn on a busy computer
)

// window is a stretch of time.
type window struct{ from, to time.Duration }

func (w window) has(t time.Duration) bool { return t >= w.from && t <= w.to }

func newLink(b *bus, role string, e config.ECU) *link {
	a := e.Description.Address
	return &link{
		role: role, bus: b, kernel: e.Description.Transport.Kernel, simulated: config.IsVirtual(b.c.file.Buses[e.Bus].Address), tx: a.Request,
		tester: isotp.NewListener(a.ISOTP(), 0), others: isotp.NewListener(a.ISOTP(), 0),
		derive: b.c.basesOf(role),
	}
}

// exchange compares an exchange with the trace, which was followed up to its end.
func (b *bus) exchange(x record.Exchange) {
	l := b.links[x.ECU]
	switch {
	case b.gone:
		b.c.res.uncompared("exchanges: %s is not there, or not whole", b.file())
	case l == nil && b.c.file.ECUs[x.ECU].Bus == "":
		b.c.found(reports.BenchFile, "exchange with "+x.ECU, "an ECU", "no such ECU")
	case l == nil:
	case x.Functional:
		l.functional(x)
	default:
		l.physical(x)
	}
}

// span is when the frames of an exchange were on the bus.
func (l *link) span(x record.Exchange) window {
	return window{x.Sent - l.early(), x.Sent + x.Took + l.early()}
}

// physical compares an exchange with one ECU.
func (l *link) physical(x record.Exchange) {
	asked := l.claim(x)
	if asked == nil {
		l.unsent(x)
		return
	}
	l.bus.c.res.Exchanges++
	first, last := asked[0], asked[len(asked)-1]
	if len(asked) != 1+x.Repeats && !l.bus.lossy() {
		l.found("attempts of a request to "+l.role, fmt.Sprint(1+x.Repeats), fmt.Sprint(len(asked)))
	}
	l.compareLeft(x, last)
	l.compareAnswers(x, first)
	l.answers = slices.DeleteFunc(l.answers, func(m *message) bool { return m.number < first.number })
	l.claimed = last.number
}

func (l *link) found(what, recorded, raw string) {
	l.bus.c.found(l.bus.file(), what, recorded, raw)
}

// claim takes the requests of an exchange from those that nothing told of: all of its attempts. nil means that there are
// none. One whose bytes differ is taken for it if there is no better.
func (l *link) claim(x record.Exchange) []*message {
	w := l.span(x)
	in := func(m *message) bool { return w.has(m.begin) }
	i := slices.IndexFunc(l.requests, func(m *message) bool { return in(m) && m.is(x.Request, x.RequestLen, x.RequestSum) })
	if i < 0 {
		if i = slices.IndexFunc(l.requests, in); i < 0 || x.Response == "" && x.NRC == "" && x.Error != "" {
			return nil
		}
		l.found("request to "+l.role, describeRequest(x), l.requests[i].String())
	}
	n := 1
	for i+n < len(l.requests) && n <= x.Repeats && in(l.requests[i+n]) && l.requests[i+n].is(x.Request, x.RequestLen, x.RequestSum) {
		n++
	}
	asked := slices.Clone(l.requests[i : i+n])
	l.requests = slices.Delete(l.requests, i, i+n)
	return asked
}

// unsent is about an exchange of which no frame is in the trace. That is so where the bench itself kept them from the bus.
func (l *link) unsent(x record.Exchange) {
	c := l.bus.c
	switch {
	case l.bus.lossy():
		c.res.uncompared("an exchange with %s at %v: frames were lost", l.role, x.Sent)
	case !l.bus.have && c.cut():
		c.res.uncompared("exchanges with %s: the run was cut short, and the trace ends before the record", l.role)
	case x.Response == "" && x.NRC == "" && c.keptFromBus(l.role, x.Sent):
		c.res.Withheld++
	default:
		l.found("request to "+l.role, describeRequest(x), "has none")
	}
}

// compareLeft compares when the request's last frame had left.
func (l *link) compareLeft(x record.Exchange, m *message) {
	answered := x.Response != "" || x.NRC != ""
	switch left := x.Sent + x.Left; {
	case !m.whole() && answered && !l.bus.lossy():
		l.found("request to "+l.role, describeRequest(x), m.String())
	case !m.whole() || x.Left == 0 && !answered:
	case left < m.end-l.early() || left > m.end+l.late():
		l.found("end of a request to "+l.role, left.String(), m.end.String())
	}
}

// early and late are how much the tester's own times may be before and after those of frames.
func (l *link) early() time.Duration {
	switch {
	case l.bus.c.run.Header.Virtual:
		return exact
	case l.kernel, l.simulated:
		return program
	}
	return apart
}

func (l *link) late() time.Duration {
	if l.bus.c.run.Header.Virtual {
		return exact
	}
	return program
}

// compareAnswers compares what the ECU said to a request with what the record says of it.
func (l *link) compareAnswers(x record.Exchange, asked *message) {
	answers := l.answersTo(x, asked)
	l.compareFirst(x, answers)
	service := asked.head[0]
	var pending []*message
	var final, other *message
	for _, m := range answers {
		code, refused := m.refusal(service)
		switch {
		case refused && uds.NRC(code) == uds.ResponsePending:
			pending = append(pending, m)
		case x.NRC != "" && refused && uds.NRC(code).String() == x.NRC,
			x.NRC == "" && x.Response != "" && m.whole() && m.is(x.Response, x.RespLen, x.ResponseSum):
			final = m
		case refused && uds.NRC(code) == uds.BusyRepeatRequest && x.Repeats > 0:
		case refused || m.whole() && m.grants(service):
			other = m
		}
	}
	l.comparePending(x, pending)
	lossy := l.bus.lossy()
	switch answered := x.NRC != "" || x.Response != ""; {
	case answered && final == nil && other != nil:
		l.found("response of "+l.role, describeResponse(x), other.String())
	case answered && final == nil && lossy:
		l.bus.c.res.uncompared("a response of %s at %v: frames were lost", l.role, x.Sent)
	case answered && final == nil:
		l.found("response of "+l.role, describeResponse(x), "has none")
	case answered && (final.end > x.Sent+x.Took+l.early() || final.end < x.Sent+x.Took-l.late()):
		l.found("end of a response of "+l.role, (x.Sent + x.Took).String(), final.end.String())
	case !answered && other != nil:
		l.found("response of "+l.role, describeResponse(x), other.String())
	}
}

// answersTo are the messages of the ECU behind a request, until the tester sent the next one.
func (l *link) answersTo(x record.Exchange, asked *message) []*message {
	w := l.span(x)
	until := ^uint64(0)
	for _, m := range l.requests {
		if m.number > asked.number && m.number < until && !x.Functional {
			until = m.number
		}
	}
	var all []*message
	for _, m := range l.answers {
		if m.number > asked.number && m.number < until && w.has(m.begin) {
			all = append(all, m)
		}
	}
	return all
}

// compareFirst compares when the first response began.
func (l *link) compareFirst(x record.Exchange, answers []*message) {
	if x.First == 0 && x.NRC == "" && x.Response == "" || l.kernel {
		return
	}
	first := x.Sent + x.First
	for _, m := range answers {
		if d := m.begin - first; d <= exact && d >= -exact {
			return
		}
	}
	if len(answers) > 0 {
		l.found("beginning of a response of "+l.role, first.String(), answers[0].begin.String())
	}
}

// comparePending compares the responses by which the ECU asked for more time.
func (l *link) comparePending(x record.Exchange, pending []*message) {
	if len(pending) != x.Pending && !l.bus.lossy() {
		l.found("responses 0x78 of "+l.role, fmt.Sprint(x.Pending), fmt.Sprint(len(pending)))
		return
	}
	if l.kernel || len(x.PendingAt) != len(pending) {
		return
	}
	for i, at := range x.PendingAt {
		if d := x.Sent + at - pending[i].begin; d > exact || d < -exact {
			l.found("response 0x78 of "+l.role, (x.Sent + at).String(), pending[i].begin.String())
		}
	}
}

// functional compares an exchange with all ECUs. Who sent it hears no answers; those of single ECUs are exchanges of
// their own.
func (l *link) functional(x record.Exchange) {
	w := l.span(x)
	m := l.functionalRequests.claim(x, w)
	if m == nil {
		l.unsent(x)
		return
	}
	l.bus.c.res.Exchanges++
	if x.Response != "" || x.NRC != "" {
		l.compareAnswers(x, m)
	}
}

package rederive

import (
	"slices"
	"time"

	"otabench/can"
	"otabench/can/isotp"
)

// link is the connection of the bench's tester with an ECU, as the trace shows it.
type link struct {
	role   string
	bus    *bus
	kernel bool   // ISO-TP runs in the kernel, so that the tester's frames are not known as own ones
	tx     uint32 // identifier of requests

	// simulated buses keep a clock of their own, which falls behind on a busy computer.
	simulated bool

	tester, others     *isotp.Listener // others send to the ECU as well, such as an update master
	asking, answering  *message        // that are being sent; nil between messages
	foreign            *message
	requests           []*message // of the tester, that no exchange has told of
	answers            []*message // of the ECU
	claimed            uint64     // number of the last request that an exchange has told of
	derive             *deriving
	functionalRequests *functional
}

// Bounds of what is kept: an exchange is recorded when it is over, and one follows another.
const (
	maxRequests = 4096
	maxAnswers  = 4096
)

// observe takes a frame that has one of the link's identifiers.
func (l *link) observe(r *can.Received, number uint64, t time.Duration) {
	toECU := r.ID == l.tx
	if toECU && !r.Own && !l.kernel {
		if p, ok := l.others.Observe(*r); ok && p.Tx && !p.Functional {
			l.foreign, _ = l.follow(l.foreign, &p, number, t)
			l.bus.see(l.role, &p, t)
		}
		return
	}
	p, ok := l.tester.Observe(*r)
	if !ok || p.Functional {
		return
	}
	l.bus.see(l.role, &p, t)
	current, keep, most := &l.answering, &l.answers, maxAnswers
	if p.Tx {
		current, keep, most = &l.asking, &l.requests, maxRequests
	}
	m, fresh := l.follow(*current, &p, number, t)
	*current = m
	if fresh {
		if len(*keep) == most {
			if p.Tx {
				l.untold(l.requests[0])
			}
			*keep = slices.Delete(*keep, 0, 1)
		}
		*keep = append(*keep, m)
		if p.Tx {
			l.bus.c.res.Messages++
		}
	}
	l.derive.at(l.bus.c, t, l.bus.file(), func(e evaluator) { e.frame(t, &p, m) })
}

// follow adds a frame to the message that is being sent in a direction, or begins one.
func (l *link) follow(m *message, p *isotp.PDU, number uint64, t time.Duration) (current *message, fresh bool) {
	switch p.Kind {
	case isotp.SingleFrame, isotp.FirstFrame:
		m = &message{number: number, begin: t, length: p.Length, spec: l.bus.c.spec}
		fresh = true
	case isotp.ConsecutiveFrame:
		if m == nil || p.Index == 0 {
			return m, false
		}
	default:
		return m, false
	}
	m.add(p, t)
	return m, fresh
}

// untold is about a request of which no exchange tells.
func (l *link) untold(m *message) {
	l.bus.c.foundAt(m.begin, m.spec, l.bus.file(), "request of the tester to "+l.role, "nothing of it", m.String())
}

// finish is about what is left when the record is over.
func (l *link) finish() {
	for _, m := range l.requests {
		if l.bus.c.cut() && m.number > l.claimed {
			l.bus.c.res.uncompared("the last request to %s: the run was cut short before it was recorded", l.role)
			continue
		}
		l.untold(m)
	}
	l.requests = nil
}

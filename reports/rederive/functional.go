package rederive

import (
	"slices"
	"time"

	"otabench/bench/record"
	"otabench/can"
	"otabench/can/isotp"
	"otabench/ecu/description"
)

// functional are the requests of the bench to all ECUs of a bus at once.
type functional struct {
	bus      *bus
	kernel   bool
	id       uint32
	listener *isotp.Listener
	requests []*message
	told     []*message // that an exchange has told of; those of the single ECUs tell of them again
}

func newFunctional(b *bus, a description.Address) *functional {
	l := isotp.NewListener(a.ISOTP(), a.Functional)
	l.FunctionalByte(a.FunctionalByte)
	return &functional{bus: b, id: a.Functional, listener: l}
}

func (f *functional) observe(r *can.Received, number uint64, t time.Duration) {
	p, ok := f.listener.Observe(*r)
	if !ok || !p.Functional {
		return
	}
	f.bus.c.res.Messages++
	m := &message{number: number, begin: t, length: p.Length, spec: f.bus.c.spec}
	m.add(&p, t)
	if len(f.requests) == maxRequests {
		f.untold(f.requests[0])
		f.requests = slices.Delete(f.requests, 0, 1)
	}
	f.requests = append(f.requests, m)
}

// claim looks for the request of an exchange, nil if there is none. One that is told of by the answer of a single ECU may
// have been claimed before.
func (f *functional) claim(x record.Exchange, w window) *message {
	matches := func(m *message) bool { return w.has(m.begin) && m.is(x.Request, x.RequestLen, x.RequestSum) }
	if i := slices.IndexFunc(f.requests, matches); i >= 0 {
		m := f.requests[i]
		f.requests = slices.Delete(f.requests, i, i+1)
		if f.told = append(f.told, m); len(f.told) > maxRequests {
			f.told = slices.Delete(f.told, 0, 1)
		}
		return m
	}
	if x.Response == "" && x.NRC == "" && x.Pending == 0 {
		return nil
	}
	if i := slices.IndexFunc(f.told, matches); i >= 0 {
		return f.told[i]
	}
	return nil
}

func (f *functional) untold(m *message) {
	f.bus.c.foundAt(m.begin, m.spec, f.bus.file(), "functional request of the tester", "nothing of it", m.String())
}

func (f *functional) finish() {
	for _, m := range f.requests {
		if f.bus.c.cut() {
			f.bus.c.res.uncompared("the last functional request: the run was cut short before it was recorded")
			continue
		}
		f.untold(m)
	}
}

package rederive

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	"otabench/bench/config"
	"otabench/can"
	"otabench/can/trace"
)

// bus follows the trace of all buses.
type bus struct {
	c      *checker
	parts  parts
	source *trace.Reader
	record trace.Record
	have   bool
	ended  bool
	gone   bool // no trace, or a damaged one
	last   time.Duration

	wires    map[string]*wire
	current  *wire // of the last frame
	links    map[string]*link
	triggers triggers
}

// wire is one bus of the trace.
type wire struct {
	name       string
	links      map[uint32][]*link // by identifier, with extended for those of 29 bits
	functional map[uint32]*functional
	last       time.Duration
	lost       uint64
	back       bool // its times went back once
}

// extended marks identifiers of 29 bits.
const extended = 1 << 31

const traceName = "trace.pcapng"

func newBus(c *checker) *bus {
	b := &bus{
		c: c, parts: parts{open: c.open, base: traceName, mark: "-"},
		wires: map[string]*wire{}, links: map[string]*link{},
	}
	for role := range c.file.Buses {
		b.wires[role] = &wire{name: role, links: map[uint32][]*link{}, functional: map[uint32]*functional{}}
	}
	for role, e := range c.file.ECUs {
		b.connect(role, e)
	}
	b.triggers = newTriggers(c)
	return b
}

// connect follows the connection with an ECU. One whose address is not known has no link.
func (b *bus) connect(role string, e config.ECU) {
	a := e.Description.Address
	w := b.wires[e.Bus]
	if w == nil || a.Request == 0 && a.Response == 0 {
		return
	}
	l := newLink(b, role, e)
	b.links[role] = l
	for _, id := range []uint32{a.Request, a.Response} {
		w.links[key(id, a.Extended)] = append(w.links[key(id, a.Extended)], l)
	}
	f := w.functional[key(a.Functional, a.Extended)]
	if f == nil {
		f = newFunctional(b, a)
		w.functional[key(a.Functional, a.Extended)] = f
	}
	l.functionalRequests = f
}

func key(id uint32, is29 bool) uint32 {
	if is29 {
		id |= extended
	}
	return id
}

func (b *bus) file() string { return b.parts.String() }

// advance follows the trace up to a time.
func (b *bus) advance(until time.Duration) {
	for b.peek() {
		t := b.record.Time.Sub(b.c.run.Header.Started)
		if t > until {
			return
		}
		b.have = false
		b.frame(t)
	}
}

// peek reads the next frame if there is none yet.
func (b *bus) peek() bool {
	for !b.have && !b.ended {
		if b.source == nil && !b.open() {
			return false
		}
		var err error
		b.record, err = b.source.Next()
		switch {
		case err == nil:
			b.have = true
		case errors.Is(err, io.EOF):
			b.source = nil
		default:
			b.damaged(err)
		}
	}
	return b.have
}

// open begins the next file of the trace.
func (b *bus) open() bool {
	err := b.parts.next()
	switch {
	case err == nil:
		b.source = trace.NewReader(bufio.NewReaderSize(b.parts.file, 1<<20))
		return true
	case errors.Is(err, io.EOF) && b.parts.n > 0:
	case errors.Is(err, io.EOF):
		b.gone = true // which says something only where a frame is needed
	default:
		b.gone = true
		b.c.res.uncompared("exchanges and triggers: %v", err)
	}
	b.ended = true
	return false
}

// damaged ends a file of the trace where it breaks off.
func (b *bus) damaged(err error) {
	b.source = nil
	if errors.Is(err, trace.ErrTruncated) && b.c.cut() {
		return
	}
	b.gone = true
	b.c.found(b.file(), "trace", "no fault of the file", err.Error())
	b.c.res.uncompared("the rest of %s: %v", b.file(), err)
}

// frame takes the next frame of the trace.
func (b *bus) frame(t time.Duration) {
	r := &b.record
	b.c.res.Frames++
	b.last = max(b.last, t)
	w := b.wire(r.Bus)
	if w == nil {
		return
	}
	if (t < w.last || t < 0) && !w.back {
		w.back = true
		b.c.foundAt(t, b.c.spec, b.file(), "order of the frames on "+w.name, fmt.Sprintf("at least %v", w.last), t.String())
	}
	w.last = max(w.last, t)
	w.lost += r.Lost
	b.triggers.frame(w.name, r, t)
	if _, needed := b.c.anchors[t]; needed {
		b.c.anchors[t] = true
	}
	if r.Flags&(can.Error|can.Remote) != 0 {
		return
	}
	id := key(r.ID, r.Is(can.Extended))
	for _, l := range w.links[id] {
		l.observe(&r.Received, b.c.res.Frames, t)
	}
	if f := w.functional[id]; f != nil && (r.Own || f.kernel) {
		f.observe(&r.Received, b.c.res.Frames, t)
	}
}

// wire returns the bus of a frame, nil if the bench file knows none by that name.
func (b *bus) wire(name string) *wire {
	if b.current == nil || b.current.name != name {
		b.current = b.wires[name]
		if b.current == nil {
			b.c.res.uncompared("frames of %s: the bench file has no such bus", name)
		}
	}
	return b.current
}

// finish follows the trace to its end.
func (b *bus) finish() {
	for b.peek() {
		b.have = false
		b.frame(b.record.Time.Sub(b.c.run.Header.Started))
	}
	for _, l := range b.links {
		l.finish()
		l.derive.finish(b.c, b.file())
	}
	for _, w := range b.wires {
		for _, f := range w.functional {
			f.finish()
		}
	}
	b.triggers.finish()
	b.losses()
	const after = time.Second
	if b.last > b.c.run.Length+after {
		b.c.foundAt(b.last, "", b.file(), "end of the run", b.c.run.Length.String(), fmt.Sprintf("a frame at %v", b.last))
	}
}

// losses compares the frames that were lost.
func (b *bus) losses() {
	told := map[string]uint64{}
	all := uint64(0)
	for _, l := range b.c.run.Lost {
		told[l.Device] += l.Frames
		all += l.Frames
	}
	seen := uint64(0)
	for _, w := range b.wires {
		seen += w.lost
		if w.lost < told[w.name] && !b.gone && told["trace"] == 0 {
			b.c.foundAt(0, "", traceName, "frames that "+w.name+" lost", fmt.Sprint(told[w.name]), fmt.Sprint(w.lost))
		}
	}
	if seen > all {
		b.c.foundAt(0, "", traceName, "frames that were lost", fmt.Sprint(all), fmt.Sprint(seen))
	}
	if max(seen, all) > 0 {
		b.c.res.uncompared("%d frames that were lost, and the exchanges that they belonged to", max(seen, all))
	}
}

// lossy reports whether frames were lost so far, so that what is not in the trace may have been on the bus.
func (b *bus) lossy() bool { return len(b.c.run.Lost) > 0 }

func (b *bus) close() { b.parts.close() }

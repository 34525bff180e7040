package described

import (
	"math"
	"slices"
)

// piece is a part of the address space that holds something.
type piece struct {
	from, to uint64 // to is beyond its end
	data     []byte // nil where nobody knows what is there
	coded    bool   // data is as it was sent, and what the ECU makes of it is not known
}

// everywhere is the whole address space.
const everywhere = math.MaxUint64

// area is a part of the memory: pieces in the order of their addresses, none of which overlap.
type area []piece

// overlaps says that something is there.
func (a area) overlaps(from, to uint64) bool {
	return slices.ContainsFunc(a, func(p piece) bool { return p.from < to && from < p.to })
}

// cut erases a region.
func (a *area) cut(from, to uint64) {
	var rest area
	for _, p := range *a {
		if p.from >= to || from >= p.to {
			rest = append(rest, p)
			continue
		}
		if p.from < from {
			rest = append(rest, p.part(p.from, from))
		}
		if p.to > to {
			rest = append(rest, p.part(to, p.to))
		}
	}
	*a = rest
}

// part is what lies in a region. Its data does not grow into that of others.
func (p piece) part(from, to uint64) piece {
	q := piece{from: from, to: to, coded: p.coded}
	begin, end := min(from-p.from, uint64(len(p.data))), min(to-p.from, uint64(len(p.data)))
	if p.data != nil {
		q.data = p.data[begin:end:end]
	}
	return q
}

// put has a piece in the place of whatever was there. Data that goes on where other data ends becomes one with it.
func (a *area) put(p piece) {
	if p.from >= p.to {
		return
	}
	a.cut(p.from, p.to)
	i, _ := slices.BinarySearchFunc(*a, p.from, func(q piece, from uint64) int {
		if q.from < from {
			return -1
		}
		return 1
	})
	if i > 0 && p.plain() && (*a)[i-1].plain() && (*a)[i-1].to == p.from {
		before := &(*a)[i-1]
		before.data, before.to = append(before.data, p.data...), p.to
		return
	}
	p.data = slices.Clip(p.data) // it grows in a place of its own
	*a = slices.Insert(*a, i, p)
}

// plain says that what is there is known.
func (p piece) plain() bool { return p.data != nil && !p.coded }

// read returns a region that lies in known data, and false for any other.
func (a area) read(from, to uint64) ([]byte, bool) {
	for _, p := range a {
		if p.plain() && from >= p.from && to <= p.to {
			return p.part(from, to).data, true
		}
	}
	return nil, false
}

// within is what lies in the pieces of another area.
func (a area) within(other area) area {
	var all area
	for _, o := range other {
		for _, p := range a {
			if p.from < o.to && o.from < p.to {
				all = append(all, p.part(max(p.from, o.from), min(p.to, o.to)))
			}
		}
	}
	return all
}

// bytes is the data without its gaps. Not all of it is plain if some is coded.
func (a area) bytes() (all []byte, plain bool) {
	plain = true
	for _, p := range a {
		all = append(all, p.data...)
		plain = plain && !p.coded
	}
	return all, plain
}

// clone is a copy that changes by itself.
func (a area) clone() area {
	c := slices.Clone(a)
	for i := range c {
		c[i].data = slices.Clip(c[i].data)
	}
	return c
}

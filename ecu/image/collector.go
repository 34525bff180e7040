package image

import (
	"errors"
	"fmt"
	"sort"
)

// collector gathers the data of records as they stand in a file, and knows afterwards which record gave what.
type collector struct {
	data   []byte  // of all records, one behind the other
	pieces []piece // in the order of the file
	marks  []mark  // one for each record
}

// piece is a run of records that follow each other without a gap.
type piece struct {
	address  uint64
	from, to int // in data
}

func (p piece) end() uint64 { return p.address + uint64(p.to-p.from) }

// mark is where the data of a record begin, and its place in the file.
type mark struct{ from, place int }

// add takes the data of a record, and reports whether there is room for them.
func (c *collector) add(address uint64, data []byte, place int) bool {
	if len(data) == 0 {
		return true
	}
	if len(c.data)+len(data) > MaxSize {
		return false
	}
	from := len(c.data)
	c.data = append(c.data, data...)
	c.marks = append(c.marks, mark{from, place})
	if n := len(c.pieces); n > 0 && c.pieces[n-1].end() == address {
		c.pieces[n-1].to = len(c.data)
		return true
	}
	if len(c.pieces) == maxSegments {
		return false
	}
	c.pieces = append(c.pieces, piece{address, from, len(c.data)})
	return true
}

// image joins the pieces. Where two overlap, it returns an error about the record that came later.
func (c *collector) image(l *lines, format Format) (*Image, error) {
	segments := make([]Segment, len(c.pieces))
	for i, p := range c.pieces {
		segments[i] = Segment{p.address, c.data[p.from:p.to]}
	}
	joined, err := join(segments)
	if overlap := (*overlapError)(nil); errors.As(err, &overlap) {
		first, second := c.places(overlap.From)
		line, _ := lineAndColumn(l.text, first)
		return nil, l.errorAt(second, err, fmt.Sprintf("line %d gave data at 0x%X already; "+
			"a file may give them once, leave one of them out", line, overlap.From))
	}
	if err != nil {
		return nil, err
	}
	return &Image{Name: l.file, Format: format, Segments: joined}, nil
}

// places returns those of the first two records that have the address.
func (c *collector) places(address uint64) (first, second int) {
	var found []int
	for _, p := range c.pieces {
		if p.address <= address && address < p.end() {
			found = append(found, c.place(p.from+int(address-p.address)))
		}
	}
	return found[0], found[1]
}

// place returns that of the record that has a byte of data.
func (c *collector) place(at int) int {
	next := sort.Search(len(c.marks), func(i int) bool { return c.marks[i].from > at })
	return c.marks[next-1].place
}

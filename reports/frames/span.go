package frames

import (
	"cmp"
	"slices"

	"otabench/can"
)

// Span is a time of which a reader wants to see frames: those nearest to At. Times are in nanoseconds since 1970.
type Span struct {
	From, At, To int64
	Frames       int // to keep at most
}

// Extract is what a trace has of a span.
type Extract struct {
	Frames []Frame // in the order of time
	Count  uint64  // frames in the span, with those that are not kept
	// Load counts the frames in equal parts of the span.
	Load [Parts]uint32
}

// Parts is the number of equal parts of a span in which frames are counted.
const Parts = 64

// Frame is a frame of a trace.
type Frame struct {
	Time int64
	Bus  string
	Own  bool // the bench sent it
	can.Frame
}

const (
	// late is by how much a frame may come after a later one, as buses are recorded side by side.
	late = second
	// maxActive bounds the spans to which one frame belongs. Specs follow each other, so there is one, or two where they meet.
	maxActive = 16
)

// collector gathers the extract of one span.
type collector struct {
	Span
	into   *Extract
	before []Frame // a ring of the last frames before At
	oldest int
	after  []Frame
}

// add counts a frame of the span, and says whether it is to be kept.
func (c *collector) add(t int64) bool {
	c.into.Count++
	part := 0
	if length := c.To - c.From; length > 0 {
		part = int(float64(t-c.From) / float64(length) * Parts)
	}
	c.into.Load[min(part, Parts-1)]++
	return c.Frames > 0 && (t < c.At || len(c.after) < c.Frames)
}

// keep remembers a frame; before At, the last ones replace the first.
func (c *collector) keep(f Frame) {
	switch {
	case f.Time >= c.At:
		c.after = append(c.after, f)
	case len(c.before) < c.Frames:
		c.before = append(c.before, f)
	default:
		c.before[c.oldest] = f
		c.oldest = (c.oldest + 1) % c.Frames
	}
}

// finish leaves half of the frames to either side of At, and more where the other side has fewer.
func (c *collector) finish() {
	n := min(len(c.before), max(c.Frames/2, c.Frames-len(c.after)))
	m := min(len(c.after), c.Frames-n)
	c.into.Frames = make([]Frame, 0, n+m)
	for i := range n {
		c.into.Frames = append(c.into.Frames, c.before[(c.oldest+len(c.before)-n+i)%len(c.before)])
	}
	c.into.Frames = append(c.into.Frames, c.after[:m]...)
	slices.SortStableFunc(c.into.Frames, func(a, b Frame) int { return cmp.Compare(a.Time, b.Time) })
}

// spans hands frames to the collectors of the spans in which they lie.
type spans struct {
	waiting []*collector // by From
	active  []*collector
	free    [][]Frame // memory of collectors that have ended
}

func newSpans(list []Span, into []Extract) *spans {
	s := &spans{}
	for i, x := range list {
		s.waiting = append(s.waiting, &collector{Span: x, into: &into[i]})
	}
	slices.SortStableFunc(s.waiting, func(a, b *collector) int { return cmp.Compare(a.From, b.From) })
	return s
}

// at makes the collectors ready for a frame of time t.
func (s *spans) at(t int64) {
	for len(s.waiting) > 0 && s.waiting[0].From <= t {
		if len(s.active) == maxActive {
			s.end(0)
		}
		c := s.waiting[0]
		c.before, c.after = s.memory(), s.memory()
		s.active = append(s.active, c)
		s.waiting = s.waiting[1:]
	}
	for i := 0; i < len(s.active); {
		if s.active[i].To < t-late {
			s.end(i)
		} else {
			i++
		}
	}
}

func (s *spans) end(i int) {
	c := s.active[i]
	c.finish()
	s.free = append(s.free, c.before[:0], c.after[:0])
	c.before, c.after = nil, nil
	s.active = slices.Delete(s.active, i, i+1)
}

// memory is that of a collector that has ended, if there is one.
func (s *spans) memory() (m []Frame) {
	if n := len(s.free); n > 0 {
		m, s.free = s.free[n-1], s.free[:n-1]
	}
	return m
}

func (s *spans) close() {
	for len(s.active) > 0 {
		s.end(0)
	}
}

package sweep

import (
	"bytes"
	"time"
)

// track is a procedure as a line of moments.
type track struct {
	procedure Procedure
	fault     string
	moments   []Moment
}

// silence is a time without a frame whose middle is worth a point: the unit is busy meanwhile.
const silence = 10 * time.Millisecond

// coarse are the last frames of all messages and the middles of long silences.
func (t track) coarse() []position {
	var all []position
	for i, m := range t.moments {
		last := i == len(t.moments)-1
		if !last && sameMessage(m.Offset, t.moments[i+1].Offset) {
			continue
		}
		all = append(all, position{moment: i})
		if !last {
			if gap := t.moments[i+1].At - m.At; gap > silence {
				all = append(all, position{i, (gap / 2).Round(finest)})
			}
		}
	}
	return all
}

func sameMessage(a, b Offset) bool { return a.Nth == b.Nth && bytes.Equal(a.Message, b.Message) }

// between is the middle of two positions, and false if they are neighbours: adjacent frames with no time to speak of
// between them, or the same frame and times that are a millisecond apart.
func (t track) between(a, b position) (position, bool) {
	switch frames := b.moment - a.moment; {
	case frames > 1:
		return position{moment: a.moment + frames/2}, true
	case frames == 1 && b.after > 0:
		return position{moment: b.moment}, true
	case frames == 1:
		b = position{a.moment, t.moments[b.moment].At - t.moments[a.moment].At}
	}
	half := ((b.after - a.after) / 2).Round(finest)
	if half < finest || b.after-a.after-half < finest {
		return position{}, false
	}
	return position{a.moment, a.after + half}, true
}

func (t track) point(at position) Point {
	m := t.moments[at.moment]
	o := m.Offset
	o.After = at.after
	return Point{Procedure: t.procedure, Phase: m.Phase, Offset: o, Fault: t.fault, At: m.At + at.after}
}

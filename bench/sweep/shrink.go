package sweep

// Shrink looks for a simpler point that goes wrong in the same way as a result: one cut in place of two, the beginning of a
// flash operation in place of a time within it, the first frame of a message in place of a later one. It returns the
// simplest that it finds, which is the result itself if there is none.
func (e *Exhaustive) Shrink(r Result) (Result, error) {
	for {
		smaller, found, err := e.smaller(r)
		if err != nil || !found {
			return r, err
		}
		r = smaller
	}
}

func (e *Exhaustive) smaller(r Result) (Result, bool, error) {
	for _, p := range r.Point.simpler() {
		got, err := e.try(p)
		if err != nil {
			return r, false, err
		}
		if got.Failed() && got.Outcome == r.Outcome && got.Wrong == r.Wrong {
			return got, true, nil
		}
	}
	return r, false, nil
}

// simpler are points that would be simpler to look into, the simplest first.
func (p Point) simpler() (all []Point) {
	if p.Fault == Undisturbed {
		return nil
	}
	if p.Fault == CutTwice {
		once := p
		once.Fault = Cut
		all = append(all, once)
	}
	if p.Offset.After > 0 {
		at := p
		at.At -= at.Offset.After
		at.Offset.After = 0
		all = append(all, at)
	}
	if p.Offset.Frame > 0 {
		first := p
		first.Offset.Frame = 0
		all = append(all, first)
	}
	return all
}

package image

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// overlapError is what join returns where two segments have the same addresses.
type overlapError struct{ Range }

func (e *overlapError) Error() string { return fmt.Sprintf("two segments have data at %v", e.Range) }

// join sorts segments and makes one of those that touch.
func join(segments []Segment) ([]Segment, error) {
	sorted := slices.DeleteFunc(slices.Clone(segments), func(s Segment) bool { return len(s.Data) == 0 })
	if size(sorted) > MaxSize {
		return nil, ErrTooLarge
	}
	slices.SortFunc(sorted, func(a, b Segment) int { return cmp.Compare(a.Address, b.Address) })
	var joined []Segment
	for len(sorted) > 0 {
		n, err := touching(sorted)
		if err != nil {
			return nil, err
		}
		joined = append(joined, concat(sorted[:n]))
		sorted = sorted[n:]
	}
	return joined, nil
}

// touching counts the segments from the first on that follow each other without a gap.
func touching(sorted []Segment) (int, error) {
	for i, s := range sorted {
		if uint64(len(s.Data)) > math.MaxUint64-s.Address {
			return 0, fmt.Errorf("data at 0x%X reach beyond the last address", s.Address)
		}
		if i == 0 {
			continue
		}
		end := sorted[i-1].end()
		if s.Address < end {
			return 0, &overlapError{Range{s.Address, min(end, s.end())}}
		}
		if s.Address > end {
			return i, nil
		}
	}
	return len(sorted), nil
}

// concat makes one segment of some that touch. One alone keeps its data where they are, but nothing can be appended to
// them that would overwrite what follows.
func concat(touching []Segment) Segment {
	first := touching[0]
	if len(touching) == 1 {
		return Segment{first.Address, slices.Clip(first.Data)}
	}
	data := make([]byte, 0, size(touching))
	for _, s := range touching {
		data = append(data, s.Data...)
	}
	return Segment{first.Address, data}
}

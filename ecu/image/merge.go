package image

import (
	"errors"
	"fmt"
)

// OverlapError is what Merge returns where two images have data at the same address.
type OverlapError struct {
	A, B string // names of the images
	Range
}

func (e *OverlapError) Error() string {
	return fmt.Sprintf("%s and %s both have data at %v; leave one of them out of that range", e.A, e.B, e.Range)
}

// Merge puts the data of several images into one, say a bootloader and an application. Name, entry and headers are
// those of the first image that has them. Errors are an *OverlapError that names two images, or wrap ErrTooLarge.
func Merge(images ...*Image) (*Image, error) {
	var all []Segment
	merged := &Image{}
	for _, m := range images {
		if m.VBF != nil && m.VBF.Processed() {
			return nil, fmt.Errorf("merge images: %s has data in format 0x%02X; Unpack it first", m.name(), m.VBF.DataFormat)
		}
		all = append(all, m.Segments...)
		merged.adopt(m)
	}
	segments, err := join(all)
	var overlap *overlapError
	switch {
	case errors.As(err, &overlap):
		return nil, fmt.Errorf("merge images: %w", blame(images, overlap.Range))
	case err != nil:
		return nil, fmt.Errorf("merge images: %w", err)
	}
	return merged.with(segments), nil
}

// adopt takes over what is not known yet.
func (m *Image) adopt(other *Image) {
	if m.Name == "" {
		m.Name = other.Name
	}
	if m.Entry == nil {
		m.Entry = other.Entry
	}
	if m.Header == "" {
		m.Header = other.Header
	}
	if m.VBF == nil {
		m.VBF = other.VBF
	}
}

// blame finds the two images that have the range.
func blame(images []*Image, r Range) *OverlapError {
	var names []string
	for _, m := range images {
		if len(m.Slice(r).Segments) > 0 {
			names = append(names, m.name())
		}
	}
	return &OverlapError{A: names[0], B: names[1], Range: r}
}

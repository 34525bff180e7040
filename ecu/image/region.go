package image

import (
	"bytes"
	"errors"
	"fmt"
	"math"
)

// Region returns the bytes of a range as memory has them, with the value for what the image leaves out: what an ECU
// computes a checksum of. The error wraps ErrTooLarge.
func (m *Image) Region(r Range, value byte) ([]byte, error) {
	if r.To < r.From {
		return nil, fmt.Errorf("%s: region from 0x%X to before 0x%X: it ends before it begins", m.name(), r.From, r.To)
	}
	if r.Size() > MaxSize {
		return nil, fmt.Errorf("%s: region %v: %w", m.name(), r, ErrTooLarge)
	}
	region := bytes.Repeat([]byte{value}, int(r.Size()))
	for _, s := range m.Slice(r).Segments {
		copy(region[s.Address-r.From:], s.Data)
	}
	return region, nil
}

// Slice returns the part of the image within a range. It shares the data.
func (m *Image) Slice(r Range) *Image {
	var within []Segment
	for i := m.at(r.From); i < len(m.Segments) && max(m.Segments[i].Address, r.From) < r.To; i++ {
		s := m.Segments[i]
		from, to := max(s.Address, r.From), min(s.end(), r.To)
		within = append(within, Segment{from, s.Data[from-s.Address : to-s.Address : to-s.Address]})
	}
	return m.with(within)
}

// Fill returns the image with all gaps filled with the value, as one segment. The error wraps ErrTooLarge: two bytes
// far from each other need as much memory as what is between them.
func (m *Image) Fill(value byte) (*Image, error) {
	if len(m.Segments) < 2 {
		return m, nil
	}
	filled, err := m.Region(m.Bounds(), value)
	if err != nil {
		return nil, fmt.Errorf("fill the gaps of %w", err)
	}
	return m.with([]Segment{{m.Bounds().From, filled}}), nil
}

// Align returns the image with each segment extended to whole pages, and what it adds filled with the value. Segments
// that meet in a page, or at the edge of one, become one. The error wraps ErrTooLarge.
func (m *Image) Align(page uint64, value byte) (*Image, error) {
	pages, err := m.pages(page)
	if err != nil {
		return nil, fmt.Errorf("align %s to pages of %d bytes: %w", m.name(), page, err)
	}
	var aligned []Segment
	for _, r := range pages {
		data, err := m.Region(r, value)
		if err != nil {
			return nil, fmt.Errorf("align %w", err)
		}
		aligned = append(aligned, Segment{r.From, data})
	}
	return m.with(aligned), nil
}

// pages are the ranges of whole pages that have data.
func (m *Image) pages(page uint64) ([]Range, error) {
	if page == 0 {
		return nil, errors.New("a page has one byte at least")
	}
	var pages []Range
	var total uint64
	for _, s := range m.Segments {
		r := Range{s.Address / page * page, s.end()}
		if over := r.To % page; over > 0 {
			if page-over > math.MaxUint64-r.To {
				return nil, fmt.Errorf("the page of 0x%X reaches beyond the last address", r.To-1)
			}
			r.To += page - over
		}
		if n := len(pages); n > 0 && r.From <= pages[n-1].To {
			total -= pages[n-1].Size()
			r.From = pages[n-1].From
			pages = pages[:n-1]
		}
		pages = append(pages, r)
		if r.Size() > MaxSize || total+r.Size() > MaxSize {
			return nil, ErrTooLarge
		}
		total += r.Size()
	}
	return pages, nil
}

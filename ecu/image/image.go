package image

import (
	"errors"
	"fmt"
	"slices"
)

// MaxSize bounds the bytes of an image, gaps included once they are filled.
const MaxSize = 256 << 20

// maxSegments bounds the pieces of which a file may make up an image, before those that touch are joined.
const maxSegments = 1 << 20

// ErrTooLarge is wrapped where an image would get more than MaxSize bytes.
var ErrTooLarge = errors.New("an image of more than 256 MiB")

// Image is the content of an ECU's memory. The zero value is an empty one.
type Image struct {
	Name   string // of the file, for messages
	Format Format // that it was read from; empty if it was put together
	// Segments are sorted by address, and neither overlap nor touch. New makes them so.
	Segments []Segment
	// Entry is where execution starts, nil if the file does not say: the start address of Intel HEX (CS:IP as one
	// number), of an S-record that ends the file (0 there is none), or call of VBF.
	Entry *uint64
	// Header is the text of the first S0 record.
	Header string
	// VBF is the header of a VBF file, nil for other formats.
	VBF *VBF
}

// Segment is a run of bytes without a gap.
type Segment struct {
	Address uint64
	Data    []byte
}

// Range returns the addresses of the segment.
func (s Segment) Range() Range { return Range{s.Address, s.end()} }

func (s Segment) end() uint64 { return s.Address + uint64(len(s.Data)) }

func (s Segment) String() string { return s.Range().String() }

// Range is a part of the address space: From is its first address, To the one after its last.
type Range struct{ From, To uint64 }

// Size is the number of bytes.
func (r Range) Size() uint64 { return r.To - r.From }

// String shows the first and the last address.
func (r Range) String() string {
	if r.From == r.To {
		return fmt.Sprintf("nothing at 0x%X", r.From)
	}
	return fmt.Sprintf("0x%X to 0x%X", r.From, r.To-1)
}

// New puts an image together: it sorts the segments and joins those that touch. Empty ones are left out. Segments that
// overlap are an error, and so is more data than MaxSize, or data up to the very last address of the 64-bit space.
func New(segments ...Segment) (*Image, error) {
	joined, err := join(segments)
	if err != nil {
		return nil, fmt.Errorf("make an image: %w", err)
	}
	return &Image{Segments: joined}, nil
}

// Size is the number of bytes, gaps not included.
func (m *Image) Size() uint64 { return size(m.Segments) }

func size(segments []Segment) uint64 {
	var n uint64
	for _, s := range segments {
		n += uint64(len(s.Data))
	}
	return n
}

// Bounds are the addresses from the first byte to the last; an empty image has none.
func (m *Image) Bounds() Range {
	if len(m.Segments) == 0 {
		return Range{}
	}
	return Range{m.Segments[0].Address, m.Segments[len(m.Segments)-1].end()}
}

// Gaps are the addresses within the bounds that have no data, in order.
func (m *Image) Gaps() []Range {
	var gaps []Range
	for i := 1; i < len(m.Segments); i++ {
		gaps = append(gaps, Range{m.Segments[i-1].end(), m.Segments[i].Address})
	}
	return gaps
}

func (m *Image) String() string {
	return fmt.Sprintf("%s: %d bytes at %v, %d gaps", m.name(), m.Size(), m.Bounds(), len(m.Gaps()))
}

// name is for messages.
func (m *Image) name() string {
	if m.Name == "" {
		return "image"
	}
	return m.Name
}

// with returns an image of other segments that else is the same. The blocks of a VBF file no longer hold then, unless
// they are compressed or encrypted and thus no part of the segments.
func (m *Image) with(segments []Segment) *Image {
	changed := *m
	changed.Segments = segments
	if m.VBF != nil && !m.VBF.Processed() {
		header := *m.VBF
		header.Blocks = nil
		changed.VBF = &header
	}
	return &changed
}

// at returns the index of the segment that has the address, or else of the first one behind it.
func (m *Image) at(address uint64) int {
	i, _ := slices.BinarySearchFunc(m.Segments, address, func(s Segment, address uint64) int {
		if s.end() <= address {
			return -1
		}
		return 1
	})
	return i
}

package flash

import (
	"context"
	"fmt"
	"math"

	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/image"
	"otabench/ecu/image/compress"
	"otabench/ecu/plugin"
	"otabench/ecu/uds"
)

// Segment is one block of the description with what a package puts there.
type Segment struct {
	Name    string
	Address uint64 // as requests name it
	// Erase are the regions to be erased before; none for a block that is not erased.
	Erase  []uds.Memory
	Pieces []Piece

	block  description.Block
	source *image.Image
}

// Piece is what one download transfers.
type Piece struct {
	Address uint64 // as requests name it
	Data    []byte // as the ECU has it in its memory
	Sent    []byte // as it is transferred, compressed or encrypted
}

// Size is the number of bytes that the ECU gets in its memory.
func (s Segment) Size() (n int64) {
	for _, p := range s.Pieces {
		n += int64(len(p.Data))
	}
	return n
}

// Data is all that the ECU gets in its memory, without the gaps.
func (s Segment) Data() []byte {
	if len(s.Pieces) == 1 {
		return s.Pieces[0].Data
	}
	var all []byte
	for _, p := range s.Pieces {
		all = append(all, p.Data...)
	}
	return all
}

// Segments divides a package into the blocks of d, in their order. ctx bounds the programs that descriptions may name
// for what is sent.
func Segments(ctx context.Context, d description.ECU, p *firmware.Package) ([]Segment, error) {
	d = d.WithDefaults()
	var segments []Segment
	for _, b := range d.Programming.Blocks {
		src, found := p.Source(b.Source)
		if !found && b.Optional {
			continue
		}
		if !found {
			return nil, fmt.Errorf("block %s: the package has no source %q; it has %v", b.Name, b.Source, p.Sources())
		}
		s, err := segment(ctx, d, b, src)
		if err != nil {
			return nil, fmt.Errorf("block %s: %w", b.Name, err)
		}
		segments = append(segments, s)
	}
	return segments, nil
}

func segment(ctx context.Context, d description.ECU, b description.Block, src *image.Image) (Segment, error) {
	s := Segment{Name: b.Name, Address: b.Address, block: b, source: src, Pieces: processed(src)}
	if s.Pieces == nil {
		var err error
		if s.Pieces, err = pieces(ctx, d, b, src); err != nil {
			return Segment{}, err
		}
	}
	if len(s.Pieces) == 0 {
		return Segment{}, fmt.Errorf("source %q has no data for it", b.Source)
	}
	if s.Address == 0 {
		s.Address = s.Pieces[0].Address
	}
	if b.ByIndex {
		if len(s.Pieces) > 1 {
			return Segment{}, fmt.Errorf("its data has %d pieces, and an index can name one only; give the block a fill", len(s.Pieces))
		}
		s.Address, s.Pieces[0].Address = uint64(b.Index), uint64(b.Index)
	}
	s.Erase = s.erased(d.Programming)
	return s, nil
}

// pieces are what is transferred of a source that is as the ECU shall have it in its memory.
func pieces(ctx context.Context, d description.ECU, b description.Block, src *image.Image) ([]Piece, error) {
	part, err := within(b, src)
	if err != nil {
		return nil, err
	}
	var all []Piece
	for _, r := range part.Segments {
		p := Piece{Address: r.Address, Data: r.Data}
		if p.Sent, err = sent(ctx, d, b, r); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// erased are the regions that are erased: those that the file names, or the block.
func (s Segment) erased(p description.Programming) []uds.Memory {
	whole := s.block.Address == 0 && s.block.Size == 0
	named := eraseRanges(s.source)
	switch {
	case s.block.Keep:
		return nil
	case len(named) > 0 && whole:
		var all []uds.Memory
		for _, r := range named {
			all = append(all, memory(p, r.From, r.Size()))
		}
		return all
	}
	last := s.Pieces[len(s.Pieces)-1]
	span := last.Address + uint64(len(last.Data)) - s.Address
	return []uds.Memory{memory(p, s.Address, max(s.block.Size, span))}
}

// sent makes what is transferred of what the ECU shall have.
func sent(ctx context.Context, d description.ECU, b description.Block, r image.Segment) ([]byte, error) {
	data := r.Data
	if b.Compression != "" {
		method, err := compress.Lookup(b.Compression)
		if err != nil {
			return nil, err
		}
		if data, err = method.Compress(data); err != nil {
			return nil, err
		}
	}
	if len(b.Transform) == 0 {
		return data, nil
	}
	return plugin.Program(b.Transform).Transform(ctx, plugin.TransformRequest{
		ECU: d.Programming.System, Block: b.Name, Address: r.Address, Data: data,
	})
}

// within is the part of a source that belongs to a block, with gaps filled if the block says so.
func within(b description.Block, src *image.Image) (*image.Image, error) {
	part, err := src, error(nil)
	switch {
	case src.Format == image.FormatRaw:
		part, err = at(b.Address, src)
	case b.Address != 0 || b.Size != 0:
		part = src.Slice(image.Range{From: b.Address, To: end(b)})
	}
	if err == nil && b.Fill != nil {
		if part, err = part.Fill(*b.Fill); err == nil {
			part, err = part.Align(uint64(max(b.Align, 1)), *b.Fill)
		}
	}
	return part, err
}

// at puts an image without addresses where a block is.
func at(address uint64, raw *image.Image) (*image.Image, error) {
	if len(raw.Segments) == 0 {
		return raw, nil
	}
	return image.Raw(raw.Name, address, raw.Segments[0].Data)
}

// end is where a block ends; one without a size has no end.
func end(b description.Block) uint64 {
	if b.Size == 0 || b.Address+b.Size < b.Address {
		return math.MaxUint64
	}
	return b.Address + b.Size
}

// memory describes a region in the widths that the ECU wants.
func memory(p description.Programming, address, size uint64) uds.Memory {
	return uds.Memory{Address: address, Size: size, AddressLength: p.AddressLength, SizeLength: p.SizeLength}
}

// fits checks a package against what the description says of the ECU.
func fits(d description.ECU, p *firmware.Package) error {
	m := p.Manifest
	if want := d.Programming.Hardware; m.Hardware != want {
		return fmt.Errorf("%w: it is for hardware %q, and this is %q", ErrPackage, m.Hardware, want)
	}
	if want := d.Programming.System; want != "" && m.ECU != want {
		return fmt.Errorf("%w: it is for %q, and this is %q", ErrPackage, m.ECU, want)
	}
	return nil
}

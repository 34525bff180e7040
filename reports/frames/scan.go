package frames

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"

	"otabench/can/trace"
)

const (
	maxChunks = 2048
	minChunk  = 64 << 10 // bytes
)

// Scan reads a trace of a size once, and returns its index and the extract of each span. Damage ends the index, which says
// so; an error means that the file could not be read.
func Scan(r io.Reader, size int64, list []Span) (Index, []Extract, error) {
	extracts := make([]Extract, len(list))
	s := scanner{
		blocks: newBlocks(io.LimitReader(r, size)), spans: newSpans(list, extracts), sum: sha256.New(),
		index: Index{Size: size, From: math.MaxInt64, To: math.MinInt64}, grain: max(minChunk, size/maxChunks+1),
	}
	err := s.scan()
	s.cut()
	s.spans.close()
	if s.index.Frames == 0 {
		s.index.From, s.index.To = 0, 0
	}
	switch {
	case errors.Is(err, errDamage):
		s.index.Damage = fmt.Sprintf("from byte %d on: %v", s.index.End, err)
	case err != nil:
		return s.index, extracts, fmt.Errorf("read trace at byte %d: %w", s.index.End, err)
	case s.index.End < size:
		s.index.Damage = fmt.Sprintf("it has %d bytes and not %d", s.index.End, size)
	}
	return s.index, extracts, nil
}

// scanner is a pass over a trace.
type scanner struct {
	blocks     *blocks
	spans      *spans
	index      Index
	interfaces int   // in all sections
	grain      int64 // bytes from which a chunk is full
	chunk      Chunk
	sum        hash.Hash // of the chunk
}

func (s *scanner) scan() error {
	for {
		kind, block, err := s.blocks.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := s.block(kind, block); err != nil {
			return err
		}
		s.sum.Write(block)
		s.index.End += int64(len(block))
		if s.index.End-s.chunk.Offset >= s.grain {
			s.cut()
		}
	}
}

// cut ends a chunk and begins the next one.
func (s *scanner) cut() {
	if s.index.End > s.chunk.Offset {
		copy(s.chunk.Digest[:], s.sum.Sum(nil))
		s.index.Chunks = append(s.index.Chunks, s.chunk)
	}
	s.sum.Reset()
	s.chunk = Chunk{Offset: s.index.End}
}

func (s *scanner) block(kind uint32, block []byte) error {
	switch kind {
	case sectionHeader:
		return s.section(block)
	case interfaceDescription:
		return s.describe(block)
	case enhancedPacket:
		return s.packet(block)
	}
	return nil
}

func (s *scanner) section(block []byte) error {
	const fixed = 28 // with type and lengths
	switch order := s.blocks.order; {
	case len(block) < fixed:
		return damage("section header of %d bytes", len(block))
	case order.Uint16(block[12:]) != 1:
		return damage("version %d of pcapng is not known", order.Uint16(block[12:]))
	case len(s.index.Sections) == maxSections:
		return damage("more than %d sections", maxSections)
	}
	s.index.Sections = append(s.index.Sections, Section{Offset: s.index.End, BigEndian: s.blocks.big})
	return nil
}

// last is the section that is being read. There is one, as the first block is its header.
func (s *scanner) last() *Section { return &s.index.Sections[len(s.index.Sections)-1] }

func (s *scanner) describe(block []byte) error {
	if s.interfaces++; s.interfaces > maxInterfaces {
		return damage("more than %d interfaces", maxInterfaces)
	}
	i, err := describe(s.blocks.order, block)
	if err != nil {
		return err
	}
	s.last().Interfaces = append(s.last().Interfaces, i)
	return nil
}

// Layout of an enhanced packet, with type and length before it.
const (
	packetInterface = 8
	packetStamp     = 12
	packetCaptured  = 20
	packetData      = 28
)

func (s *scanner) packet(block []byte) error {
	if len(block) < packetData+4 {
		return damage("packet of %d bytes", len(block))
	}
	id := s.blocks.uint32(block[packetInterface:])
	list := s.last().Interfaces
	if int64(id) >= int64(len(list)) {
		return damage("packet of interface %d, there are %d", id, len(list))
	}
	if captured := int64(s.blocks.uint32(block[packetCaptured:])); captured > int64(len(block)-packetData-4) {
		return damage("packet data of %d bytes is longer than its block", captured)
	}
	i := &list[id]
	if !i.CAN {
		s.index.Others++
		return nil
	}
	t, err := i.time(uint64(s.blocks.uint32(block[packetStamp:]))<<32 | uint64(s.blocks.uint32(block[packetStamp+4:])))
	if err != nil {
		return err
	}
	s.count(t)
	s.spans.at(t)
	for _, c := range s.spans.active {
		if t >= c.From && t <= c.To && c.add(t) {
			if f, ok := parse(s.blocks.order, block); ok {
				f.Time, f.Bus = t, i.Name
				c.keep(f)
			}
		}
	}
	return nil
}

func (s *scanner) count(t int64) {
	s.index.Frames++
	s.index.From, s.index.To = min(s.index.From, t), max(s.index.To, t)
	if s.chunk.Frames == 0 {
		s.chunk.From, s.chunk.To = t, t
	}
	s.chunk.Frames++
	s.chunk.From, s.chunk.To = min(s.chunk.From, t), max(s.chunk.To, t)
}

// parse reads the frame in a packet; ok is false if it is none, as package trace sees it.
func parse(order binary.ByteOrder, block []byte) (f Frame, ok bool) {
	captured := int(order.Uint32(block[packetCaptured:]))
	data := block[packetData : packetData+captured]
	parsed, err := trace.ParseFrame(data)
	if err != nil {
		return Frame{}, false
	}
	f.Frame = parsed
	if padded := packetData + (captured+3)&^3; padded < len(block)-4 {
		eachOption(order, block[padded:len(block)-4], func(code uint16, v []byte) {
			const direction, outbound = 3, 2
			if code == packetFlags && len(v) == 4 {
				f.Own = order.Uint32(v)&direction == outbound
			}
		})
	}
	return f, true
}

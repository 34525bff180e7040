package trace

import (
	"bufio"
	"encoding/binary"
	"io"
	"strings"

	"otabench/can"
)

// Reader reads a trace in pcapng, one of ours or any file with CAN frames in it. It implements [Source]: packets of other
// link types are passed over.
type Reader struct {
	blocks blockReader
	buses  []source // interfaces of the section
	losses Losses
	err    error // final
}

// source is one interface of a file.
type source struct {
	name  string
	isCAN bool
	clock clock
}

const maxInterfaces = 1024 // in one section

// NewReader reads from r.
func NewReader(r io.Reader) *Reader {
	return &Reader{blocks: blockReader{r: bufio.NewReader(r)}}
}

// Next returns the next frame. At the end it fails with io.EOF, at damage with an error that wraps [ErrTruncated] or
// [ErrCorrupt] and names the byte at which the damaged block begins, and then always with the same.
func (r *Reader) Next() (Record, error) {
	for r.err == nil {
		rec, found, err := r.step()
		r.err = err
		if found {
			return rec, nil
		}
	}
	return Record{}, r.err
}

// Losses implements [Source].
func (r *Reader) Losses() []Loss { return r.losses.List() }

// step reads one block, which may have a frame.
func (r *Reader) step() (rec Record, found bool, err error) {
	b, err := r.blocks.read()
	if err != nil {
		return Record{}, false, err
	}
	switch b.kind {
	case sectionHeader:
		err = r.section(b.body)
	case interfaceDescription:
		err = r.describe(b.body)
	case enhancedPacket:
		rec, found, err = r.packet(b.body)
	}
	return rec, found, err
}

func (r *Reader) section(body []byte) error {
	const fixed = 16 // magic, version, length of the section
	if len(body) < fixed {
		return r.blocks.corrupt("section header of %d bytes", len(body))
	}
	if major := r.blocks.order.Uint16(body[4:]); major != 1 {
		return r.blocks.corrupt("version %d of pcapng is not known", major)
	}
	r.buses = r.buses[:0]
	return nil
}

func (r *Reader) describe(body []byte) error {
	const fixed = 8 // link type, reserved, snap length
	order := r.blocks.order
	if len(body) < fixed {
		return r.blocks.corrupt("interface description of %d bytes", len(body))
	}
	if len(r.buses) == maxInterfaces {
		return r.blocks.corrupt("more than %d interfaces", maxInterfaces)
	}
	s := source{isCAN: order.Uint16(body) == linkType, clock: microseconds}
	var clockErr error
	err := eachOption(order, body[fixed:], func(code uint16, v []byte) {
		switch {
		case code == ifName:
			s.name = cut(string(v))
		case code == ifTimeRes && len(v) == 1:
			s.clock.perSecond, clockErr = Resolution(v[0])
		case code == ifTimeOffset && len(v) == 8:
			s.clock.offset = int64(order.Uint64(v))
		}
	})
	for _, err := range []error{err, clockErr} {
		if err != nil {
			return r.blocks.corrupt("interface description: %v", err)
		}
	}
	r.buses = append(r.buses, s)
	return nil
}

func (r *Reader) packet(body []byte) (Record, bool, error) {
	const fixed = 20 // interface, time stamp, captured and original length
	order := r.blocks.order
	if len(body) < fixed {
		return Record{}, false, r.blocks.corrupt("packet of %d bytes", len(body))
	}
	id, captured := order.Uint32(body), int64(order.Uint32(body[12:]))
	padded := (captured + 3) &^ 3
	if int64(id) >= int64(len(r.buses)) {
		return Record{}, false, r.blocks.corrupt("packet of interface %d, there are %d", id, len(r.buses))
	}
	if padded > int64(len(body)-fixed) {
		return Record{}, false, r.blocks.corrupt("packet data of %d bytes is longer than its block", captured)
	}
	src := r.buses[id]
	if !src.isCAN {
		r.losses.Add("packets of other networks passed over", 1)
		return Record{}, false, nil
	}
	data, options := body[fixed:fixed+captured], body[fixed+padded:]
	frame, err := ParseFrame(data)
	if err != nil {
		return Record{}, false, r.blocks.corrupt("packet: %v", err)
	}
	rec := Record{Bus: src.name, Received: can.Received{Frame: frame}}
	rec.Time, err = src.clock.time(uint64(order.Uint32(body[4:]))<<32 | uint64(order.Uint32(body[8:])))
	if err != nil {
		return Record{}, false, r.blocks.corrupt("packet: %v", err)
	}
	if err := rec.annotate(order, options); err != nil {
		return Record{}, false, r.blocks.corrupt("packet: %v", err)
	}
	return rec, true, nil
}

// annotate takes direction, comments and losses from a packet's options.
func (rec *Record) annotate(order binary.ByteOrder, options []byte) error {
	var comments []string
	err := eachOption(order, options, func(code uint16, v []byte) {
		switch {
		case code == commentOption:
			comments = append(comments, string(v))
		case code == packetFlags && len(v) == 4:
			rec.Own = order.Uint32(v)&directionMask == outbound
		case code == packetDrops && len(v) == 8:
			rec.Lost = order.Uint64(v)
		}
	})
	rec.Comment = strings.Join(comments, "\n")
	return err
}

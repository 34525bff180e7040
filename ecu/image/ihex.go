package image

import "encoding/binary"

// Types of Intel HEX records.
const (
	hexData = iota
	hexEnd
	hexSegment      // bits 4 to 19 of the base address
	hexStartSegment // CS and IP
	hexLinear       // bits 16 to 31 of the base address
	hexStartLinear  // EIP
)

// hexOverhead are the bytes of a record beside its data: length, address (2), type, checksum.
const hexOverhead = 5

// addressSpace is the size of what Intel HEX, S-records and VBF can address.
const addressSpace = 1 << 32

// hexParser is the state that records of Intel HEX change.
type hexParser struct {
	*lines
	data   collector
	buffer []byte // a record's bytes
	base   uint64
	// segmented: after a record of type 02, addresses wrap at the end of the segment's 64 KiB; after one of type 04,
	// and before any of them, they go on.
	segmented bool
	entry     *uint64
	ended     bool
}

// ParseIntelHex reads an Intel hexadecimal object file (Intel, revision A, 1988) with records of types 00 to 05. It
// wants a record of type 01 at the end, and takes blank lines, lower case and both kinds of line ends. Data that are
// given twice and data beyond 4 GiB are errors. The name is for messages.
func ParseIntelHex(name string, data []byte) (*Image, error) {
	p := hexParser{lines: newLines(name, data)}
	for p.next() {
		if err := p.line(); err != nil {
			return nil, err
		}
	}
	if !p.ended {
		return nil, p.errorf(len(p.record), "the file ends without an end record (:00000001FF); "+
			"it is cut short, copy or build it again")
	}
	m, err := p.data.image(p.lines, FormatIntelHex)
	if err != nil {
		return nil, err
	}
	m.Entry = p.entry
	return m, nil
}

// line reads one record.
func (p *hexParser) line() error {
	if p.ended {
		return p.errorf(0, "a line follows the end record; these are two files in one, split them")
	}
	if p.record[0] != ':' {
		return p.errorf(0, "a record begins with a colon, and this line with %q", p.record[0])
	}
	var err error
	if p.buffer, err = p.decode(p.buffer[:0], 1, hexOverhead); err != nil {
		return err
	}
	body, check := p.buffer[:len(p.buffer)-1], p.buffer[len(p.buffer)-1]
	if want := -sum(body); check != want {
		return p.badSum(check, want)
	}
	return p.apply(body[3], binary.BigEndian.Uint16(body[1:]), body[4:])
}

// Where things are in a record, in characters.
const (
	hexAtAddress = 3
	hexAtType    = 7
	hexAtData    = 9
)

// apply does what a record says.
func (p *hexParser) apply(kind byte, offset uint16, data []byte) error {
	want := map[byte]int{hexEnd: 0, hexSegment: 2, hexStartSegment: 4, hexLinear: 2, hexStartLinear: 4}
	if kind == hexData {
		return p.load(uint64(offset), data)
	}
	size, known := want[kind]
	switch {
	case !known:
		return p.errorf(hexAtType, "record type %02X is none of Intel HEX, which has 00 to 05", kind)
	case len(data) != size:
		return p.errorf(1, "a record of type %02X has %d bytes of data, and this one has %d", kind, size, len(data))
	}
	switch kind {
	case hexEnd:
		p.ended = true
	case hexSegment:
		p.base, p.segmented = uint64(binary.BigEndian.Uint16(data))<<4, true
	case hexLinear:
		p.base, p.segmented = uint64(binary.BigEndian.Uint16(data))<<16, false
	case hexStartSegment:
		p.entry = new(uint64(binary.BigEndian.Uint16(data))<<4 + uint64(binary.BigEndian.Uint16(data[2:])))
	case hexStartLinear:
		p.entry = new(uint64(binary.BigEndian.Uint32(data)))
	}
	return nil
}

// load takes data. In a segment, what goes beyond its end comes to its beginning.
func (p *hexParser) load(offset uint64, data []byte) error {
	const segment = 1 << 16
	before := data
	if p.segmented && offset+uint64(len(data)) > segment {
		before = data[:segment-offset]
	}
	if p.base+offset+uint64(len(before)) > addressSpace {
		return p.errorf(hexAtAddress, "data at 0x%X go beyond 4 GiB, which is all that Intel HEX can address", p.base+offset)
	}
	if !p.data.add(p.base+offset, before, p.place(hexAtAddress)) {
		return p.tooLarge(hexAtData)
	}
	if len(before) < len(data) {
		return p.load(0, data[len(before):])
	}
	return nil
}

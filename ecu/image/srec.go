package image

import "encoding/binary"

// srecOverhead is the byte of a record that its length does not count: the length.
const srecOverhead = 1

// Where things are in an S-record, in characters.
const (
	srecAtType    = 1
	srecAtLength  = 2
	srecAtAddress = 4
)

// srecParser is the state that S-records change.
type srecParser struct {
	*lines
	data    collector
	buffer  []byte // a record's bytes
	records uint64 // of data
	counted bool   // a count was there, and right
	header  *string
	entry   *uint64
	ended   bool
}

// ParseSRecord reads Motorola S-records S0 to S3 and S5 to S9 (M68000 Family Programmer's Reference Manual, appendix
// C). The counts of S5 and S6 must be right; the file must end with S7, S8 or S9, or with a count, because it may be
// cut short else. It takes blank lines, lower case and both kinds of line ends. Data that are given twice are an error.
// The name is for messages.
func ParseSRecord(name string, data []byte) (*Image, error) {
	p := srecParser{lines: newLines(name, data)}
	for p.next() {
		if err := p.line(); err != nil {
			return nil, err
		}
	}
	if !p.ended && !p.counted {
		return nil, p.errorf(len(p.record), "the file ends without an S7, S8 or S9 record, and without a count; "+
			"it may be cut short, copy or build it again")
	}
	m, err := p.data.image(p.lines, FormatSRecord)
	if err != nil {
		return nil, err
	}
	m.Entry = p.entry
	if p.header != nil {
		m.Header = *p.header
	}
	return m, nil
}

// addressBytes is the length of the address, or count, in records of each type; 0 where there is no such type.
func addressBytes(kind byte) int {
	return [10]int{2, 2, 3, 4, 0, 2, 3, 4, 3, 2}[kind-'0']
}

// line reads one record.
func (p *srecParser) line() error {
	if p.ended {
		return p.errorf(0, "a line follows the record that ends the file; these are two files in one, split them")
	}
	if len(p.record) < 2 || p.record[0]|0x20 != 's' || p.record[1] < '0' || p.record[1] > '9' {
		return p.errorf(0, "a record begins with S and a digit, and this line with %.2q", p.record)
	}
	kind := p.record[srecAtType]
	width := addressBytes(kind)
	if width == 0 {
		return p.errorf(srecAtType, "type S%c is reserved; the line is damaged, copy or build the file again", kind)
	}
	var err error
	if p.buffer, err = p.decode(p.buffer[:0], srecAtLength, srecOverhead); err != nil {
		return err
	}
	if len(p.buffer) < srecOverhead+width+1 {
		return p.errorf(srecAtLength, "length 0x%02X is too short for the address and checksum of S%c", p.buffer[0], kind)
	}
	body, check := p.buffer[:len(p.buffer)-1], p.buffer[len(p.buffer)-1]
	if want := ^sum(body); check != want {
		return p.badSum(check, want)
	}
	var address [8]byte
	copy(address[8-width:], body[srecOverhead:])
	return p.apply(kind, binary.BigEndian.Uint64(address[:]), body[srecOverhead+width:])
}

// apply does what a record says.
func (p *srecParser) apply(kind byte, address uint64, data []byte) error {
	switch kind {
	case '0':
		if p.header == nil {
			p.header = new(string(data))
		}
		return nil
	case '1', '2', '3':
		return p.load(address, data)
	}
	if len(data) > 0 {
		return p.errorf(srecAtLength, "S%c has %d bytes of data, and must have none", kind, len(data))
	}
	if kind == '5' || kind == '6' {
		return p.count(address)
	}
	p.ended = true
	if address != 0 {
		p.entry = &address
	}
	return nil
}

func (p *srecParser) load(address uint64, data []byte) error {
	if address+uint64(len(data)) > addressSpace {
		return p.errorf(srecAtAddress, "data at 0x%X go beyond 4 GiB, which is all that S-records can address", address)
	}
	p.records++
	p.counted = false
	if !p.data.add(address, data, p.place(srecAtAddress)) {
		return p.tooLarge(srecAtAddress)
	}
	return nil
}

// count compares with the number of data records so far.
func (p *srecParser) count(want uint64) error {
	if p.records != want {
		return p.errorf(srecAtAddress, "%d data records are said to come before this one, and %d do; "+
			"lines are missing or too many, copy or build the file again", want, p.records)
	}
	p.counted = true
	return nil
}

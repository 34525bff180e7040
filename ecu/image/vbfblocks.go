package image

import (
	"encoding/binary"
	"errors"
	"fmt"

	"otabench/ecu/image/checksum"
)

// Sizes of what is around the data of a block: address and length before them, CRC behind them.
const (
	vbfHead = 8
	vbfTail = 2
)

// blocks reads the binary part.
func (p *vbfParser) blocks(processed bool) ([]VBFBlock, error) {
	var blocks []VBFBlock
	rest := p.data[p.at:]
	for len(rest) > 0 {
		offset := len(p.data) - len(rest)
		if len(blocks) == maxSegments {
			return nil, p.binaryError(offset, ErrTooLarge, "%v, or of too many blocks; is this the right file?", ErrTooLarge)
		}
		if len(rest) < vbfHead {
			return nil, p.binaryError(offset, nil, "%d bytes are left, which is too short for a block; "+
				"the file is damaged, copy it again", len(rest))
		}
		b := VBFBlock{Address: binary.BigEndian.Uint32(rest)}
		length := uint64(binary.BigEndian.Uint32(rest[4:]))
		if rest = rest[vbfHead:]; uint64(len(rest)) < length+vbfTail || length == 0 {
			return nil, p.binaryError(offset, nil, "a block of %d bytes for 0x%X, and %d are left in the file; "+
				"it is cut short or damaged, copy it again", length, b.Address, len(rest))
		}
		b.Data, b.CRC = rest[:length:length], binary.BigEndian.Uint16(rest[length:])
		rest = rest[length+vbfTail:]
		if crc := checksum.CRC16CCITT(b.Data); !processed && crc != b.CRC {
			return nil, p.binaryError(offset+vbfHead+len(b.Data), nil, "the CRC-16 of the block at 0x%X is %04X, and %04X by "+
				"its data; the file is damaged, copy it again", b.Address, b.CRC, crc)
		}
		blocks = append(blocks, b)
	}
	if blocks == nil {
		return nil, p.binaryError(p.at, nil, "the file has no data; it is cut short, copy it again")
	}
	return blocks, nil
}

// segments makes one of blocks that touch.
func (p *vbfParser) segments(blocks []VBFBlock) ([]Segment, error) {
	segments := make([]Segment, len(blocks))
	for i, b := range blocks {
		segments[i] = Segment{uint64(b.Address), b.Data}
		if segments[i].end() > addressSpace {
			return nil, p.binaryError(p.at, nil, "the block at 0x%X goes beyond 4 GiB, which is all that VBF can address",
				b.Address)
		}
	}
	joined, err := join(segments)
	if overlap := (*overlapError)(nil); errors.As(err, &overlap) {
		return nil, p.binaryError(p.second(segments, overlap.From), err,
			"a block before has data at 0x%X already; a file may give them once", overlap.From)
	}
	if err != nil {
		return nil, p.binaryError(p.at, err, "%v", err)
	}
	return joined, nil
}

// second returns the offset of the second block that has the address.
func (p *vbfParser) second(blocks []Segment, address uint64) int {
	offset, found := p.at, false
	for _, b := range blocks {
		if b.Address <= address && address < b.end() {
			if found {
				break
			}
			found = true
		}
		offset += vbfHead + len(b.Data) + vbfTail
	}
	return offset
}

// verify compares the checksum of all blocks with that of the header.
func (p *vbfParser) verify(want uint32) error {
	if sum := fileChecksum(p.data[p.at:]); sum != want {
		return p.binaryError(p.at, nil, "file_checksum is 0x%08X, and 0x%08X by the blocks; "+
			"the file is damaged, copy it again", want, sum)
	}
	return nil
}

func (p *vbfParser) binaryError(offset int, cause error, format string, args ...any) error {
	return &Error{File: p.file, Offset: int64(offset), Text: fmt.Sprintf(format, args...), Err: cause}
}

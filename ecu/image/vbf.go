package image

import (
	"encoding/binary"
	"errors"
	"fmt"

	"otabench/ecu/image/checksum"
)

// VBF is the header of a VBF file, and its blocks. Fields that the file does not have are empty.
type VBF struct {
	Version           string   // vbf_version, as 2.6 or JLR3.0
	Description       []string // description
	PartNumbers       []string // sw_part_number, mostly one
	SoftwareVersion   string   // sw_version
	CurrentPartNumber string   // sw_current_part_number: what a delta applies to
	CurrentVersion    string   // sw_current_version
	PartType          string   // sw_part_type: EXE, SBL, DATA, ...
	// DataFormat is data_format_identifier, as in RequestDownload of ISO 14229-1: the compression in the high four bits and
	// the encryption in the low ones. At 0 the blocks are what is to be in memory.
	DataFormat   byte
	Networks     []string // network: CAN_HS, ...
	ECUAddresses []uint32 // ecu_address, mostly one
	FrameFormat  string   // frame_format: CAN_STANDARD, ...
	Erase        []Range  // erase: what to erase before the blocks are written
	Call         *uint32  // call: where an SBL starts
	// VerificationStart and VerificationLength say where the table of the blocks' digests is: verification_block_start and
	// _length. VerificationRootHash is the digest of that table, verification_block_root_hash.
	VerificationStart, VerificationLength *uint32
	VerificationRootHash                  []byte
	Signature                             []byte // sw_signature, by the key of series production
	SignatureDev                          []byte // sw_signature_dev, by the key of development
	// Other are all other fields, in the order of the file.
	Other []VBFField
	// FileChecksum is file_checksum, the CRC-32 of all blocks with their addresses, lengths and CRCs. Reading verifies it,
	// writing computes it.
	FileChecksum uint32
	// Blocks are the data as they are in the file. To write a file from the segments of an image instead, leave them out.
	Blocks []VBFBlock
}

// VBFField is a field of a VBF header that has no meaning here.
type VBFField struct{ Name, Text string }

// VBFBlock is a block of a VBF file.
type VBFBlock struct {
	Address uint32
	Data    []byte // as it is to be transferred
	CRC     uint16 // CRC-16-CCITT of the data after decompression and decryption
}

// Processed reports whether the blocks are compressed or encrypted. Their lengths say nothing of memory then, so that an
// image has no segments until Unpack has made some.
func (h *VBF) Processed() bool { return h.DataFormat != 0 }

// ParseVBF reads a VBF file of version 2 or 3. The CRCs of its blocks and the checksum of the file must be right; those of
// blocks that are Processed are left to Unpack. Blocks that overlap are an error. The image keeps data. The name is for
// messages.
func ParseVBF(name string, data []byte) (*Image, error) {
	p := vbfParser{vbfLexer{file: name, data: data, at: len(data) - len(trimByteOrder(data))}}
	header, err := p.parse()
	if err != nil {
		return nil, err
	}
	if header.Blocks, err = p.blocks(header.Processed()); err != nil {
		return nil, err
	}
	m := &Image{Name: name, Format: FormatVBF, VBF: header}
	if header.Call != nil {
		m.Entry = new(uint64(*header.Call))
	}
	if !header.Processed() {
		m.Segments, err = p.segments(header.Blocks)
	}
	if err == nil {
		err = p.verify(header.FileChecksum)
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

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

// Unpack makes an image with segments of a VBF file whose blocks are Processed. Decode undoes the compression and the
// encryption of one block into at most limit bytes, as Codec.Decompress of package compress does; the CRC of the block
// tells whether it was right. An image that is not Processed is returned as it is.
func (m *Image) Unpack(decode func(data []byte, limit int) ([]byte, error)) (*Image, error) {
	if m.VBF == nil || !m.VBF.Processed() {
		return m, nil
	}
	var segments []Segment
	room := MaxSize
	for _, b := range m.VBF.Blocks {
		data, err := decode(b.Data, room)
		if err != nil {
			return nil, fmt.Errorf("%s: unpack the block at 0x%X: %w", m.name(), b.Address, err)
		}
		if crc := checksum.CRC16CCITT(data); crc != b.CRC {
			return nil, fmt.Errorf("%s: unpack the block at 0x%X: %w: its CRC-16 is %04X, and %04X by the unpacked data; "+
				"data_format_identifier is 0x%02X, is that the right method?",
				m.name(), b.Address, ErrUnpack, b.CRC, crc, m.VBF.DataFormat)
		}
		room -= len(data)
		segments = append(segments, Segment{uint64(b.Address), data})
	}
	joined, err := join(segments)
	if err != nil {
		return nil, fmt.Errorf("%s: unpack: %w", m.name(), err)
	}
	header := *m.VBF
	header.DataFormat, header.Blocks = 0, nil
	unpacked := *m
	unpacked.Segments, unpacked.VBF = joined, &header
	return &unpacked, nil
}

// ErrUnpack is wrapped where a block was unpacked by the wrong method.
var ErrUnpack = errors.New("wrong data")

package image

import (
	"errors"
	"fmt"

	"otabench/ecu/image/checksum"
)

// ErrUnpack is wrapped where a block was unpacked by the wrong method.
var ErrUnpack = errors.New("wrong data")

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

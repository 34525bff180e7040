package image

import "encoding/binary"

// hexRecordSize is how many bytes of data a record gets.
const hexRecordSize = 16

// encodeIntelHex writes linear addresses; a file below 64 KiB has none of their records.
func encodeIntelHex(m *Image) ([]byte, error) {
	if err := fits(m); err != nil {
		return nil, err
	}
	var text []byte
	upper := uint64(0)
	records(m, hexRecordSize, 1<<16, func(address uint64, data []byte) {
		if address>>16 != upper {
			upper = address >> 16
			text = appendHex(text, hexLinear, 0, binary.BigEndian.AppendUint16(nil, uint16(upper)))
		}
		text = appendHex(text, hexData, uint16(address), data)
	})
	if m.Entry != nil {
		text = appendHex(text, hexStartLinear, 0, binary.BigEndian.AppendUint32(nil, uint32(*m.Entry)))
	}
	return appendHex(text, hexEnd, 0, nil), nil
}

func appendHex(text []byte, kind byte, offset uint16, data []byte) []byte {
	body := []byte{byte(len(data)), byte(offset >> 8), byte(offset), kind}
	check := -(sum(body) + sum(data))
	text = appendDigits(append(text, ':'), body)
	text = appendDigits(text, data)
	return append(appendDigits(text, []byte{check}), '\n')
}

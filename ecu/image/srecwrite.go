package image

import (
	"encoding/binary"
	"fmt"
)

// srecRecordSize is how many bytes of data a record gets.
const srecRecordSize = 32

// srecMaxHeader is how many bytes of text fit into an S0 record beside its address and checksum.
const srecMaxHeader = 0xFF - 2 - 1

// encodeSRecord writes addresses of as few bytes as will do, and a count where it can have one.
func encodeSRecord(m *Image) ([]byte, error) {
	if err := fits(m); err != nil {
		return nil, err
	}
	if len(m.Header) > srecMaxHeader {
		return nil, fmt.Errorf("%w: an S-record header has %d bytes at most, and %s has one of %d",
			ErrWrite, srecMaxHeader, m.name(), len(m.Header))
	}
	entry := uint64(0)
	if m.Entry != nil {
		entry = *m.Entry
	}
	data, end := srecTypes(max(m.Bounds().To, entry+1) - 1)
	text := appendSRecord(nil, '0', 0, []byte(m.Header))
	count := uint64(0)
	records(m, srecRecordSize, srecRecordSize, func(address uint64, bytes []byte) {
		text = appendSRecord(text, data, address, bytes)
		count++
	})
	switch {
	case count < 1<<16:
		text = appendSRecord(text, '5', count, nil)
	case count < 1<<24:
		text = appendSRecord(text, '6', count, nil)
	}
	return appendSRecord(text, end, entry, nil), nil
}

// srecTypes are those of data and end for addresses up to the last.
func srecTypes(last uint64) (data, end byte) {
	switch {
	case last < 1<<16:
		return '1', '9'
	case last < 1<<24:
		return '2', '8'
	}
	return '3', '7'
}

func appendSRecord(text []byte, kind byte, address uint64, data []byte) []byte {
	width := addressBytes(kind)
	body := []byte{byte(width + len(data) + 1)}
	body = append(body, binary.BigEndian.AppendUint64(nil, address)[8-width:]...)
	check := ^(sum(body) + sum(data))
	text = appendDigits(append(text, 'S', kind), body)
	text = appendDigits(text, data)
	return append(appendDigits(text, []byte{check}), '\n')
}

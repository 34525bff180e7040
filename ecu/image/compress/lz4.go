package compress

import (
	"fmt"

	"github.com/pierrec/lz4/v4"
)

func packLZ4(data []byte) ([]byte, error) {
	if len(data) == 0 {
		return []byte{0}, nil // a sequence without literals, which the library leaves out
	}
	packed := make([]byte, lz4.CompressBlockBound(len(data)))
	c := lz4.CompressorHC{Level: lz4.Level9}
	n, err := c.CompressBlock(data, packed)
	return packed[:n], err
}

func unpackLZ4(data []byte, limit int) ([]byte, error) {
	size, err := lz4Size(data, limit)
	if err != nil {
		return nil, err
	}
	unpacked := make([]byte, size)
	n, err := lz4.UncompressBlock(data, unpacked)
	if err != nil || n != size {
		return nil, fmt.Errorf("%w: a match reaches before the beginning", ErrCorrupt)
	}
	return unpacked, nil
}

// Of a sequence: a length of 15 goes on in the bytes after it, and matches are four bytes longer than they say.
const (
	lz4Extended = 15
	lz4MinMatch = 4
)

// lz4Size walks through the sequences of a block and adds up their lengths: the library needs to know them, and nothing
// is reserved for a block that says it is larger than the limit.
func lz4Size(data []byte, limit int) (int, error) {
	size, at := 0, 0
	for at < len(data) {
		token := data[at]
		at++
		literals := lz4Length(data, &at, int(token>>4))
		at += literals
		size += literals
		if at == len(data) && size <= limit {
			return size, nil // the last sequence has no match
		}
		at += 2 // offset of the match
		size += lz4Length(data, &at, int(token&0xF)) + lz4MinMatch
		if size > limit {
			return 0, ErrTooLarge
		}
	}
	return 0, fmt.Errorf("%w: the last sequence is cut short", ErrCorrupt)
}

// lz4Length adds to a length what follows it: bytes up to the first that is not FF.
func lz4Length(data []byte, at *int, length int) int {
	if length < lz4Extended {
		return length
	}
	for *at < len(data) {
		more := data[*at]
		*at++
		length += int(more)
		if more != 0xFF {
			break
		}
	}
	return length
}

package compress

import (
	"bytes"
	"fmt"
)

// The parameters of LZSS.C; doc.go explains them.
const (
	lzssWindow  = 4096
	lzssLongest = 18
	lzssShorter = 3 // lengths are stored less this
	lzssFill    = 0x20
	lzssStart   = lzssWindow - lzssLongest
)

func packLZSS(data []byte) ([]byte, error) {
	// LZSS.C overwrites the window ahead of what it packs, so it finds nothing further back than lzssStart.
	matches := newMatcher(data, lzssStart, lzssLongest)
	packed := []byte{}
	var flags, item int // index of the flags, and number of the item among their eight
	for at := 0; at < len(data); item = (item + 1) % 8 {
		if item == 0 {
			flags = len(packed)
			packed = append(packed, 0)
		}
		begin, length := matches.find(at)
		if length == 0 {
			packed[flags] |= 1 << item
			packed = append(packed, data[at])
			length = 1
		} else {
			position := (lzssStart + begin) % lzssWindow
			packed = append(packed, byte(position), byte(position>>8<<4|(length-lzssShorter)))
		}
		for range length {
			matches.add(at)
			at++
		}
	}
	return packed, nil
}

func unpackLZSS(data []byte, limit int) ([]byte, error) {
	window := bytes.Repeat([]byte{lzssFill}, lzssWindow)
	unpacked := []byte{}
	put := func(b byte) {
		window[(lzssStart+len(unpacked))%lzssWindow] = b
		unpacked = append(unpacked, b)
	}
	var flags byte
	for at, item := 0, 0; at < len(data); item = (item + 1) % 8 {
		switch {
		case len(unpacked) > limit:
			return nil, ErrTooLarge
		case item == 0:
			flags = data[at]
			at++
			if at == len(data) {
				return nil, fmt.Errorf("%w: flags without data", ErrCorrupt)
			}
		}
		if flags>>item&1 == 1 {
			put(data[at])
			at++
			continue
		}
		if at+2 > len(data) {
			return nil, fmt.Errorf("%w: the last match is cut short", ErrCorrupt)
		}
		position, length := int(data[at])|int(data[at+1])>>4<<8, int(data[at+1]&0xF)+lzssShorter
		at += 2
		for i := range length {
			put(window[(position+i)%lzssWindow])
		}
	}
	if len(unpacked) > limit {
		return nil, ErrTooLarge
	}
	return unpacked, nil
}

package trace

import (
	"encoding/binary"
	"errors"
)

// Option codes (pcapng, sections 3.5, 4.2 and 4.3).
const (
	endOfOptions  = 0
	commentOption = 1
	ifName        = 2
	ifTimeRes     = 9
	ifTimeOffset  = 14
	packetFlags   = 2
	packetDrops   = 4
)

// Direction bits of a packet's flags.
const (
	directionMask = 3
	outbound      = 2
)

var errOption = errors.New("option is longer than its block")

// eachOption calls f for every option in b. Values point into b.
func eachOption(order binary.ByteOrder, b []byte, f func(code uint16, value []byte)) error {
	for len(b) >= 4 {
		code, size := order.Uint16(b), int(order.Uint16(b[2:]))
		if code == endOfOptions {
			return nil
		}
		b = b[4:]
		padded := (size + 3) &^ 3
		if padded > len(b) {
			return errOption
		}
		f(code, b[:size])
		b = b[padded:]
	}
	return nil
}

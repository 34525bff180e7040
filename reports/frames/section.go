package frames

import (
	"encoding/binary"
	"strings"

	"otabench/can/trace"
)

// linkCAN is LINKTYPE_CAN_SOCKETCAN of the tcpdump group's registry.
const linkCAN = 227

// Options of interfaces and packets.
const (
	endOfOptions = 0
	packetFlags  = 2
	ifName       = 2
	ifTimeRes    = 9
	ifTimeOffset = 14
)

// Bounds of what a hostile trace can make of an index.
const (
	maxSections   = 256
	maxInterfaces = 1024 // in all sections
	maxName       = 200  // bytes
)

// eachOption calls f for every whole option in p.
func eachOption(order binary.ByteOrder, p []byte, f func(code uint16, value []byte)) {
	for len(p) >= 4 {
		code, size := order.Uint16(p), int(order.Uint16(p[2:]))
		padded := 4 + (size+3)&^3
		if code == endOfOptions || padded > len(p) {
			return
		}
		f(code, p[4:4+size])
		p = p[padded:]
	}
}

// describe reads an interface description.
func describe(order binary.ByteOrder, block []byte) (Interface, error) {
	const fixed = 16 // with type and length
	if len(block) < fixed+4 {
		return Interface{}, damage("interface description of %d bytes", len(block))
	}
	i := Interface{CAN: order.Uint16(block[8:]) == linkCAN, PerSecond: 1e6}
	var err error
	eachOption(order, block[fixed:len(block)-4], func(code uint16, v []byte) {
		switch {
		case code == ifName:
			i.Name = strings.ToValidUTF8(string(v[:min(len(v), maxName)]), "")
		case code == ifTimeRes && len(v) == 1:
			if i.PerSecond, err = trace.Resolution(v[0]); err != nil {
				err = damage("%v", err)
			}
		case code == ifTimeOffset && len(v) == 8:
			i.Offset = int64(order.Uint64(v))
		}
	})
	return i, err
}

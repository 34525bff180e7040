package blf

import (
	"bytes"
	"fmt"

	"otabench/can"
)

// event is what an object about one frame says.
type event struct {
	*can.Frame
	channel   int
	direction byte
	cut       bool // the data length code is over 8 in a classic frame
	short     bool // there are fewer data bytes than the length says
}

// Flags of a message.
const (
	messageDirection = 0x0F
	messageRemote    = 0x80
)

// Lengths of objects behind the heads, without data.
const (
	messageLen = 8
	fdLen      = 20
	fd64Len    = 40
)

func tooShort(b []byte) error { return fmt.Errorf("%d bytes behind the head are too few", len(b)) }

// setID takes an identifier with the bit for extended ones.
func (e *event) setID(id uint32) {
	e.ID = id & can.MaxExtendedID
	if id&idExtended != 0 {
		e.Flags |= can.Extended
	}
}

// setData takes the length code and the data bytes of a frame whose flags are set, and checks the frame.
func (e *event) setData(code byte, data []byte) error {
	code &= 0x0F
	if e.Flags&can.FD != 0 {
		e.Len = lengths[code]
	} else {
		e.Len = min(code, can.MaxData)
		e.cut = code > can.MaxData
	}
	if e.Flags&can.Remote == 0 {
		e.short = copy(e.Payload(), data) < int(e.Len)
	}
	return e.Validate()
}

// lengths are the data lengths of FD frames by their code (ISO 11898-1:2015, table 5).
var lengths = [16]uint8{0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64}

// lengthCode is the reverse of lengths.
func lengthCode(length uint8) uint8 { return uint8(bytes.IndexByte(lengths[:], length)) }

// message reads a classic frame: channel 16, flags 8, code 8, identifier 32, data.
func (e *event) message(b []byte) error {
	if len(b) < messageLen {
		return tooShort(b)
	}
	e.channel = int(order.Uint16(b))
	e.classify(b[2])
	e.setID(order.Uint32(b[4:]))
	return e.setData(b[3], b[messageLen:])
}

// classify takes the flags of a message.
func (e *event) classify(flags byte) {
	e.direction = flags & messageDirection
	if flags&messageRemote != 0 {
		e.Flags |= can.Remote
	}
}

// fdFlags are the flags of both kinds of FD objects.
type fdFlags struct {
	fdf, brs, esi uint32
}

var (
	flagsFD   = fdFlags{1, 2, 4}
	flagsFD64 = fdFlags{0x1000, 0x2000, 0x4000}
)

const fd64Remote = 0x10

// parse sets what the flags say. A frame without the FD flag is a classic one in an FD object, one with it is not
// remote, whatever else it says.
func (f fdFlags) parse(frame *can.Frame, flags uint32) {
	if flags&f.fdf == 0 {
		return
	}
	frame.Flags = frame.Flags&^can.Remote | can.FD
	if flags&f.brs != 0 {
		frame.Flags |= can.BRS
	}
	if flags&f.esi != 0 {
		frame.Flags |= can.ESI
	}
}

// fd reads a frame: channel 16, flags 8, code 8, identifier 32, duration 32, bits 8, FD flags 8, count of data bytes 8,
// 40 bits of nothing, data.
func (e *event) fd(b []byte) error {
	if len(b) < fdLen {
		return tooShort(b)
	}
	e.channel = int(order.Uint16(b))
	e.classify(b[2])
	flagsFD.parse(e.Frame, uint32(b[13]))
	e.setID(order.Uint32(b[4:]))
	return e.setCounted(b[3], b[14], b[fdLen:])
}

// fd64 reads a frame: channel 8, code 8, count of data bytes 8, attempts 8, identifier 32, duration 32, flags 32, bit
// timing 64, offsets 64, bits 16, direction 8, offset of more 8, checksum 32, data.
func (e *event) fd64(b []byte) error {
	if len(b) < fd64Len {
		return tooShort(b)
	}
	e.channel = int(b[0])
	e.direction = b[34]
	flags := order.Uint32(b[12:])
	if flags&fd64Remote != 0 {
		e.Flags |= can.Remote
	}
	flagsFD64.parse(e.Frame, flags)
	e.setID(order.Uint32(b[4:]))
	return e.setCounted(b[1], b[2], b[fd64Len:])
}

// setCounted is setData for an object that counts its data bytes.
func (e *event) setCounted(code, count byte, rest []byte) error {
	return e.setData(code, rest[:min(int(count), len(rest))])
}

package trace

import (
	"encoding/binary"
	"fmt"

	"otabench/can"
)

// Layout of link type CAN_SOCKETCAN: identifier and flags, big-endian; data length; FD flags; two reserved bytes; data.
const (
	headerLen = 8
	fullFD    = headerLen + can.MaxDataFD // what a kernel hands out for any FD frame

	idExtended = 1 << 31
	idRemote   = 1 << 30
	idError    = 1 << 29

	fdBRS = 1
	fdESI = 2
	fdFDF = 4
)

// appendFrame appends the packet data of f, which has a valid length.
func appendFrame(b []byte, f *can.Frame) []byte {
	id, fd := f.ID, byte(0)
	for _, m := range idFlags {
		if f.Is(m.flag) {
			id |= m.bit
		}
	}
	for _, m := range fdFlags {
		if f.Is(m.flag) {
			fd |= m.bit
		}
	}
	b = binary.BigEndian.AppendUint32(b, id)
	b = append(b, f.Len, fd, 0, 0)
	return append(b, f.Payload()...)
}

var idFlags = []struct {
	flag can.Flags
	bit  uint32
}{{can.Extended, idExtended}, {can.Remote, idRemote}, {can.Error, idError}}

var fdFlags = []struct {
	flag can.Flags
	bit  byte
}{{can.BRS, fdBRS}, {can.ESI, fdESI}, {can.FD, fdFDF}}

// ParseFrame reads a frame from packet data of link type CAN_SOCKETCAN, which anybody may have written.
func ParseFrame(b []byte) (can.Frame, error) {
	if len(b) < headerLen {
		return can.Frame{}, fmt.Errorf("%d bytes are too few for a CAN frame", len(b))
	}
	id := binary.BigEndian.Uint32(b)
	f := can.Frame{ID: id & can.MaxExtendedID, Len: b[4]}
	for _, m := range idFlags {
		if id&m.bit != 0 {
			f.Flags |= m.flag
		}
	}
	if id&(idExtended|idError) == 0 {
		f.ID &= can.MaxStandardID // the other bits mean nothing
	}
	// Kernels before 6.1 leave the FD flag out, and the size of the packet tells.
	if b[5]&fdFDF != 0 || len(b) == fullFD {
		f.Flags |= can.FD
		for _, m := range fdFlags {
			if b[5]&m.bit != 0 {
				f.Flags |= m.flag
			}
		}
	}
	if err := checkFrame(f); err != nil {
		return can.Frame{}, err
	}
	if f.Is(can.Remote) {
		return f, nil
	}
	if len(b)-headerLen < int(f.Len) {
		return can.Frame{}, fmt.Errorf("a CAN frame of %d data bytes in %d bytes of packet", f.Len, len(b))
	}
	copy(f.Payload(), b[headerLen:])
	return f, nil
}

// checkFrame is Validate with room for error frames, which a trace holds and nobody sends.
func checkFrame(f can.Frame) error {
	if f.Is(can.Error) {
		f.Flags = f.Flags&^can.Error | can.Extended
	}
	return f.Validate()
}

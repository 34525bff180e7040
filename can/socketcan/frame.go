package socketcan

import (
	"encoding/binary"

	"otabench/can"
)

// Sizes of the kernel's struct can_frame and struct canfd_frame (linux/can.h).
const (
	classicSize = 16
	fdSize      = 72
	dataOffset  = 8
)

// Bits of a kernel's identifier.
const (
	extendedBit = 1 << 31
	remoteBit   = 1 << 30
	errorBit    = 1 << 29
)

// Bits of canfd_frame.flags.
const (
	fdBRS = 1 << iota
	fdESI
	fdFDF
)

// encode writes a frame that was validated as the kernel has it.
func encode(b *[fdSize]byte, f can.Frame) []byte {
	clear(b[:])
	id := f.ID
	if f.Is(can.Extended) {
		id |= extendedBit
	}
	if f.Is(can.Remote) {
		id |= remoteBit
	}
	binary.NativeEndian.PutUint32(b[:], id)
	b[4] = f.Len
	if !f.Is(can.Remote) {
		copy(b[dataOffset:], f.Payload())
	}
	if !f.Is(can.FD) {
		return b[:classicSize]
	}
	b[5] = fdFDF
	if f.Is(can.BRS) {
		b[5] |= fdBRS
	}
	if f.Is(can.ESI) {
		b[5] |= fdESI
	}
	return b[:]
}

// decode reads a frame of the kernel. It gives false for what is no frame at all. A length that no frame can have does
// not come from a controller; it must not become an index either.
func decode(b []byte) (f can.Frame, ok bool) {
	if len(b) != classicSize && len(b) != fdSize {
		return f, false
	}
	id := binary.NativeEndian.Uint32(b)
	length := min(int(b[4]), len(b)-dataOffset)
	switch {
	case id&errorBit != 0:
		f.ID, f.Flags = id&can.MaxExtendedID, can.Error
	case id&extendedBit != 0:
		f.ID, f.Flags = id&can.MaxExtendedID, can.Extended
	default:
		f.ID = id & can.MaxStandardID
	}
	if len(b) == fdSize {
		f.Flags |= can.FD | fdFlags(b[5])
		length = can.PadLen(length)
	}
	f.Len = uint8(length)
	if id&remoteBit != 0 && !f.Is(can.FD) && !f.Is(can.Error) {
		f.Flags |= can.Remote
		return f, true
	}
	copy(f.Payload(), b[dataOffset:])
	return f, true
}

func fdFlags(b byte) (flags can.Flags) {
	if b&fdBRS != 0 {
		flags |= can.BRS
	}
	if b&fdESI != 0 {
		flags |= can.ESI
	}
	return flags
}

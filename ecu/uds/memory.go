package uds

import (
	"fmt"
)

// Memory is a region of a server's memory with the widths, in bytes, of its address and size in requests.
type Memory struct {
	Address, Size             uint64
	AddressLength, SizeLength int
}

// Encode writes addressAndLengthFormatIdentifier, address and size as requests carry them (annex H).
func (m Memory) Encode() ([]byte, error) {
	if !fits(m.Address, m.AddressLength) || !fits(m.Size, m.SizeLength) {
		return nil, fmt.Errorf("memory %#x with %d bytes does not fit an address of %d and a size of %d bytes",
			m.Address, m.Size, m.AddressLength, m.SizeLength)
	}
	b := []byte{byte(m.SizeLength<<4 | m.AddressLength)}
	b = appendUint(b, m.Address, m.AddressLength)
	return appendUint(b, m.Size, m.SizeLength), nil
}

// decodeMemory reads what Encode writes.
func decodeMemory(b []byte) (m Memory, ok bool) {
	if len(b) == 0 {
		return Memory{}, false
	}
	m.AddressLength, m.SizeLength = int(b[0]&0xF), int(b[0]>>4)
	b = b[1:]
	if m.AddressLength < 1 || m.AddressLength > 8 || m.SizeLength < 1 || m.SizeLength > 8 || len(b) != m.AddressLength+m.SizeLength {
		return Memory{}, false
	}
	m.Address, m.Size = readUint(b[:m.AddressLength]), readUint(b[m.AddressLength:])
	return m, true
}

// blockLength reads lengthFormatIdentifier and maxNumberOfBlockLength (15.2).
func blockLength(b []byte) (n uint64, ok bool) {
	if len(b) == 0 {
		return 0, false
	}
	width := int(b[0] >> 4)
	if width < 1 || width > 8 || len(b) < 1+width {
		return 0, false
	}
	return readUint(b[1 : 1+width]), true
}

func fits(v uint64, width int) bool {
	return width >= 1 && width <= 8 && (width == 8 || v>>(8*width) == 0)
}

func appendUint(b []byte, v uint64, width int) []byte {
	for i := width - 1; i >= 0; i-- {
		b = append(b, byte(v>>(8*i)))
	}
	return b
}

func readUint(b []byte) (v uint64) {
	for _, x := range b {
		v = v<<8 | uint64(x)
	}
	return v
}

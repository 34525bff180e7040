package isotp

import (
	"fmt"

	"otabench/can"
)

// Format is the addressing format (ISO 15765-2:2016, 10.3): whether each frame begins with an address byte.
type Format uint8

// Addressing formats.
const (
	// Normal has no address byte; the identifiers say everything. Normal fixed addressing is this with the identifiers of
	// [NormalFixed].
	Normal Format = iota
	// ExtendedFormat puts the target address N_TA first (10.3.4).
	ExtendedFormat
	// MixedFormat puts the address extension N_AE first, the same in both directions (10.3.5).
	MixedFormat
)

func (f Format) String() string {
	return [...]string{"normal", "extended", "mixed"}[min(f, MixedFormat)]
}

// Address names both directions of a connection. The zero value of Format is normal addressing.
type Address struct {
	Tx, Rx   uint32
	Extended bool // 29-bit identifiers
	Format   Format
	// TxByte begins each frame that is sent and RxByte each that is received, in the formats that have an address byte:
	// N_TA of the other node and one's own, or N_AE in both.
	TxByte, RxByte byte
}

// NormalFixed returns the address of a node to which source talks in normal fixed addressing (10.3.3, 29 bit).
func NormalFixed(source, target byte) Address {
	return Address{Tx: fixed(0x18DA0000, source, target), Rx: fixed(0x18DA0000, target, source), Extended: true}
}

// MixedFixed returns the address of a node behind an address extension, to which source talks in mixed addressing with
// 29-bit identifiers (10.3.5.2).
func MixedFixed(source, target, extension byte) Address {
	return Address{
		Tx: fixed(0x18CE0000, source, target), Rx: fixed(0x18CE0000, target, source), Extended: true,
		Format: MixedFormat, TxByte: extension, RxByte: extension,
	}
}

func fixed(base uint32, source, target byte) uint32 { return base | uint32(target)<<8 | uint32(source) }

func (a Address) String() string {
	text := fmt.Sprintf("%03X/%03X", a.Tx, a.Rx)
	if a.Extended {
		text = fmt.Sprintf("%08X/%08X", a.Tx, a.Rx)
	}
	switch a.Format {
	case ExtendedFormat:
		return fmt.Sprintf("%s N_TA %02X/%02X", text, a.TxByte, a.RxByte)
	case MixedFormat:
		return fmt.Sprintf("%s N_AE %02X", text, a.TxByte)
	}
	return text
}

// Reversed is the same address from the other node's side.
func (a Address) Reversed() Address {
	a.Tx, a.Rx, a.TxByte, a.RxByte = a.Rx, a.Tx, a.RxByte, a.TxByte
	return a
}

// head is how many bytes of each frame the address takes.
func (a Address) head() int {
	if a.Format == Normal {
		return 0
	}
	return 1
}

// strip returns what follows the address byte of a frame, and false if it is addressed to somebody else.
func (a Address) strip(f *can.Frame, want byte) ([]byte, bool) {
	b := f.Payload()
	if a.Format == Normal {
		return b, true
	}
	if len(b) == 0 || b[0] != want {
		return nil, false
	}
	return b[1:], true
}

// check says what is wrong.
func (a Address) check(functional uint32) error {
	limit := uint32(can.MaxStandardID)
	if a.Extended {
		limit = can.MaxExtendedID
	}
	switch {
	case a.Tx > limit || a.Rx > limit || functional > limit:
		return fmt.Errorf("an identifier is over %#x", limit)
	case a.Format > MixedFormat:
		return fmt.Errorf("addressing format %d; want normal, extended or mixed", a.Format)
	case a.Tx == a.Rx && (a.Format != ExtendedFormat || a.TxByte == a.RxByte):
		return fmt.Errorf("both directions have the same identifier")
	case a.Format == MixedFormat && a.TxByte != a.RxByte:
		return fmt.Errorf("mixed addressing has one address extension for both directions")
	case a.Format == Normal && (a.TxByte != 0 || a.RxByte != 0):
		return fmt.Errorf("normal addressing has no address byte")
	}
	return nil
}

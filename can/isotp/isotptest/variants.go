package isotptest

import (
	"time"

	"otabench/can/isotp"
)

// Variant is a way to set up both ends of a connection.
type Variant struct {
	Name string
	A, B isotp.Config
}

// Variants are all addressing formats, and what else can be set.
func Variants() []Variant {
	pad := byte(0xCC)
	both := func(name string, c isotp.Config) Variant {
		other := c
		other.Address = c.Address.Reversed()
		return Variant{name, c, other}
	}
	normal := isotp.Address{Tx: 0x7E0, Rx: 0x7E8}
	extended := isotp.Address{Tx: 0x6F1, Rx: 0x612, Format: isotp.ExtendedFormat, TxByte: 0x12, RxByte: 0xF1}
	mixed := isotp.Address{Tx: 0x700, Rx: 0x708, Format: isotp.MixedFormat, TxByte: 0x55, RxByte: 0x55}
	blocks := both("blocks of 3, STmin 300us", isotp.Config{Address: normal})
	blocks.B.BlockSize, blocks.B.STmin = 3, 300*time.Microsecond
	return []Variant{
		both("normal, 11 bit", isotp.Config{Address: normal}),
		both("padded", isotp.Config{Address: normal, Padding: &pad}),
		blocks,
		both("normal fixed, 29 bit", isotp.Config{Address: isotp.NormalFixed(0xF1, 0x10)}),
		both("extended, 11 bit", isotp.Config{Address: extended}),
		both("extended, padded", isotp.Config{Address: extended, Padding: &pad}),
		both("mixed, 11 bit", isotp.Config{Address: mixed}),
		both("mixed, 29 bit", isotp.Config{Address: isotp.MixedFixed(0xF1, 0x10, 0x55)}),
		both("FD", isotp.Config{Address: normal, FD: true, BRS: true}),
		both("FD, TX_DL 24, padded", isotp.Config{Address: normal, FD: true, TxDL: 24, Padding: &pad}),
		both("FD, TX_DL 8", isotp.Config{Address: normal, FD: true, TxDL: 8}),
		both("FD, extended", isotp.Config{Address: extended, FD: true, BRS: true}),
		both("FD, mixed, 29 bit", isotp.Config{Address: isotp.MixedFixed(0xF1, 0x10, 0x55), FD: true}),
	}
}

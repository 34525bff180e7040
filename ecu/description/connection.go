package description

import "otabench/can/isotp"

// Addressing formats as descriptions name them.
const (
	formatNormal   = "normal"
	formatExtended = "extended"
	formatMixed    = "mixed"
)

// Formats are the names of addressing formats that [Address] accepts.
func Formats() []string { return []string{formatNormal, formatExtended, formatMixed} }

// Connection is the tester's end of the connection to the ECU. It is for a description that is valid.
func (e ECU) Connection() isotp.Config {
	a, t := e.Address, e.Transport
	return isotp.Config{
		Address: a.ISOTP(), FunctionalByte: a.FunctionalByte,
		Padding: t.Padding, BlockSize: t.BlockSize, STmin: t.STmin,
		FD: t.FD, BRS: t.BRS, TxDL: t.TxDL,
		NAs: t.NAs, NBs: t.NBs, NCr: t.NCr, MaxWait: t.MaxWait,
	}
}

// ISOTP is the address as the tester's end has it.
func (a Address) ISOTP() isotp.Address {
	formats := map[string]isotp.Format{formatExtended: isotp.ExtendedFormat, formatMixed: isotp.MixedFormat}
	return isotp.Address{
		Tx: a.Request, Rx: a.Response, Extended: a.Extended,
		Format: formats[a.Format], TxByte: a.RequestByte, RxByte: a.ResponseByte,
	}
}

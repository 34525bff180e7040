package sim

import (
	"fmt"

	"otabench/can/isotp"
)

// formats are the addressing formats by name.
var formats = map[string]isotp.Format{
	"": isotp.Normal, "normal": isotp.Normal, "extended": isotp.ExtendedFormat, "mixed": isotp.MixedFormat,
}

// connection is the ECU's end of its diagnostic connection.
func (c Config) connection() isotp.Config {
	a, t := c.Address, c.Transport
	return isotp.Config{
		Address: isotp.Address{
			Tx: a.Response, Rx: a.Request, Extended: a.Extended,
			Format: formats[a.Format], TxByte: a.ResponseByte, RxByte: a.RequestByte,
		},
		Functional: a.Functional, FunctionalByte: a.FunctionalByte,
		BlockSize: t.BlockSize, STmin: t.STmin, Padding: t.Padding, MaxMessage: maxMessage,
		FD: t.FD, BRS: t.BRS, TxDL: t.TxDL,
	}
}

// checkConnection says what is wrong with address and transport.
func (c Config) checkConnection() error {
	if _, known := formats[c.Address.Format]; !known {
		return fmt.Errorf("address.format is %q, want normal, extended or mixed", c.Address.Format)
	}
	_, err := c.connection().Complete()
	return err
}

package traffic

import (
	"encoding/hex"
	"fmt"
	"strings"

	"otabench/bench/config"
	"otabench/can/signal/e2e"
	"otabench/can/signal/restbus"
)

// sums are the algorithms of checksums by name.
var sums = map[string]func([]byte) uint64{
	"xor":        restbus.XOR,
	"sum8":       restbus.Sum8,
	"crc8-j1850": func(data []byte) uint64 { return uint64(e2e.CRC8J1850(data)) },
	"crc8-h2f":   func(data []byte) uint64 { return uint64(e2e.CRC8H2F(data)) },
}

// protector protects data of the given size.
func protector(c config.E2E, size int) (*e2e.Protector, error) {
	switch c.Profile {
	case "1A":
		return e2e.NewProtector(e2e.Profile1A(c.DataID, size))
	case "1B":
		return e2e.NewProtector(e2e.Profile1B(c.DataID, size))
	case "1C":
		return e2e.NewProtector(e2e.Profile1C(c.DataID, size))
	case "5":
		return e2e.NewProtector(e2e.Profile5{DataID: c.DataID, Length: size, Offset: c.Offset, MaxDeltaCounter: 1})
	}
	list, err := hex.DecodeString(strings.ReplaceAll(c.DataIDList, " ", ""))
	if err != nil || len(list) != 16 {
		return nil, fmt.Errorf("data_id_list %q; want 16 bytes in hexadecimal for profile 2", c.DataIDList)
	}
	return e2e.NewProtector(e2e.NewProfile2([16]byte(list), size))
}

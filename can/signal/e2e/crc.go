package e2e

// Checksums of AUTOSAR_SWS_CRCLibrary, without its start and final values.
var (
	tableJ1850 = makeTable8(0x1D)
	tableH2F   = makeTable8(0x2F)
	tableCCITT = makeTable16(0x1021)
)

func makeTable8(polynomial byte) (table [256]byte) {
	for i := range table {
		crc := byte(i)
		for range 8 {
			carry := crc & 0x80
			crc <<= 1
			if carry != 0 {
				crc ^= polynomial
			}
		}
		table[i] = crc
	}
	return table
}

func makeTable16(polynomial uint16) (table [256]uint16) {
	for i := range table {
		crc := uint16(i) << 8
		for range 8 {
			carry := crc & 0x8000
			crc <<= 1
			if carry != 0 {
				crc ^= polynomial
			}
		}
		table[i] = crc
	}
	return table
}

func crc8(table *[256]byte, crc byte, data ...byte) byte {
	for _, b := range data {
		crc = table[crc^b]
	}
	return crc
}

func crc16(crc uint16, data ...byte) uint16 {
	for _, b := range data {
		crc = crc<<8 ^ tableCCITT[byte(crc>>8)^b]
	}
	return crc
}

// CRC8J1850 is Crc_CalculateCRC8, the checksum of SAE J1850: polynomial 0x1D, start and final value 0xFF.
func CRC8J1850(data []byte) byte { return crc8(&tableJ1850, 0xFF, data...) ^ 0xFF }

// CRC8H2F is Crc_CalculateCRC8H2F: polynomial 0x2F, start and final value 0xFF.
func CRC8H2F(data []byte) byte { return crc8(&tableH2F, 0xFF, data...) ^ 0xFF }

package odx

import (
	"otabench/ecu/description"
)

// Base data types of ODX.
const (
	typeInt     = "A_INT32"
	typeUint    = "A_UINT32"
	typeFloat   = "A_FLOAT32"
	typeDouble  = "A_FLOAT64"
	typeASCII   = "A_ASCIISTRING"
	typeUTF8    = "A_UTF8STRING"
	typeUnicode = "A_UNICODE2STRING"
	typeBytes   = "A_BYTEFIELD"
)

// maxBits bounds the length of a value: that of the longest message.
const maxBits = 8 * 4092

// coded is how a value lies in a message, as a DIAG-CODED-TYPE says.
type coded struct {
	base, encoding string
	bits           int // 0 reaches to the end of the message
	lead           int // bits of the length in front of the value
	little         bool
	loss           string // what is not taken over, "" if all is
}

// readCoded reads a DIAG-CODED-TYPE. A type that cannot be read is bytes to the end.
func readCoded(e *element) coded {
	if e == nil {
		return coded{base: typeBytes, loss: "its DIAG-CODED-TYPE is missing, so it is shown as bytes"}
	}
	c := coded{base: e.attr("BASE-DATA-TYPE"), encoding: e.attr("BASE-TYPE-ENCODING")}
	c.little = e.attr("IS-HIGHLOW-BYTE-ORDER") == "false"
	switch kind := e.attr("type"); kind {
	case "STANDARD-LENGTH-TYPE":
		c.standard(e)
	case "MIN-MAX-LENGTH-TYPE":
		c.minMax(e)
	case "LEADING-LENGTH-INFO-TYPE":
		c.leading(e)
	case "PARAM-LENGTH-INFO-TYPE":
		c.loss = "its length is the value of another parameter, so it reaches to the end"
	default:
		c.loss = "its DIAG-CODED-TYPE " + clean(kind) + " is not known, so it reaches to the end"
	}
	return c
}

func (c *coded) standard(e *element) {
	bits, ok := e.number("BIT-LENGTH")
	if !ok || bits < 1 || bits > maxBits {
		c.loss = "its BIT-LENGTH is not from 1 to 32736, so it reaches to the end"
		return
	}
	c.bits = bits
	if e.child("BIT-MASK") != nil {
		c.loss = "its BIT-MASK is not applied"
	}
}

func (c *coded) minMax(e *element) {
	least, _ := e.number("MIN-LENGTH")
	most, limited := e.number("MAX-LENGTH")
	switch {
	case limited && least == most && most > 0 && 8*most <= maxBits:
		c.bits = 8 * most
	case limited && c.base == typeASCII:
		// Text shows where it ends.
	case limited || least > 1:
		c.loss = "the limits of its length are not checked"
	}
}

func (c *coded) leading(e *element) {
	lead, ok := e.number("BIT-LENGTH")
	if !ok || lead < 1 || lead > 32 {
		c.loss = "the BIT-LENGTH of its length is not from 1 to 32, so it is shown with its length as bytes"
		c.base = typeBytes
		return
	}
	c.lead = lead
}

// codec says how the value reads before its COMPU-METHOD is applied.
func (c *coded) codec() description.Codec {
	codec := description.Codec{Length: c.bits / 8}
	if c.bits%8 != 0 {
		codec.Length = 0
	}
	switch c.base {
	case typeUint, typeInt:
		codec.Format = c.integer()
	case typeFloat, typeDouble:
		codec.Format = description.Float
		if want := map[string]int{typeFloat: 32, typeDouble: 64}[c.base]; c.bits != want {
			codec.Format = description.Hex
			c.lose("a float has 32 or 64 bits, so it is shown as bytes")
		}
	case typeASCII, typeUTF8:
		codec.Format = description.ASCII
	case typeUnicode:
		codec.Format = description.Hex
		c.lose("16-bit characters are shown as bytes")
	default:
		codec.Format = c.bytes()
	}
	number := codec.Format == description.Uint || codec.Format == description.Int || codec.Format == description.Float
	if number && (c.bits > 128 || c.bits > 64 && c.bits%8 != 0) {
		codec.Format, number = description.Hex, false
		c.lose("a number of more than 16 bytes is shown as bytes")
	}
	codec.LittleEndian = c.little && number
	return codec
}

// integer is the format of a whole number.
func (c *coded) integer() string {
	switch c.encoding {
	case "BCD-P":
		if c.bits%8 == 0 && !c.little {
			return description.BCD
		}
		c.lose("BCD that is not of whole bytes, the highest first, is shown as a number")
		return description.Uint
	case "BCD-UP":
		c.lose("unpacked BCD is shown as bytes")
		return description.Hex
	case "1C", "SM":
		c.lose("encoding " + c.encoding + " is shown as a number without sign")
		return description.Uint
	}
	if c.base == typeInt {
		return description.Int
	}
	return description.Uint
}

func (c *coded) bytes() string {
	switch c.encoding {
	case "BCD-P":
		return description.BCD
	case "BCD-UP":
		c.lose("unpacked BCD is shown as bytes")
	}
	return description.Hex
}

func (c *coded) lose(what string) {
	if c.loss == "" {
		c.loss = what
	}
}

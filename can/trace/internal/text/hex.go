package text

// Byte reads two hexadecimal digits.
func Byte(b []byte) (value byte, ok bool) {
	if len(b) != 2 {
		return 0, false
	}
	high, low := nibbles[b[0]], nibbles[b[1]]
	return high<<4 | low, high|low < 16
}

// Hex reads up to eight hexadecimal digits.
func Hex(b []byte) (value uint32, ok bool) {
	if len(b) == 0 || len(b) > 8 {
		return 0, false
	}
	for _, c := range b {
		n := nibbles[c]
		if n > 15 {
			return 0, false
		}
		value = value<<4 | uint32(n)
	}
	return value, true
}

// nibbles are the values of digits, and over 15 for what is none.
var nibbles = func() (table [256]byte) {
	for c := range table {
		table[c] = 0xF0
	}
	for value := range 16 {
		table[digits[value]] = byte(value)
		table[digits[value]|0x20] = byte(value) // small letters; digits have this bit anyway
	}
	return table
}()

const digits = "0123456789ABCDEF"

// AppendByte appends two hexadecimal digits.
func AppendByte(b []byte, value byte) []byte {
	return append(b, digits[value>>4], digits[value&15])
}

// AppendHex appends at least so many hexadecimal digits.
func AppendHex(b []byte, value uint32, least int) []byte {
	for n := 8; n > 0; n-- {
		if n <= least || value>>(4*(n-1)) != 0 {
			b = append(b, digits[value>>(4*(n-1))&15])
		}
	}
	return b
}

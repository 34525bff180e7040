package text

// Byte reads two hexadecimal digits.
func Byte(b []byte) (value byte, ok bool) {
	if len(b) != 2 {
		return 0, false
	}
	high, low := nibble(b[0]), nibble(b[1])
	return high<<4 | low, high|low < 16
}

// nibble returns 0xF0 for what is no digit.
func nibble(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	}
	return 0xF0
}

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

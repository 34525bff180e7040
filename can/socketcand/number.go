package socketcand

import (
	"strconv"
	"time"
)

// parseHex reads 1 to 8 hexadecimal digits.
func parseHex(b []byte) (v uint32, ok bool) {
	const maxDigits = 8
	if len(b) == 0 || len(b) > maxDigits {
		return 0, false
	}
	for _, c := range b {
		n := nibble(c)
		if n > 15 {
			return 0, false
		}
		v = v<<4 | uint32(n)
	}
	return v, true
}

// nibble returns more than 15 for what is no digit.
func nibble(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	}
	return 16
}

// parseDecimal reads 1 to 18 decimal digits, which always fit.
func parseDecimal(b []byte) (v uint64, ok bool) {
	const maxDigits = 18
	if len(b) == 0 || len(b) > maxDigits {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = v*10 + uint64(c-'0')
	}
	return v, true
}

const (
	// lastSecond is the end of the year 9999.
	lastSecond = 253402300799
	decimals   = 9
)

// parseStamp reads seconds since 1970 with 1 to 9 decimals.
func parseStamp(b []byte) (t time.Time, ok bool) {
	point := len(b)
	for i, c := range b {
		if c == '.' {
			point = i
			break
		}
	}
	seconds, ok := parseDecimal(b[:point])
	if !ok || seconds > lastSecond || point == len(b) || len(b)-point-1 > decimals {
		return time.Time{}, false
	}
	fraction, ok := parseDecimal(b[point+1:])
	if !ok {
		return time.Time{}, false
	}
	for range decimals - (len(b) - point - 1) {
		fraction *= 10
	}
	return time.Unix(int64(seconds), int64(fraction)), true
}

// appendStamp appends seconds since 1970, with nine decimals if fine and six otherwise. What does not fit is cut off.
func appendStamp(b []byte, t time.Time, fine bool) []byte {
	b = strconv.AppendInt(b, t.Unix(), 10)
	b = append(b, ".000000000"...)
	n := t.Nanosecond()
	for i := range decimals {
		b[len(b)-1-i] = byte('0' + n%10)
		n /= 10
	}
	if !fine {
		b = b[:len(b)-3]
	}
	return b
}

const hexDigits = "0123456789ABCDEF"

// appendHex appends the lowest so many digits.
func appendHex(b []byte, v uint32, digits int) []byte {
	for i := digits - 1; i >= 0; i-- {
		b = append(b, hexDigits[v>>(4*i)&15])
	}
	return b
}

func appendHexByte(b []byte, v byte) []byte { return append(b, hexDigits[v>>4], hexDigits[v&15]) }

package text

import "time"

// LastSecond is the end of the year 9999, behind which times have no text form.
const LastSecond = 253402300799

// Stamp reads seconds with 1 to 9 decimals. It fails for anything else and behind [LastSecond].
func Stamp(b []byte) (seconds, nanoseconds int64, ok bool) {
	const maxDigits, maxDecimals = 12, 9
	i := 0
	for ; i < len(b) && b[i] != '.'; i++ {
		if !digit(b[i]) || i == maxDigits {
			return 0, 0, false
		}
		seconds = seconds*10 + int64(b[i]-'0')
	}
	if i == 0 || i >= len(b)-1 || len(b)-i-1 > maxDecimals || seconds > LastSecond {
		return 0, 0, false
	}
	decimals := b[i+1:]
	for k := range maxDecimals {
		nanoseconds *= 10
		if k < len(decimals) {
			if !digit(decimals[k]) {
				return 0, 0, false
			}
			nanoseconds += int64(decimals[k] - '0')
		}
	}
	return seconds, nanoseconds, true
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

// AppendStamp appends seconds, with blanks before them so that they are at least as wide as told, and six decimals.
// What is below a microsecond is cut off, so that the order of frames remains.
func AppendStamp(b []byte, seconds, nanoseconds int64, width int) []byte {
	b = AppendDecimal(b, int(seconds), width)
	b = append(b, ".000000"...)
	const decimals = 6
	us := nanoseconds / int64(time.Microsecond)
	for i := range decimals {
		b[len(b)-1-i] = byte('0' + us%10)
		us /= 10
	}
	return b
}

package text

import "strconv"

// AppendDecimal appends n, which is not negative, with blanks before it so that it is at least as wide as told.
func AppendDecimal(b []byte, n, width int) []byte {
	for limit := 10; width > 1; limit *= 10 {
		if n < limit {
			b = AppendBlanks(b, width-1)
			break
		}
		width--
	}
	return strconv.AppendInt(b, int64(n), 10)
}

// AppendBlanks appends so many blanks, at most 40, and none for a negative number.
func AppendBlanks(b []byte, n int) []byte {
	const blanks = "                                        "
	return append(b, blanks[:max(0, n)]...)
}

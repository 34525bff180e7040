package trace

import (
	"fmt"
	"math/bits"
	"time"
)

// clock turns an interface's time stamps into times.
type clock struct {
	perSecond uint64
	offset    int64 // s
}

// microseconds is the clock of an interface that names no other.
var microseconds = clock{perSecond: 1e6}

// Resolution returns the stamps per second for the value of an if_tsresol option: an exponent of 10, or of 2 if bit 7 is
// set, to be negated.
func Resolution(v byte) (uint64, error) {
	exponent := v & 0x7F
	switch {
	case v&0x80 != 0 && exponent < 64:
		return 1 << exponent, nil
	case v&0x80 == 0 && exponent < 20:
		n := uint64(1)
		for range exponent {
			n *= 10
		}
		return n, nil
	}
	return 0, fmt.Errorf("time stamp resolution %#x is too fine", v)
}

// lastSecond is the end of the year 9999, behind which times have no text form.
const lastSecond = 253402300799

func (c clock) time(stamp uint64) (time.Time, error) {
	seconds, rest := stamp/c.perSecond, stamp%c.perSecond
	if seconds > lastSecond || c.offset > lastSecond-int64(seconds) || c.offset < -int64(seconds) {
		return time.Time{}, fmt.Errorf("time stamp %d, offset %d s, is after the year 9999 or before 1970", stamp, c.offset)
	}
	hi, lo := bits.Mul64(rest, uint64(time.Second))
	ns, _ := bits.Div64(hi, lo, c.perSecond) // rest < perSecond, so the quotient is below 1e9
	return time.Unix(int64(seconds)+c.offset, int64(ns)).UTC(), nil
}

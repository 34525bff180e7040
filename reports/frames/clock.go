package frames

import "math/bits"

const (
	second = 1_000_000_000
	// lastStamped is the second in which the nanoseconds since 1970 exceed an int64, in 2262.
	lastStamped = (1<<63 - 1) / second
)

// time turns a stamp of the interface into nanoseconds since 1970.
func (i *Interface) time(stamp uint64) (int64, error) {
	if i.PerSecond == second && i.Offset == 0 && stamp < 1<<63 {
		return int64(stamp), nil
	}
	seconds, rest := stamp/i.PerSecond, stamp%i.PerSecond
	if seconds >= lastStamped || i.Offset >= lastStamped-int64(seconds) || i.Offset < -int64(seconds) {
		return 0, damage("time stamp %d, offset %d s, is not between 1970 and 2262", stamp, i.Offset)
	}
	hi, lo := bits.Mul64(rest, second)
	ns, _ := bits.Div64(hi, lo, i.PerSecond) // rest < PerSecond, so the quotient is below a second
	return (int64(seconds)+i.Offset)*second + int64(ns), nil
}

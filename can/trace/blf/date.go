package blf

import (
	"errors"
	"time"

	"otabench/can/trace/internal/text"
)

// A date has eight numbers of 16 bits: year, month, weekday from Sunday, day, hour, minute, second, millisecond.
const dateLen = 16

func appendDate(b []byte, date time.Time) []byte {
	if date.IsZero() {
		return append(b, make([]byte, dateLen)...)
	}
	for _, n := range []int{
		date.Year(), int(date.Month()), int(date.Weekday()), date.Day(), date.Hour(), date.Minute(), date.Second(),
		date.Nanosecond() / int(time.Millisecond),
	} {
		b = order.AppendUint16(b, uint16(n))
	}
	return b
}

// parseDate reads a date. Without one, which is all zero, it is 1970; ok tells whether the file is to blame for that.
func parseDate(b []byte, zone *time.Location) (date time.Time, ok bool) {
	var n [dateLen / 2]int
	for i := range n {
		n[i] = int(order.Uint16(b[2*i:]))
	}
	year, month, day, hour, minute, second, ms := n[0], time.Month(n[1]), n[3], n[4], n[5], n[6], n[7]
	in := func(zone *time.Location) time.Time {
		return time.Date(year, month, day, hour, minute, second, ms*int(time.Millisecond), zone)
	}
	utc := in(time.UTC)
	again := appendDate(nil, utc)
	copy(again[4:6], b[4:6]) // nobody needs the day of the week
	if string(again) != string(b[:dateLen]) {
		return time.Unix(0, 0), n == [dateLen / 2]int{}
	}
	return in(zone), true
}

var errRange = errors.New("time is after the year 9999 or before 1970")

// at returns the time, in UTC, of a stamp that counts from start.
func at(start time.Time, unit uint32, count uint64) (time.Time, error) {
	perSecond, ns := uint64(time.Second), int64(1)
	if unit == unit10us {
		ns = int64(10 * time.Microsecond)
		perSecond /= uint64(ns)
	}
	// Neither sum overflows: a count has at most 2^64/10^5 seconds.
	t := time.Unix(start.Unix()+int64(count/perSecond), int64(start.Nanosecond())+int64(count%perSecond)*ns).UTC()
	if s := t.Unix(); s < 0 || s > text.LastSecond {
		return time.Time{}, errRange
	}
	return t, nil
}

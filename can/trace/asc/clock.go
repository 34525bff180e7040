package asc

import (
	"time"

	"otabench/can/trace/internal/text"
)

// clock turns the stamps of a file into times.
type clock struct {
	zone     *time.Location
	relative bool      // each stamp counts from the event before it
	measured time.Time // date of the file
	block    time.Time // date of the trigger block
	known    bool      // measured is the time in the file's own comment, which has a zone
	origin   time.Time // what stamps count from
	settled  bool      // origin is that of the block
}

func newClock(zone *time.Location) clock {
	epoch := time.Unix(0, 0)
	return clock{zone: zone, measured: epoch, block: epoch}
}

// measuredFrom sets the date of the file.
func (c *clock) measuredFrom(date time.Time) {
	if !c.known {
		c.measured, c.settled = date, false
		c.block = date
	}
}

// knownFrom sets the date of the file for good.
func (c *clock) knownFrom(date time.Time) {
	c.measuredFrom(date)
	c.known = true
}

// blockFrom sets the date of a trigger block.
func (c *clock) blockFrom(date time.Time) {
	if !c.known {
		c.block, c.settled = date, false
	}
}

// at returns the time of an event, in UTC.
func (c *clock) at(seconds, ns int64) time.Time {
	if !c.settled {
		c.settle(seconds)
	}
	// Beyond the year 9999 it is beyond it: the limit only keeps sums from overflowing.
	from := min(c.origin.Unix(), 2*text.LastSecond)
	at := time.Unix(from+seconds, int64(c.origin.Nanosecond())+ns).UTC()
	if c.relative {
		c.origin = at
	}
	return at
}

// settle finds out what the stamps of a block count from. CANoe counts from the date of the file, python-can from that
// of the block; its date of the file is when it was written. A block's first event comes soon after the block's date.
func (c *clock) settle(first int64) {
	c.settled = true
	c.origin = c.block
	if c.relative {
		return
	}
	fromFile := c.measured.Unix() + first - c.block.Unix()
	if max(fromFile, -fromFile) < first {
		c.origin = c.measured
	}
}

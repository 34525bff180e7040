package virtual

import (
	"time"

	"otabench/can"
)

// clock is the wire's sense of time. It counts from the end of one frame to the end of the next, so that late wake-ups
// do not add up.
type clock struct {
	free time.Time // when the wire is, or was, idle
	late time.Duration
}

// maxLateness is the most that the wire catches up. A process that was stopped for longer does not see a burst.
const maxLateness = 20 * time.Millisecond

// start returns when a frame that is pending since the given time begins. A sender that reacts to a frame which was
// delivered late is credited that lateness: on a wire it would have reacted as much earlier. In virtual time nothing is
// ever late.
func (c *clock) start(since time.Time) time.Time {
	if credited := since.Add(-c.late); credited.After(c.free) {
		return credited
	}
	return c.free
}

// arrived notes that the frame which ended at end was handled only now.
func (c *clock) arrived(end time.Time) {
	c.late = time.Since(end)
	if c.late > maxLateness {
		c.late = 0
	}
}

// duration returns how long f takes, without the intermission that follows, and the intermission.
func (o Options) duration(f can.Frame) (frame, intermission time.Duration) {
	if o.Bitrate == 0 {
		return 0, 0
	}
	nominal, data := can.Bits(f)
	nominal -= can.InterframeSpace
	return bitTimes(nominal, o.Bitrate) + bitTimes(data, o.DataBitrate), bitTimes(can.InterframeSpace, o.Bitrate)
}

func bitTimes(n, rate int) time.Duration {
	return time.Duration(n) * time.Second / time.Duration(rate)
}

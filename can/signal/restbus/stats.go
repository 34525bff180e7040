package restbus

import (
	"errors"
	"fmt"
	"time"
)

// ErrLate means that a frame was not sent before the next one fell due: the bus was busy, nobody acknowledged, or the
// process did not run.
var ErrLate = errors.New("bus did not take the frame within its cycle")

// Miss is a frame that was due and not sent. One that had got as far as the wire when its time was over may still
// appear on the bus.
type Miss struct {
	Message string
	Due     time.Time
	// Cycles is the number of frames missed for this cause, more than one only if the process did not run for that long.
	Cycles int
	// Err wraps ErrLate, or is the error of the bus, of the checksum or of the protection.
	Err error
}

func (m Miss) String() string {
	due := m.Due.Format("15:04:05.000000")
	return fmt.Sprintf("message %s missed %d cycles from %s: %v", m.Message, m.Cycles, due, m.Err)
}

// Stats says how one message fared.
type Stats struct {
	Message      string
	Cycle, Phase time.Duration
	Paused       bool
	// Sent and Missed count the frames that were due, but for those in pauses.
	Sent, Missed uint64
	// Jitter is how long after its due time a frame was handed to the bus: the delay on our side.
	Jitter Delay
	// Latency is how long after its due time the bus had taken a frame: on most buses, the end of the frame on the wire.
	Latency Delay
	// LastErr is the error of the last frame that was missed.
	LastErr error
}

// Delay sums up the delays of all frames that were sent.
type Delay struct {
	Max, Mean time.Duration
}

// delays adds up to a Delay.
type delays struct {
	longest, total time.Duration
}

func (d *delays) add(delay time.Duration) {
	d.longest = max(d.longest, delay)
	d.total += delay
}

func (d *delays) of(n uint64) Delay {
	return Delay{Max: d.longest, Mean: d.total / time.Duration(max(n, 1))}
}

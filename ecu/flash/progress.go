package flash

import "time"

// Progress is the state of a transfer.
type Progress struct {
	ECU         string
	Phase       Phase
	Block       string // name in the description; empty where the phase is not about a block
	Done, Total int64  // bytes of all blocks that the ECU has acknowledged, and that there are; Done never decreases
	// Rate is the mean since the first transfer block, in bytes per second, and Remaining what is left at that rate.
	// Both are zero while nothing is known.
	Rate      float64
	Remaining time.Duration
}

// meter counts acknowledged bytes. Its owner is one goroutine.
type meter struct {
	done, total int64
	skipped     int64 // of those done, what was there before
	busy        time.Duration
}

// add counts n bytes that took from start until now.
func (m *meter) add(n int64, start time.Time) {
	m.done += n
	m.busy += time.Since(start)
}

// skip counts n bytes that need not be sent.
func (m *meter) skip(n int64) {
	m.done += n
	m.skipped += n
}

// rate is over the time that transfers took, so that erasing and waiting between blocks do not spoil the estimate.
func (m *meter) rate() (bytesPerSecond float64, remaining time.Duration) {
	sent := m.done - m.skipped
	if sent <= 0 || m.busy <= 0 {
		return 0, 0
	}
	perByte := float64(m.busy) / float64(sent)
	return float64(time.Second) / perByte, time.Duration(perByte * float64(m.total-m.done))
}

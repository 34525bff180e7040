package link

import (
	"math/rand/v2"
	"time"
)

// segment is how many bytes are lost together, in bytes: what a TCP segment carries.
const segment = 1400

// How TCP sends again what was lost.
const (
	firstRetransmission = 200 * time.Millisecond // Linux's shortest RTO
	lastRetransmission  = 120 * time.Second      // and its longest
	maxRetransmissions  = 15                     // the segment passes then; Linux would give up
)

// fates says what becomes of the segments of one direction of a connection. It depends on the seed, the connection and
// the position in the stream only, not on how the bytes were written.
type fates struct{ seed, stream uint64 }

// delay is what the segment that begins at byte index*segment has beyond the latency, which may be less than nothing.
func (f fates) delay(p Profile, index int64) time.Duration {
	random := rand.New(rand.NewPCG(f.seed^f.stream<<32, uint64(index)))
	var delay time.Duration
	if p.Jitter > 0 {
		delay = time.Duration(random.Int64N(int64(2*p.Jitter)+1)) - p.Jitter
	}
	timeout := firstRetransmission
	for range maxRetransmissions {
		if random.Float64() >= p.Loss {
			break
		}
		delay += timeout
		timeout = min(2*timeout, lastRetransmission)
	}
	return delay
}

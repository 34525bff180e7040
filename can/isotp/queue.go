package isotp

import "otabench/can"

// madeAhead is how many consecutive frames are made before the first of them is sent.
const madeAhead = 32

// consecutiveFrames are those that a message still needs.
type consecutiveFrames struct {
	cfg  *Config
	rest []byte // of the message, not yet in a frame
	sn   byte   // of the last frame made; the first one is 1
	sent int    // bytes of the message that were sent

	made  [madeAhead]can.Frame
	size  [madeAhead]int // bytes of the message in each
	begin int            // the first one that was not sent
	end   int
}

// done says that all were sent.
func (q *consecutiveFrames) done() bool { return q.begin == q.end && len(q.rest) == 0 }

// next returns the next frames, at least one and at most as many as given. There must be one.
func (q *consecutiveFrames) next(most int) []can.Frame {
	if q.begin == q.end {
		q.make()
	}
	return q.made[q.begin:min(q.end, q.begin+most)]
}

func (q *consecutiveFrames) make() {
	q.begin, q.end = 0, 0
	for q.end < madeAhead && len(q.rest) > 0 {
		q.sn++
		f, n := q.cfg.consecutive(q.sn, q.rest)
		q.made[q.end], q.size[q.end] = f, n
		q.rest = q.rest[n:]
		q.end++
	}
}

// took says that n of them were sent.
func (q *consecutiveFrames) took(n int) {
	for ; n > 0; n-- {
		q.sent += q.size[q.begin]
		q.begin++
	}
}

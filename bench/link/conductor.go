package link

import "time"

// What may be under way in one direction.
const (
	minWindow  = 64 << 10 // bytes
	fullWindow = 4 << 20  // bytes, at an unlimited rate
	chunkCost  = 256      // bytes that a chunk counts beside its data, so that tiny ones are bounded too
)

// conductor feeds the toxics of one direction and takes from them. It alone knows what is under way, and so it alone
// exchanges the toxics.
type conductor struct {
	*pump
	profile Profile
	chain   *chain // nil if all passes at once
	backlog []*chunk
	ready   *chunk
	cost    int   // of all that is under way
	window  int   // for cost
	offset  int64 // in the stream, of what comes next
	ended   bool  // the stream has
	closed  bool  // the chain's head is
	fates   fates
}

func newConductor(p *pump) *conductor {
	c := &conductor{pump: p, fates: fates{p.conn.link.seed, uint64(p.conn.id) << 1}}
	if p.up {
		c.fates.stream |= 1
	}
	c.fit()
	return c
}

// run moves chunks until the stream has ended and is delivered, or the connection is done.
func (c *conductor) run() {
	for c.prepare() {
		if !c.step() {
			c.unfit()
			return
		}
	}
	close(c.out)
}

// prepare does what needs no waiting. It returns false when nothing is left to do.
func (c *conductor) prepare() bool {
	if c.chain == nil && c.ready == nil && len(c.backlog) > 0 {
		c.ready = c.pop()
	}
	if c.chain != nil && c.ended && len(c.backlog) == 0 && !c.closed {
		close(c.chain.head)
		c.closed = true
	}
	return !c.ended || c.chain != nil || c.ready != nil || len(c.backlog) > 0
}

// step waits for one thing to happen. It returns false when the connection is done.
func (c *conductor) step() bool {
	var in, tail <-chan *chunk
	var head, out chan<- *chunk
	var next *chunk
	if !c.ended && c.cost < c.window {
		in = c.in
	}
	if c.chain != nil && len(c.backlog) > 0 {
		head, next = c.chain.head, c.backlog[0]
	}
	if c.chain != nil && c.ready == nil {
		tail = c.chain.tail
	}
	if c.ready != nil {
		out = c.out
	}
	select {
	case chunk, more := <-in:
		c.accept(chunk, more)
	case head <- next:
		c.pop()
	case c.ready = <-tail:
		if c.ready == nil {
			c.chain = nil // it has ended, as its head was closed
		}
	case out <- c.ready:
		c.cost -= len(c.ready.Data)
		c.ready = nil
	case done := <-c.reshape:
		c.unfit()
		c.fit()
		close(done)
	case <-c.conn.done:
		return false
	}
	return true
}

func (c *conductor) pop() *chunk {
	first := c.backlog[0]
	c.backlog[0] = nil
	c.backlog = c.backlog[1:]
	c.cost -= chunkCost
	return first
}

// accept takes what has come, in segments if it goes through toxics.
func (c *conductor) accept(whole *chunk, more bool) {
	if !more {
		c.ended = true
		if c.chain != nil {
			c.push(&chunk{Timestamp: c.due()}) // the end travels as long as bytes do
		}
		return
	}
	for data := whole.Data; len(data) > 0; {
		n := len(data)
		if c.chain != nil {
			n = min(n, int(segment-c.offset%segment))
		}
		c.push(&chunk{Data: data[:n], Timestamp: c.due()})
		c.offset += int64(n)
		data = data[n:]
	}
}

// due is the instant from which the latency of the next segment counts.
func (c *conductor) due() time.Time {
	now := time.Now()
	if c.profile.Loss == 0 && c.profile.Jitter == 0 {
		return now
	}
	return now.Add(c.fates.delay(c.profile, c.offset/segment))
}

func (c *conductor) push(chunk *chunk) {
	c.backlog = append(c.backlog, chunk)
	c.cost += len(chunk.Data) + chunkCost
}

// unfit stops the toxics. What is in them is under way again with those that come next, with the time it has had.
func (c *conductor) unfit() {
	if c.chain == nil {
		return
	}
	held := c.chain.stop()
	c.cost += len(held) * chunkCost
	c.backlog = append(held, c.backlog...)
	c.chain, c.closed = nil, false
}

// fit starts the toxics of the link's profile.
func (c *conductor) fit() {
	c.profile = c.conn.link.Profile()
	c.chain = newChain(c.profile, c.up)
	c.window = fullWindow
	if rate := c.profile.rate(c.up); rate > 0 {
		inFlight := float64(rate) / 8 * (c.profile.Latency + c.profile.Jitter).Seconds()
		c.window = max(minWindow, min(fullWindow, int(2*inFlight)))
	}
}

package link

import (
	"time"

	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/Shopify/toxiproxy/v2/toxics"
)

// chunk is a piece of the stream. Latency counts from its timestamp.
type chunk = stream.StreamChunk

// chain is a row of running toxics, which keeps the order of chunks. To close its head closes its tail, after the last
// chunk.
type chain struct {
	head   chan<- *chunk
	tail   <-chan *chunk
	stages []stage
}

type stage struct {
	stub *toxics.ToxicStub
	out  <-chan *chunk
}

// newChain starts the toxics of one direction, or returns nil if everything passes at once. The latency comes first, as
// it counts from the timestamps, which the bandwidth toxic does not set again.
func newChain(p Profile, up bool) *chain {
	var row []toxics.Toxic
	if p.Latency > 0 || p.Loss > 0 {
		row = append(row, &toxics.LatencyToxic{Latency: p.Latency.Round(time.Millisecond).Milliseconds()})
	}
	if rate := p.rate(up); rate > 0 {
		row = append(row, &toxics.BandwidthToxic{Rate: rate.kilobytes()})
	}
	if len(row) == 0 {
		return nil
	}
	head := make(chan *chunk)
	c := &chain{head: head, tail: head}
	for _, toxic := range row {
		out := make(chan *chunk)
		stub := toxics.NewToxicStub(c.tail, out)
		go stub.Run(&toxics.ToxicWrapper{Toxic: toxic, Toxicity: 1})
		c.stages = append(c.stages, stage{stub, out})
		c.tail = out
	}
	return c
}

// stop ends all toxics and returns what was under way, the oldest first. The caller is the only one that uses head and
// tail.
func (c *chain) stop() []*chunk {
	var rest []*chunk
	for i := len(c.stages) - 1; i >= 0; i-- {
		held := c.stages[i].stop()
		for _, chunk := range held {
			if i > 0 {
				chunk.Timestamp = time.Time{} // its latency is over
			}
		}
		rest = append(rest, held...)
	}
	return rest
}

// stop ends one toxic. What it holds must be taken meanwhile: it puts that out before it ends, and a bandwidth toxic
// drops what nobody takes.
func (s stage) stop() []*chunk {
	stopped := make(chan struct{})
	go func() {
		s.stub.InterruptToxic()
		close(stopped)
	}()
	var held []*chunk
	out := s.out
	for {
		select {
		case c := <-out:
			if c == nil {
				out = nil // closed
				continue
			}
			held = append(held, c)
		case <-stopped:
			return held
		}
	}
}

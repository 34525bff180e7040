package link

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// readSize is how much is read at once, in bytes.
const readSize = 32 << 10

// pump moves one direction of a connection: read -> conduct -> write, a goroutine each.
type pump struct {
	conn     *connection
	from, to net.Conn
	up       bool

	in, out  chan *chunk
	reshape  chan chan struct{} // closed by conduct when it has the link's profile
	finished chan struct{}      // closed when conduct has ended
	broken   error              // why from cannot be read any more, unless that is its end; set before in is closed
}

func newPump(c *connection, from, to net.Conn, up bool) *pump {
	return &pump{
		conn: c, from: from, to: to, up: up,
		in: make(chan *chunk), out: make(chan *chunk),
		reshape: make(chan chan struct{}), finished: make(chan struct{}),
	}
}

func (p *pump) start(running *sync.WaitGroup) {
	running.Go(p.read)
	running.Go(p.write)
	running.Go(func() {
		defer close(p.finished)
		newConductor(p).run()
	})
}

// refit returns when the pump has the link's present profile.
func (p *pump) refit() {
	done := make(chan struct{})
	select {
	case p.reshape <- done:
		<-done
	case <-p.finished:
	}
}

func (p *pump) read() {
	defer close(p.in)
	buffer := make([]byte, readSize)
	for {
		n, err := p.from.Read(buffer)
		if n > 0 {
			c := &chunk{Data: append([]byte(nil), buffer[:n]...), Timestamp: time.Now()}
			select {
			case p.in <- c:
			case <-p.conn.done:
				return
			}
		}
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
				p.broken = err
			}
			return
		}
	}
}

func (p *pump) write() {
	for {
		select {
		case c, more := <-p.out:
			if !more {
				p.finish()
				return
			}
			if !p.deliver(c.Data) {
				return
			}
		case <-p.conn.done:
			return
		}
	}
}

// deliver hands over data, up to a mark and then on. It returns false when the connection has ended.
func (p *pump) deliver(data []byte) bool {
	for len(data) > 0 {
		if !p.conn.gate.pass(p.conn.done) {
			return false
		}
		part := portion{size: len(data)}
		if !p.up {
			part = p.conn.link.marks.take(len(data))
		}
		written, err := p.to.Write(data[:part.size])
		p.conn.link.delivered(p.up, written)
		if err != nil {
			p.conn.link.marks.refund(part, part.size-written)
			p.conn.abort()
			return false
		}
		if part.hit != nil {
			part.hit.strike(p.conn)
		}
		data = data[part.size:]
	}
	return true
}

// finish passes on how the stream has ended, after all its bytes.
func (p *pump) finish() {
	if !p.conn.gate.pass(p.conn.done) {
		return
	}
	if p.broken != nil {
		p.conn.abort()
		return
	}
	closeWrite(p.to)
}

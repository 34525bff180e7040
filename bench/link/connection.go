package link

import (
	"net"
	"sync"
)

// connection is a vehicle's connection to its backend through the link.
type connection struct {
	link             *Link
	id               int
	vehicle, backend net.Conn
	gate             gate
	up, down         *pump
	done             chan struct{} // closed when it is reset
	end              sync.Once
}

func newConnection(l *Link, id int, vehicle, backend net.Conn) *connection {
	c := &connection{link: l, id: id, vehicle: vehicle, backend: backend, done: make(chan struct{})}
	c.up = newPump(c, vehicle, backend, true)
	c.down = newPump(c, backend, vehicle, false)
	return c
}

// run returns when both directions have ended.
func (c *connection) run() {
	var running sync.WaitGroup
	c.up.start(&running)
	c.down.start(&running)
	running.Wait()
	_ = c.vehicle.Close()
	_ = c.backend.Close()
}

// refit returns when both directions have the link's present profile.
func (c *connection) refit() {
	c.up.refit()
	c.down.refit()
	c.link.release(c)
}

// abort resets both ends, unless the connection has been reset already.
func (c *connection) abort() (first bool) {
	c.end.Do(func() {
		first = true
		close(c.done)
		reset(c.vehicle)
		reset(c.backend)
	})
	return first
}

// reset ends the connection on the link's behalf.
func (c *connection) reset(why string) {
	if c.abort() {
		c.link.note(Event{Kind: Reset, Conn: c.id, Detail: why})
	}
}

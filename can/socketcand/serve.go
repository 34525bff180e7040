package socketcand

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"otabench/can"
)

// Attach adds a participant to the bus of that name, for one client. The server closes it when the client leaves. Each
// client has to get a participant of its own, so that clients hear one another.
type Attach func(name string) (can.Bus, error)

// ServeOptions change how a server deals with its clients.
type ServeOptions struct {
	// MaxClients bounds the clients that are there at once; 64 if 0.
	MaxClients int
	// Timeout is how long a client may take no bytes, and how long the bus may take no frame of a client that has a queue
	// of them, before the client is disconnected; 5 s if 0.
	Timeout time.Duration
	// LongFrames writes FD frames to clients that have shown no form for them as < frame > with up to 64 bytes, as if they
	// were classic ones. SavvyCAN shows such frames.
	LongFrames bool
	// Events is told of clients that join a bus and leave it, one call at a time; may be nil.
	Events func(Event)
}

// Event is a client that joined a bus or left it.
type Event struct {
	Client  string // its network address
	Bus     string
	Joined  bool
	Clients int   // on all buses of this server, from now on
	Err     error // why it left, nil if it went by itself
}

func (e Event) String() string {
	switch {
	case e.Joined:
		return fmt.Sprintf("%s joined %s, clients: %d", e.Client, e.Bus, e.Clients)
	case e.Err != nil:
		return fmt.Sprintf("%s left %s, clients: %d: %v", e.Client, e.Bus, e.Clients, e.Err)
	}
	return fmt.Sprintf("%s left %s, clients: %d", e.Client, e.Bus, e.Clients)
}

const (
	defaultMaxClients = 64
	// patience is how long a client may take to open a bus. A person may type it.
	patience = 30 * time.Second
)

// server is what the sessions of a Serve share.
type server struct {
	attach Attach
	ServeOptions
	places chan struct{} // one for each client
	news   chan Event
}

// Serve offers the buses that attach knows to the clients of l until ctx ends or l is closed, which is no error, or l
// fails. It closes l and returns when all clients are gone. Who listens on another address than the loopback one lets
// the whole network send on these buses: the protocol knows no authentication.
func Serve(ctx context.Context, l net.Listener, attach Attach, o ServeOptions) error {
	if o.MaxClients <= 0 {
		o.MaxClients = defaultMaxClients
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	s := &server{attach, o, make(chan struct{}, o.MaxClients), make(chan Event)}
	var telling, serving sync.WaitGroup
	telling.Go(s.tell)
	sessions, cancel := context.WithCancel(ctx)
	closed := context.AfterFunc(sessions, func() { _ = l.Close() })
	err := s.accept(sessions, l, &serving)
	cancel()
	serving.Wait()
	close(s.news)
	telling.Wait()
	closed()
	if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return fmt.Errorf("serve CAN buses on %s: %w", l.Addr(), err)
}

// tell passes events on, one by one, and counts clients.
func (s *server) tell() {
	clients := 0
	for e := range s.news {
		if e.Joined {
			clients++
		} else {
			clients--
		}
		e.Clients = clients
		if s.Events != nil {
			s.Events(e)
		}
	}
}

func (s *server) accept(ctx context.Context, l net.Listener, serving *sync.WaitGroup) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		if c, ok := conn.(*net.TCPConn); ok {
			_ = c.SetKeepAliveConfig(keepAlive(s.Timeout)) // without it, dead clients are found later
		}
		serving.Go(func() {
			// Closing is what ends reads and writes that are under way.
			hangUp := context.AfterFunc(ctx, func() { _ = conn.Close() })
			defer hangUp()
			s.serve(ctx, conn)
			_ = conn.Close() // the client may have done so already
		})
	}
}

// serve handles a connection, if there is a place for it.
func (s *server) serve(ctx context.Context, conn net.Conn) {
	out := deadlined{conn, s.Timeout}
	select {
	case s.places <- struct{}{}:
		defer func() { <-s.places }()
	default:
		_, _ = out.Write([]byte("< error too many clients >"))
		return
	}
	in := newElements(conn)
	name, bus := s.open(conn, in, out)
	if bus == nil {
		return
	}
	defer bus.Close()
	client := conn.RemoteAddr().String()
	s.news <- Event{Client: client, Bus: name, Joined: true}
	err := newSession(s.ServeOptions, conn, in, bus).run(ctx)
	if ctx.Err() != nil {
		err = nil
	}
	s.news <- Event{Client: client, Bus: name, Err: err}
}

// open greets a client and attaches it to the bus that it asks for; nil if it does not come to that.
func (s *server) open(conn net.Conn, in elements, out deadlined) (name string, bus can.Bus) {
	if conn.SetReadDeadline(time.Now().Add(patience)) != nil {
		return "", nil
	}
	reply := "< hi >"
	for {
		if _, err := out.Write([]byte(reply)); err != nil {
			return "", nil
		}
		element, err := in.next()
		if err != nil {
			return "", nil
		}
		verb, args := cut(element)
		if string(verb) != "open" {
			reply = "< error " + unknownCommand + " >"
			continue
		}
		word, _ := cut(args)
		name = clean(string(word))
		if bus, err = s.attach(name); err != nil {
			_, _ = out.Write([]byte("< error could not open bus: " + clean(err.Error()) + " >"))
			return "", nil
		}
		if conn.SetReadDeadline(time.Time{}) == nil {
			if _, err = out.Write([]byte("< ok >")); err == nil {
				return name, bus
			}
		}
		_ = bus.Close() // nothing was sent on it
		return "", nil
	}
}

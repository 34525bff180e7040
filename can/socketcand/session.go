package socketcand

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"otabench/can"
)

const (
	// sendQueue is how many frames of a client may wait for the bus before no more of its commands are read.
	sendQueue = 2 * maxUnanswered
	// feedQueue is how many frames may wait for a client before some are lost to it.
	feedQueue = 4096
	// linger is how long the frames of a client that has left may wait for the bus.
	linger = 2 * time.Second
)

// session is a client on a bus: one goroutine reads its commands, one sends its frames, and one writes to it.
type session struct {
	ServeOptions
	conn  net.Conn
	in    elements
	bus   can.Bus
	sends chan sendCommand
	feed  *feed
}

// sendCommand is a frame that a client wants to be sent, or why it is none.
type sendCommand struct {
	frame can.Frame
	err   error
}

func newSession(o ServeOptions, conn net.Conn, in elements, bus can.Bus) *session {
	return &session{o, conn, in, bus, make(chan sendCommand, sendQueue), newFeed(o, conn, bus)}
}

// run serves the client until it leaves, which is no error, is thrown out, or the bus or ctx ends.
func (s *session) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var sending, feeding sync.WaitGroup
	sending.Go(func() { s.transmit(ctx) })
	feeding.Go(func() {
		s.feed.run()
		_ = s.conn.Close() // the reader has to end too
	})
	err := s.commands(ctx)
	close(s.sends)
	late := time.AfterFunc(linger, cancel)
	sending.Wait()
	late.Stop()
	close(s.feed.orders)
	feeding.Wait()
	return reason(err, s.feed.err)
}

// reason says why a session ended, nil if the client left. The reader and the feed bring each other to their end, so
// both have an error, and that of a connection that was closed here says nothing.
func reason(reader, feed error) error {
	switch {
	case errors.Is(reader, errStuck), errors.Is(reader, errTooLong):
		return reader
	case errors.Is(feed, errBusClosed), !errors.Is(reader, io.EOF):
		return feed
	}
	return nil
}

// commands reads what the client wants, until it leaves.
func (s *session) commands(ctx context.Context) error {
	for {
		element, err := s.in.next()
		if err != nil {
			return err
		}
		verb, args := cut(element)
		f, shown, isSend, err := parseSend(verb, args)
		if !isSend {
			s.feed.order(answer(verb, args))
			continue
		}
		if shown != (forms{}) {
			s.feed.order(instruction{apply: func(f *feed) { f.learn(shown) }})
		}
		if err := s.enqueue(ctx, sendCommand{f, err}); err != nil {
			return err
		}
	}
}

var errStuck = errors.New("the bus takes no frames")

// enqueue waits for room in the queue, but not for ever.
func (s *session) enqueue(ctx context.Context, c sendCommand) error {
	select {
	case s.sends <- c:
		return nil
	default:
	}
	late := time.NewTimer(s.Timeout)
	defer late.Stop()
	select {
	case s.sends <- c:
		return nil
	case <-late.C:
		s.feed.order(instruction{text: "< error " + errStuck.Error() + " >"})
		return errStuck
	case <-s.feed.done:
		return net.ErrClosed // the feed knows why
	case <-ctx.Done():
		return ctx.Err()
	}
}

// transmit sends the client's frames, one after the other. They go out even if the client has left since.
func (s *session) transmit(ctx context.Context) {
	for c := range s.sends {
		err := c.err
		if err == nil {
			err = s.bus.Send(ctx, c.frame)
		}
		if err == nil {
			s.feed.order(instruction{apply: (*feed).confirm})
			continue
		}
		s.feed.order(instruction{apply: func(f *feed) { f.refuse(err) }})
	}
}

// answer says what a command other than those that send does to the feed.
func answer(verb, args []byte) instruction {
	const ok = "< ok >"
	word, _ := cut(args)
	switch string(verb) {
	case "echo":
		return instruction{text: "< echo >"}
	case "rawmode":
		return instruction{text: ok, apply: func(f *feed) { f.enter(modeRaw) }}
	case "bcmmode":
		return instruction{text: ok, apply: func(f *feed) { f.enter(modeBCM) }}
	case "controlmode":
		return instruction{text: ok, apply: func(f *feed) { f.enter(modeControl) }}
	case "statistics":
		if ms, isNumber := parseDecimal(word); isNumber {
			return instruction{apply: func(f *feed) { f.tellStatistics(ms) }}
		}
		return instruction{text: "< error statistics: no interval in ms >"}
	case "otabench":
		if string(word) == "1" {
			return instruction{text: ok, apply: func(f *feed) { f.learn(ours) }}
		}
	}
	return instruction{text: "< error " + unknownCommand + " >"}
}

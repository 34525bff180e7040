package socketcand

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"time"

	"otabench/can"
)

// mode is what a client is told.
type mode uint8

const (
	modeBCM     mode = iota // answers; the daemon's filters, which this mode is for, are not offered
	modeRaw                 // all frames
	modeControl             // statistics, if asked for
)

// feed writes to a client: frames of the bus and answers to commands. All state is its goroutine's.
type feed struct {
	w      *bufio.Writer
	sub    *can.Subscription
	orders chan instruction
	done   chan struct{} // closed when the feed has ended
	err    error         // why, set before done is closed; nil if it was told to

	mode  mode
	forms forms
	long  bool   // LongFrames
	lost  uint64 // frames that the client has not been told of
	known uint64 // of the subscription's count of lost frames
	stats statistics
}

// instruction changes what the feed does, and is answered with a text.
type instruction struct {
	apply func(*feed)
	text  string
}

func newFeed(o ServeOptions, conn net.Conn, bus can.Bus) *feed {
	const buffer = 16 << 10
	return &feed{
		w:      bufio.NewWriterSize(deadlined{conn, o.Timeout}, buffer),
		sub:    bus.Subscribe(feedQueue),
		orders: make(chan instruction, 1),
		done:   make(chan struct{}),
		long:   o.LongFrames,
	}
}

// order passes an instruction on, if there is a feed yet.
func (f *feed) order(i instruction) {
	select {
	case f.orders <- i:
	case <-f.done:
	}
}

var errBusClosed = errors.New("the bus was closed")

// run writes until the orders end, the bus closes, or the client takes nothing any more.
func (f *feed) run() {
	defer close(f.done)
	defer f.stats.stop()
	for {
		select {
		case r, open := <-f.sub.C():
			if !open {
				f.err = errBusClosed
				f.say("< error ", errBusClosed.Error(), " >")
				_ = f.w.Flush() // the bus is gone in any case
				return
			}
			f.frame(&r)
		case i, open := <-f.orders:
			if !open {
				_ = f.w.Flush() // the client has left
				return
			}
			f.obey(i)
		case <-f.stats.due():
			f.say(f.stats.String())
		}
		if len(f.sub.C()) == 0 && len(f.orders) == 0 {
			if err := f.w.Flush(); err != nil {
				f.err = fmt.Errorf("the client takes no bytes: %w", err)
				return
			}
		}
	}
}

// obey carries out an instruction after the frames that were there before it.
func (f *feed) obey(i instruction) {
	for range len(f.sub.C()) {
		if r, open := <-f.sub.C(); open {
			f.frame(&r)
		}
	}
	if i.apply != nil {
		i.apply(f)
	}
	f.say(i.text)
}

// say writes text. Errors stick to the writer until it is flushed.
func (f *feed) say(text ...string) {
	for _, t := range text {
		_, _ = f.w.WriteString(t)
	}
}

// enter changes the mode. Statistics end with control mode, and what was lost in another mode was not wanted.
func (f *feed) enter(m mode) {
	if m != f.mode {
		f.lost = 0
	}
	f.mode = m
	f.stats.stop()
}

// learn adds forms of frames that the client has shown to know. Of those for FD frames, the latest counts.
func (f *feed) learn(shown forms) {
	f.forms.extended = f.forms.extended || shown.extended
	f.forms.remote = f.forms.remote || shown.remote
	if shown.fd != fdNone {
		f.forms.fd = shown.fd
	}
}

// confirm answers a frame that was sent.
func (f *feed) confirm() {
	if f.forms.extended {
		f.say("< sent >")
	}
}

// refuse answers a frame that was not sent.
func (f *feed) refuse(err error) {
	if f.forms.extended {
		f.say("< unsent ", reasonOf(err), " >")
		return
	}
	f.say("< error ", clean(err.Error()), " >")
}

// frame passes a frame on.
func (f *feed) frame(r *can.Received) {
	f.stats.count(r)
	lost := f.sub.Lost()
	f.lost += r.Lost + lost - f.known
	f.known = lost
	if f.mode != modeRaw {
		return
	}
	if f.lost > 0 {
		f.tellLost(r.Time)
	}
	fs := f.forms
	if fs.fd == fdNone && f.long {
		fs.fd = fdLong
	}
	if fs.tells(r) {
		_, _ = f.w.Write(appendReport(f.w.AvailableBuffer(), r, fs))
	}
}

// tellLost tells of lost frames, by the error frame of a controller's overflow if the client knows no other way.
func (f *feed) tellLost(now time.Time) {
	if f.forms.extended {
		f.say(fmt.Sprintf("< lost %d >", f.lost))
	} else {
		r := can.Overflow(f.lost)
		r.Time = now
		_, _ = f.w.Write(appendReport(f.w.AvailableBuffer(), &r, f.forms))
	}
	f.lost = 0
}

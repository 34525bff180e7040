package trace

import (
	"errors"
	"fmt"

	"otabench/can"
)

// Record is one frame of a trace.
type Record struct {
	// Bus is the name of the frame's bus.
	Bus string
	can.Received
	// Comment holds the comments at the frame, a line each. It may come from anybody.
	Comment string
}

// Source is a trace that is read. [Reader] reads pcapng; the packages below this one read other formats, and package
// tracefile finds out which one a file has.
type Source interface {
	// Next returns the next frame. At the end it fails with io.EOF; at damage, and only after all the frames before it,
	// with an error that wraps ErrTruncated or ErrCorrupt and names the byte or the line. What it failed with is final.
	Next() (Record, error)
	// Losses says what Next met so far and passed over.
	Losses() []Loss
}

// Sink is a trace that is written. [Writer] writes pcapng.
type Sink interface {
	// Comment attaches text to the next frame.
	Comment(text string)
	// Write adds a frame of the named bus. It fails with an error that wraps ErrTime or can.ErrInvalid if the frame cannot
	// be written, with ErrBuses if the format has no room for one more bus, or else with the io.Writer's, which is final.
	Write(bus string, r can.Received) error
	// Close ends the trace. The io.Writer stays the caller's.
	Close() error
	// Losses says what the format has no place for. It is complete after Close.
	Losses() []Loss
}

// Errors of damaged files. They come after all the frames before the damage.
var (
	ErrTruncated = errors.New("trace breaks off")
	ErrCorrupt   = errors.New("trace is corrupt")
)

// ErrBuses means that a format cannot tell so many buses apart.
var ErrBuses = errors.New("too many buses for the format")

// Loss says what did not get from one trace into another.
type Loss struct {
	What  string // such as "comments dropped"
	Count int
}

func (l Loss) String() string { return fmt.Sprintf("%d %s", l.Count, l.What) }

// Losses counts what is lost, by kind. The zero value is ready for use.
type Losses struct {
	list []Loss
}

// maxLosses bounds what a hostile file can make of kinds.
const maxLosses = 64

// Add counts n more of a kind. What must come from a small set.
func (l *Losses) Add(what string, n int) {
	if n == 0 {
		return
	}
	for i := range l.list {
		if l.list[i].What == what {
			l.list[i].Count += n
			return
		}
	}
	if len(l.list) < maxLosses {
		l.list = append(l.list, Loss{what, n})
	}
}

// List returns the kinds in the order in which they were met.
func (l *Losses) List() []Loss { return append([]Loss(nil), l.list...) }

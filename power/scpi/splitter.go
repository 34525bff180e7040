package scpi

import (
	"bytes"
	"iter"
)

// splitter puts lines together from pieces.
type splitter struct {
	raw  bool // yields the pieces as they are
	rest []byte
}

// feed adds a piece and yields the lines that it completes, without "\n", "\r\n" or "\r", all of which end replies of some
// instrument. Empty lines are no replies.
func (s *splitter) feed(piece []byte) iter.Seq[string] {
	if s.raw {
		return func(yield func(string) bool) {
			if len(piece) > 0 {
				yield(string(piece))
			}
		}
	}
	s.rest = append(s.rest, piece...)
	return func(yield func(string) bool) {
		for {
			end := bytes.IndexAny(s.rest, "\r\n")
			if end < 0 {
				return
			}
			line := string(s.rest[:end])
			s.rest = s.rest[end+1:]
			if line != "" && !yield(line) {
				return
			}
		}
	}
}

// overflown reports a line that is too long to be a reply.
func (s *splitter) overflown() bool { return len(s.rest) > maxReply }

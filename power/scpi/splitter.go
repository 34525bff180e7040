package scpi

import (
	"bytes"
	"iter"
	"strings"
)

// splitter puts lines together from pieces.
type splitter struct {
	raw  bool // yields the pieces as they are
	rest []byte
}

// feed adds a piece and yields the lines that it completes, without "\n" or "\r\n". Empty lines are no replies.
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
			line, rest, found := bytes.Cut(s.rest, []byte("\n"))
			if !found {
				return
			}
			s.rest = rest
			if text := strings.TrimRight(string(line), "\r"); text != "" && !yield(text) {
				return
			}
		}
	}
}

// overflown reports a line that is too long to be a reply.
func (s *splitter) overflown() bool { return len(s.rest) > maxReply }

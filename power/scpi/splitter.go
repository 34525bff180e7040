package scpi

import (
	"bytes"
	"iter"
	"strings"
)

// splitter puts lines together from pieces.
type splitter struct {
	rest []byte
}

// feed adds a piece and yields the lines that it completes, without "\n" or "\r\n". Empty lines are no replies.
func (s *splitter) feed(piece []byte) iter.Seq[string] {
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

// head returns the beginning of the unfinished line.
func (s *splitter) head() []byte { return s.rest[:min(len(s.rest), 32)] }

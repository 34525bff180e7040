package console

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	// maxLine is where a line without end is cut, in bytes.
	maxLine = 8 << 10
	// abandoned is how long an unfinished line may be silent. What comes later is a line of its own: an ECU that lost
	// power in the middle of a word does not go on with it when it boots.
	abandoned = time.Second
)

// Line is one line, without its end; or a gap between two lines, in which the console's device was away.
type Line struct {
	Time time.Time     // when its first byte arrived, or when the device vanished
	Text string        // the bytes as they came, which need not be valid UTF-8
	Lost time.Duration // of a gap: its length. What was printed in it is lost, and the lines around it may lack a part
}

// String shows the line with control characters and invalid bytes escaped as in Go strings.
func (l Line) String() string {
	if l.Lost > 0 {
		return fmt.Sprintf("(the device was away for %v: what it printed is lost)", l.Lost)
	}
	q := strconv.Quote(l.Text)
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}

// splitter makes lines of what arrives in pieces.
type splitter struct {
	text        []byte // of the unfinished line
	first, last time.Time
}

// add takes what arrived and returns the lines that are finished by it.
func (s *splitter) add(b []byte, now time.Time) (lines []Line) {
	if len(s.text) > 0 && now.Sub(s.last) >= abandoned {
		lines = append(lines, s.finish())
	}
	for len(b) > 0 {
		if len(s.text) == 0 {
			s.first = now
		}
		s.last = now
		room := maxLine - len(s.text)
		part, rest, ended := bytes.Cut(b, []byte("\n"))
		if len(part) > room {
			part, rest, ended = b[:room], b[room:], true
		}
		s.text = append(s.text, part...)
		if ended {
			lines = append(lines, s.finish())
		}
		b = rest
	}
	return lines
}

// finish ends the unfinished line.
func (s *splitter) finish() Line {
	l := s.unfinished()
	s.text = s.text[:0]
	return l
}

func (s *splitter) unfinished() Line {
	return Line{Time: s.first, Text: string(bytes.TrimSuffix(s.text, []byte("\r")))}
}

package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"otabench/can/trace"
)

// Bounds of comments, those of a trace in pcapng.
const (
	maxComment  = 1024 // bytes
	maxComments = 16   // at one frame
)

// Comments gathers the comments at the next frame. The zero value is ready for use.
type Comments struct {
	lines []string
	cut   int
}

// Add keeps text, a comment each line. Comments are cut after 1024 bytes; of more than 16 the last ones remain.
func (c *Comments) Add(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		clean := Clean(line)
		if len(clean) > maxComment {
			clean = strings.ToValidUTF8(clean[:maxComment], "")
			c.cut++
		}
		if len(c.lines) == maxComments {
			c.lines = append(c.lines[:0], c.lines[1:]...)
			c.cut++
		}
		c.lines = append(c.lines, clean)
	}
}

// Lines returns the comments. They are valid until the next Add.
func (c *Comments) Lines() []string { return c.lines }

// Take returns the comments, a line each, and forgets them.
func (c *Comments) Take() string {
	if len(c.lines) == 0 {
		return ""
	}
	text := strings.Join(c.lines, "\n")
	c.Drop()
	return text
}

// Drop forgets the comments.
func (c *Comments) Drop() { c.lines = c.lines[:0] }

// CountCut adds what was cut to the losses.
func (c *Comments) CountCut(losses *trace.Losses) {
	losses.Add("comments cut, over 1024 bytes each or 16 at a frame", c.cut)
	c.cut = 0
}

// Clean makes one line of printable text, with blanks in place of control characters. Bytes that are no UTF-8 are taken
// for Latin-1, which tools on Windows write.
func Clean(text string) string {
	if !utf8.ValidString(text) {
		runes := make([]rune, len(text))
		for i := range len(text) {
			runes[i] = rune(text[i])
		}
		text = string(runes)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}

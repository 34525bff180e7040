// Package visible makes text from a unit under test, a console or a bench file fit to be shown: nothing in it is
// hidden, moves the cursor, turns the reading direction or fills the page.
package visible

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text returns s with control and format characters made visible, and cut after about limit bytes with a note of
// what was left out. Tabs and line feeds stay.
func Text(s string, limit int) string {
	if len(s) <= limit && isPlain(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if i >= limit {
			fmt.Fprintf(&b, " … [cut: %d more bytes]", len(s)-i)
			break
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, "\\x%02X", s[i])
		} else {
			b.WriteString(char(r))
		}
		i += n
	}
	return b.String()
}

// isPlain says that all of s is visible as it is, as nearly all texts are.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

var oneLine = strings.NewReplacer("\n", "⏎", "\t", " ")

// Line is Text on a single line.
func Line(s string, limit int) string { return oneLine.Replace(Text(s, limit)) }

func char(r rune) string {
	switch {
	case r == '\n' || r == '\t':
		return string(r)
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == 0x2028, r == 0x2029, r == 0xFFFE, r == 0xFFFF:
		return fmt.Sprintf("[U+%04X]", r)
	}
	return string(r)
}

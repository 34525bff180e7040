package console

import (
	"regexp"
	"strings"
	"unicode"
)

// sequences are the control sequences of ECMA-48: CSI with parameters, OSC with its string, and those of two
// characters. busybox's shell asks the terminal for its size behind each prompt; bash brackets what is pasted.
var sequences = regexp.MustCompile(`\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])`)

// Plain returns the text without control sequences and control characters, about as a terminal would
// show it. Bytes that are not UTF-8 become U+FFFD.
func (l Line) Plain() string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return -1
		}
		return r
	}, sequences.ReplaceAllLiteralString(l.Text, ""))
}

func (p printed) plain() printed {
	p.Text = p.Plain()
	return p
}

// squeeze leaves only what can be seen of a text: a shell that echoes a long command breaks it at the terminal's width.
func squeeze(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, Line{Text: text}.Plain())
}

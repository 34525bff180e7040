package image

import (
	"bytes"
	"fmt"
	"strings"
)

// Kinds of tokens in the header of a VBF file; the others are the punctuation { } = ; , themselves.
const (
	vbfEnd    = 0   // of the file
	vbfWord   = 'w' // name, number, or anything else without quotes
	vbfString = '"'
)

const (
	vbfPunctuation = "{}=;,"
	vbfSpace       = " \t\n\v\f\r"
)

// vbfToken is a token and its place in the file.
type vbfToken struct {
	kind   byte
	text   string // of a word, or of a string without its quotes
	offset int
}

func (t vbfToken) String() string {
	switch t.kind {
	case vbfEnd:
		return "the end of the file"
	case vbfWord, vbfString:
		return fmt.Sprintf("%.40q", t.text)
	}
	return string(t.kind)
}

// vbfLexer takes the text of a VBF file apart. It reads nothing behind the token that it returns, because binary data
// follow the last one.
type vbfLexer struct {
	file string
	data []byte
	at   int
}

// next skips white space and comments, and returns the next token.
func (l *vbfLexer) next() (vbfToken, error) {
	if err := l.skip(); err != nil {
		return vbfToken{}, err
	}
	if l.at == len(l.data) {
		return vbfToken{kind: vbfEnd, offset: l.at}, nil
	}
	start := l.at
	switch c := l.data[start]; {
	case c == '"':
		return l.quoted()
	case strings.IndexByte(vbfPunctuation, c) >= 0:
		l.at++
		return vbfToken{kind: c, offset: start}, nil
	}
	for l.at < len(l.data) && !l.wordEnds() {
		l.at++
	}
	return vbfToken{vbfWord, string(l.data[start:l.at]), start}, nil
}

func (l *vbfLexer) wordEnds() bool {
	return strings.IndexByte(vbfPunctuation+vbfSpace+`"`, l.data[l.at]) >= 0 || l.comment() != ""
}

// comment returns how a comment ends that begins here, "" if none does.
func (l *vbfLexer) comment() string {
	switch rest := l.data[l.at:]; {
	case bytes.HasPrefix(rest, []byte("//")):
		return "\n"
	case bytes.HasPrefix(rest, []byte("/*")):
		return "*/"
	}
	return ""
}

// skip goes over white space and comments.
func (l *vbfLexer) skip() error {
	for l.at < len(l.data) {
		if strings.IndexByte(vbfSpace, l.data[l.at]) >= 0 {
			l.at++
			continue
		}
		end := l.comment()
		if end == "" {
			return nil
		}
		inside := l.at + len("//")
		n := bytes.Index(l.data[inside:], []byte(end))
		if n < 0 {
			return l.errorf(l.at, "this comment has no end; the file is cut short, copy it again")
		}
		l.at = inside + n + len(end)
	}
	return nil
}

// quoted reads a string, which has no escapes and ends in its line.
func (l *vbfLexer) quoted() (vbfToken, error) {
	start := l.at
	inside := l.data[start+1:]
	n := bytes.IndexAny(inside, "\"\n")
	if n < 0 || inside[n] != '"' {
		return vbfToken{}, l.errorf(start, "this string has no closing quote in its line")
	}
	l.at += n + len(`""`)
	return vbfToken{vbfString, string(inside[:n]), start}, nil
}

func (l *vbfLexer) errorf(offset int, format string, args ...any) error {
	line, column := lineAndColumn(l.data, offset)
	return &Error{File: l.file, Line: line, Column: column, Offset: int64(offset), Text: fmt.Sprintf(format, args...)}
}

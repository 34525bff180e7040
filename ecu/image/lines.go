package image

import (
	"bytes"
	"fmt"
	"slices"
)

// lines goes through a text file of records, one a line.
type lines struct {
	file   string
	text   []byte
	rest   []byte // of text, behind the line that is read
	offset int    // of rest
	start  int    // offset of that line
	indent int    // spaces before the record in it
	record []byte // the line without spaces around it
}

func newLines(file string, data []byte) *lines {
	text := trimByteOrder(data)
	return &lines{file: file, text: data, rest: text, offset: len(data) - len(text)}
}

// next goes to the next line that is not blank, and reports whether there is one. Without one, errors are about the end
// of the last line.
func (l *lines) next() bool {
	for len(l.rest) > 0 {
		line, rest, _ := bytes.Cut(l.rest, []byte{'\n'})
		l.start = l.offset
		l.offset += len(l.rest) - len(rest)
		l.rest = rest
		record := bytes.TrimLeft(line, " \t")
		l.indent = len(line) - len(record)
		if l.record = bytes.TrimRight(record, " \t\r"); len(l.record) > 0 {
			return true
		}
	}
	return false
}

// errorf makes an error about the record from a byte on, counted from 0.
func (l *lines) errorf(at int, format string, args ...any) error {
	return l.errorAt(l.place(at), nil, fmt.Sprintf(format, args...))
}

// tooLarge makes an error about a record with more data than an image may have.
func (l *lines) tooLarge(at int) error {
	return l.errorAt(l.place(at), ErrTooLarge, ErrTooLarge.Error()+", or of too many pieces; is this the right file?")
}

// place is the offset of a byte of the record.
func (l *lines) place(at int) int { return l.start + l.indent + at }

// errorAt makes an error about any place, of which only the offset is known.
func (l *lines) errorAt(offset int, cause error, text string) error {
	line, column := lineAndColumn(l.text, offset)
	return &Error{File: l.file, Line: line, Column: column, Offset: int64(offset), Text: text, Err: cause}
}

// lineAndColumn count from 1, columns in bytes.
func lineAndColumn(text []byte, offset int) (line, column int) {
	before := trimByteOrder(text[:offset])
	return 1 + bytes.Count(before, []byte{'\n'}), len(before) - bytes.LastIndexByte(before, '\n')
}

// notHex marks what is no digit in nibbles.
const notHex = 0xFF

// nibbles are the values of hexadecimal digits.
var nibbles = func() (table [256]byte) {
	for i := range table {
		switch c := byte(i); {
		case '0' <= c && c <= '9':
			table[i] = c - '0'
		case 'A' <= c && c <= 'F':
			table[i] = c - 'A' + 10
		case 'a' <= c && c <= 'f':
			table[i] = c - 'a' + 10
		default:
			table[i] = notHex
		}
	}
	return table
}()

// decode appends the bytes that the record has in hexadecimal from a place on. Their number is that of the first byte
// plus more.
func (l *lines) decode(to []byte, at, more int) ([]byte, error) {
	digits := l.record[at:]
	for i, c := range digits {
		if nibbles[c] == notHex {
			return nil, l.errorf(at+i, "%q is no hexadecimal digit; the file is damaged, copy or build it again", c)
		}
	}
	if len(digits) < 2 {
		return nil, l.errorf(at, "the record ends before its length; the file is cut short, copy or build it again")
	}
	count := int(nibbles[digits[0]]<<4 | nibbles[digits[1]])
	if want := 2 * (count + more); len(digits) != want {
		return nil, l.errorf(at, "a record of length 0x%02X has %d digits, and here are %d; "+
			"the line is damaged, copy or build the file again", count, want, len(digits))
	}
	to = slices.Grow(to, len(digits)/2)
	for i := 0; i < len(digits); i += 2 {
		to = append(to, nibbles[digits[i]]<<4|nibbles[digits[i+1]])
	}
	return to, nil
}

// badSum is the error for a checksum in the last two digits of the record.
func (l *lines) badSum(got, want byte) error {
	return l.errorf(len(l.record)-2, "the checksum is %02X, and %02X by the bytes before it; "+
		"the line is damaged, copy or build the file again", got, want)
}

// sum adds up bytes.
func sum(data []byte) byte {
	var s byte
	for _, b := range data {
		s += b
	}
	return s
}

// appendDigits writes bytes in hexadecimal.
func appendDigits(text, data []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, b := range data {
		text = append(text, digits[b>>4], digits[b&0xF])
	}
	return text
}

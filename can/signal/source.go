package signal

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// source is a DBC file made ready for the parser, which does not know extended multiplexing, stumbles over statements
// that it does not know, and takes long to match many attributes with their definitions. What it shall not see is
// blank, so that its positions are those of the file.
type source struct {
	name       string
	text       string
	statements []statement
	layout     string // what describes messages and signals
	attributes string // attributes that count, and their definitions
	// nested has the offsets of signals that are multiplexed and multiplexers at once: m<value>M.
	nested map[int]bool
	// ranges are the SG_MUL_VAL_ statements.
	ranges []rangeStatement
}

// rangeStatement is a SG_MUL_VAL_ statement: a multiplexer by name, and the values for which it selects a signal.
type rangeStatement struct {
	at       int // offset
	id       uint32
	signal   string
	switcher string
	ranges   []Range
}

func newSource(name, text string) (*source, error) {
	p := splitter{name: name, text: text}
	if err := p.split(); err != nil {
		return nil, err
	}
	src := &source{name: name, text: text, statements: p.statements, nested: map[int]bool{}}
	layout, attributes := blank(text), blank(text)
	count := 0
	for _, s := range p.statements {
		body := text[s.start:s.end]
		switch s.keyword {
		case "BA_DEF_", "BA_DEF_DEF_", "BA_":
			if slices.Contains(attributesThatCount, firstString(body)) {
				copy(attributes[s.start:], body)
				count++
			}
		case "SG_MUL_VAL_":
			r, ok := parseRanges(body)
			if !ok {
				return nil, p.errorf(s.start, "accepted: %s", statementForms[s.keyword])
			}
			r.at = s.start
			src.ranges = append(src.ranges, r)
		case "SG_":
			copy(layout[s.start:], body)
			if at := nestedMarker(body); at >= 0 {
				layout[s.start+at] = ' '
				src.nested[s.start] = true
			}
		case "BO_":
			if !fitsIdentifier(body) {
				return nil, p.errorf(s.start, "identifier of more than 32 bits; accepted: %s", statementForms[s.keyword])
			}
			copy(layout[s.start:], body)
		case "VERSION", "BU_", "BO_TX_BU_", "CM_", "VAL_", "SIG_VALTYPE_":
			copy(layout[s.start:], body)
		}
	}
	if count > maxAttributes {
		return nil, p.errorf(0, "more than %d attributes", maxAttributes)
	}
	src.layout, src.attributes = string(layout), string(attributes)
	return src, nil
}

// errorAtOffset is for faults that the parser has not seen.
func (src *source) errorAtOffset(offset int, format string, args ...any) *Error {
	p := splitter{name: src.name, text: src.text}
	return p.errorf(offset, format, args...)
}

// blank returns as many bytes as text has: its line breaks, and spaces.
func blank(text string) []byte {
	b := []byte(text)
	for i := range b {
		if b[i] != '\n' {
			b[i] = ' '
		}
	}
	return b
}

// firstString returns the first quoted text of a statement.
func firstString(body string) string {
	_, rest, _ := strings.Cut(body, `"`)
	first, _, _ := strings.Cut(rest, `"`)
	return first
}

// fitsIdentifier looks at the identifier of BO_, of which the parser keeps the lower 32 bits without a word. Whether
// it is a number at all the parser says better.
func fitsIdentifier(body string) bool {
	words := strings.Fields(body)
	if len(words) < 2 {
		return true
	}
	_, err := strconv.ParseUint(words[1], 10, 32)
	return !errors.Is(err, strconv.ErrRange)
}

var nestedSignal = regexp.MustCompile(`^SG_\s+\w+\s+m[0-9]+(M)\s*:`)

// nestedMarker returns where the M of a multiplexed multiplexer is, -1 if the signal is none.
func nestedMarker(body string) int {
	if match := nestedSignal.FindStringSubmatchIndex(body); match != nil {
		return match[2]
	}
	return -1
}

// parseRanges reads: SG_MUL_VAL_ id signal multiplexer from-to, from-to;
func parseRanges(body string) (r rangeStatement, ok bool) {
	words := strings.FieldsFunc(body, func(c rune) bool { return strings.ContainsRune(" \t\r\n,;", c) })
	if len(words) < 5 {
		return r, false
	}
	id, err := strconv.ParseUint(words[1], 10, 32)
	if err != nil {
		return r, false
	}
	r.id, r.signal, r.switcher = uint32(id), words[2], words[3]
	for _, word := range words[4:] {
		from, to, _ := strings.Cut(word, "-")
		lo, errLo := strconv.ParseUint(from, 10, 64)
		hi, errHi := strconv.ParseUint(to, 10, 64)
		if errLo != nil || errHi != nil || lo > hi {
			return r, false
		}
		r.ranges = append(r.ranges, Range{lo, hi})
	}
	return r, true
}

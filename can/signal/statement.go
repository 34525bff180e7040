package signal

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// statement is a piece of a DBC file that begins with a keyword at the beginning of a line.
type statement struct {
	keyword    string
	start, end int // of the text, in bytes
}

// maxStatements bounds what a hostile file costs. The parser walks through all attributes for each attribute.
const (
	maxStatements = 1 << 18
	maxAttributes = 1 << 16
)

// statementForms are the statements that mean something here, and how they are written. All but the first five end with
// a semicolon.
var statementForms = map[string]string{
	"VERSION": `VERSION "text"`,
	"BS_":     `BS_:`,
	"BU_":     `BU_: node node ...`,
	"BO_":     `BO_ id name: bytes sender`,
	"SG_": `SG_ name [M|m<value>|m<value>M] : start|length@0 (Motorola) or 1 (Intel), + (unsigned) or - (signed), ` +
		`(factor,offset) [min|max] "unit" receiver,receiver`,
	"BO_TX_BU_":    `BO_TX_BU_ id : sender,sender;`,
	"CM_":          `CM_ [BU_ node|BO_ id|SG_ id signal] "text";`,
	"BA_DEF_":      `BA_DEF_ [BU_|BO_|SG_] "attribute" INT|HEX|FLOAT min max, or STRING, or ENUM "text","text";`,
	"BA_DEF_DEF_":  `BA_DEF_DEF_ "attribute" value;`,
	"BA_":          `BA_ "attribute" [BU_ node|BO_ id|SG_ id signal] value; after its BA_DEF_`,
	"VAL_":         `VAL_ id signal value "text" value "text" ...;`,
	"SIG_VALTYPE_": `SIG_VALTYPE_ id signal : 0 (integer), 1 (32-bit float) or 2 (64-bit float);`,
	"SG_MUL_VAL_":  `SG_MUL_VAL_ id signal multiplexer from-to, from-to;`,
}

// passedOver are the statements that mean nothing here.
var passedOver = []string{
	"NS_", "VAL_TABLE_", "EV_", "EV_DATA_", "ENVVAR_DATA_", "SGTYPE_", "SGTYPE_VAL_", "BA_DEF_SGTYPE_", "BA_SGTYPE_",
	"SIG_TYPE_REF_", "SIG_GROUP_", "SIGTYPE_VALTYPE_", "BA_DEF_REL_", "BA_REL_", "BA_DEF_DEF_REL_", "BA_SGTYPE_REL_",
	"CAT_DEF_", "CAT_", "FILTER",
}

// withoutSemicolon are the statements that end with their line.
var withoutSemicolon = []string{"VERSION", "BS_", "BU_", "BO_", "SG_"}

func isKeyword(word string) bool {
	return statementForms[word] != "" || slices.Contains(passedOver, word)
}

// splitter cuts a DBC file into statements.
type splitter struct {
	name, text string
	at         int
	statements []statement
}

func (p *splitter) split() error {
	for {
		p.skipSpace()
		if p.at == len(p.text) {
			return nil
		}
		word := leadingWord(p.text[p.at:])
		if !isKeyword(word) {
			return p.errorf(p.at, "unknown statement %.40q; accepted: BU_, BO_, SG_, CM_, BA_DEF_, BA_, VAL_ and the others of "+
				"a DBC file", firstField(p.text[p.at:]))
		}
		if len(p.statements) == maxStatements {
			return p.errorf(p.at, "more than %d statements", maxStatements)
		}
		s := statement{keyword: word, start: p.at}
		if err := p.skipStatement(word); err != nil {
			return err
		}
		s.end = p.at
		p.statements = append(p.statements, s)
	}
}

func (p *splitter) skipStatement(word string) error {
	switch {
	case word == "NS_":
		return p.skipSymbols()
	case slices.Contains(withoutSemicolon, word):
		return p.skipTo('\n')
	}
	return p.skipTo(';')
}

// skipTo moves behind the next end that is not in a string, or to the end of the text. A statement that has to end
// with a semicolon must have one before the next statement.
func (p *splitter) skipTo(end byte) error {
	start := p.at
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch {
		case c == end:
			return nil
		case c == '"':
			if err := p.skipString(); err != nil {
				return err
			}
		case c == '\n' && isKeyword(leadingWord(strings.TrimLeft(p.text[p.at:min(len(p.text), p.at+80)], " \t\r\n"))):
			return p.notEnded(start)
		}
	}
	if end == ';' {
		return p.notEnded(start)
	}
	return nil
}

func (p *splitter) notEnded(start int) error {
	return p.errorf(start, "%s is not ended by a semicolon", leadingWord(p.text[start:]))
}

// skipString moves behind the quote that ends a string. As for the parser, a quote after a backslash is part of it.
func (p *splitter) skipString() error {
	start := p.at - 1
	for {
		length := strings.IndexByte(p.text[p.at:], '"')
		if length < 0 {
			return p.errorf(start, "text is not ended by a quotation mark")
		}
		p.at += length + 1
		if p.text[p.at-2] != '\\' {
			return nil
		}
	}
}

// skipSymbols moves behind the list of symbols that NS_ begins: lines of one word each.
func (p *splitter) skipSymbols() error {
	if err := p.skipTo('\n'); err != nil {
		return err
	}
	for {
		p.skipSpace()
		line, _, _ := strings.Cut(p.text[p.at:], "\n")
		line = strings.TrimRight(line, " \t\r")
		if line == "" || line != leadingWord(line) {
			return nil
		}
		p.at += len(line)
	}
}

func (p *splitter) skipSpace() {
	p.at = len(p.text) - len(strings.TrimLeft(p.text[p.at:], " \t\r\n"))
}

func (p *splitter) errorf(offset int, format string, args ...any) *Error {
	before := p.text[:offset]
	line := strings.LastIndexByte(before, '\n') + 1
	return &Error{
		File: p.name, Line: 1 + strings.Count(before, "\n"), Column: 1 + utf8.RuneCountInString(before[line:]),
		Reason: fmt.Sprintf(format, args...),
	}
}

// leadingWord returns the identifier that text begins with.
func leadingWord(text string) string {
	return text[:len(text)-len(strings.TrimLeftFunc(text, isWordRune))]
}

func isWordRune(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}

func firstField(text string) string {
	end := strings.IndexAny(text, " \t\r\n")
	if end < 0 {
		return text
	}
	return text[:end]
}

package signal

import (
	"fmt"
	"io"
	"strings"
	"text/scanner"
	"unicode/utf8"

	"go.einride.tech/can/pkg/dbc"
	"golang.org/x/text/encoding/charmap"
)

// MaxFile is the largest DBC file that ReadDBC takes, in bytes. The largest ones of vehicles have about a tenth of it.
const MaxFile = 16 << 20

// Error is a fault in a DBC file.
type Error struct {
	File         string
	Line, Column int // counted from 1; columns are characters
	Reason       string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Reason)
}

// ReadDBC reads a DBC file (Vector's DBC File Format, version 01/2007, and the extended multiplexing that came later).
// name is what errors and the database call it.
//
// Text that is not valid UTF-8 is taken for Windows-1252, the encoding of most editors of such files. Line breaks
// inside comments become spaces. Of the attributes these count: GenMsgCycleTime, GenSigStartValue, VFrameFormat,
// CANFD_BRS, SystemMessageLongSymbol and SystemSignalLongSymbol. Global value tables, environment variables, signal
// groups and attributes of relations are passed over.
//
// A fault that leaves in doubt where a signal is or what it means is an [Error]; lesser ones are in Database.Warnings.
func ReadDBC(name string, r io.Reader) (*Database, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read DBC file %s: %w", name, err)
	}
	if len(data) > MaxFile {
		return nil, fmt.Errorf("read DBC file %s: more than %d MiB", name, MaxFile>>20)
	}
	src, err := newSource(name, decodeText(data))
	if err != nil {
		return nil, err
	}
	layout, err := src.parse(src.layout)
	if err != nil {
		return nil, err
	}
	attributes, err := src.parse(src.attributes)
	if err != nil {
		return nil, err
	}
	return build(src, layout, attributes)
}

func decodeText(data []byte) string {
	const byteOrderMark = "\uFEFF"
	if !utf8.Valid(data) {
		data, _ = charmap.Windows1252.NewDecoder().Bytes(data) // it knows all bytes
	}
	return strings.TrimPrefix(string(data), byteOrderMark)
}

// parse lets the DBC parser read a text that has been prepared for it.
func (src *source) parse(text string) ([]dbc.Def, error) {
	parser := dbc.NewParser(src.name, []byte(text))
	if err := parser.Parse(); err != nil {
		at := err.Position()
		return nil, src.errorAt(at, "%s", src.explain(at, err.Reason()))
	}
	for _, def := range parser.Defs() {
		if unknown, ok := def.(*dbc.UnknownDef); ok {
			return nil, src.errorAt(unknown.Pos, "%s", src.explain(unknown.Pos, fmt.Sprintf("unexpected %q", unknown.Keyword)))
		}
	}
	return parser.Defs(), nil
}

func (src *source) errorAt(at scanner.Position, format string, args ...any) *Error {
	return &Error{File: src.name, Line: at.Line, Column: at.Column, Reason: fmt.Sprintf(format, args...)}
}

// explain adds to the parser's words how the statement that it was reading is written.
func (src *source) explain(at scanner.Position, reason string) string {
	keyword := ""
	for _, s := range src.statements {
		if s.start > at.Offset {
			break
		}
		keyword = s.keyword
	}
	if form := statementForms[keyword]; form != "" {
		return reason + "; accepted: " + form
	}
	return reason
}

package odx

import "fmt"

// Error is one thing that is wrong with a document, which keeps it from being used.
type Error struct {
	File         string // the document, "ARCHIVE:ENTRY" for one in an archive
	Line, Column int    // from 1, the column in bytes; 0 where there is no such place
	Text         string // what is wrong and what would be accepted
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Text
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Text)
}

// ChoiceError says that a file does not have what was chosen, or more than one of it.
type ChoiceError struct {
	File string
	Text string // with what there is to choose from
}

func (e *ChoiceError) Error() string { return e.File + ": " + e.Text }

func (e *element) wrong(format string, args ...any) error {
	return &Error{File: e.file, Line: e.line, Column: e.column, Text: fmt.Sprintf(format, args...)}
}

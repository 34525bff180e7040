package image

import (
	"fmt"
	"strings"
)

// Error says what is wrong with a file and where.
type Error struct {
	File string
	// Line and Column count from 1, columns in bytes. They are zero in the binary part of a VBF file.
	Line, Column int
	Offset       int64  // of the place in the file, in bytes
	Text         string // what is wrong, and what to do
	Err          error  // wrapped, or nil: ErrTooLarge where that is it
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File + ":")
	}
	if e.Line > 0 {
		fmt.Fprintf(&b, "%d:%d: ", e.Line, e.Column)
	} else {
		fmt.Fprintf(&b, " at byte 0x%X: ", e.Offset)
	}
	return strings.TrimPrefix(b.String()+e.Text, " ")
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

package profile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with the text of a profile or of a recording.
type Problem struct {
	Line, Column int // from 1; 0 where the text has no such place
	Text         string
}

// Error holds what is wrong with a text.
type Error struct {
	File     string
	Problems []Problem
}

func (e *Error) Error() string {
	out := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		out[i] = fmt.Sprintf("%s:%d:%d: %s", e.File, p.Line, p.Column, p.Text)
	}
	return strings.Join(out, "\n")
}

// sorted puts the problems into the order of the text.
func (e *Error) sorted() *Error {
	slices.SortStableFunc(e.Problems, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return e
}

// Errors that callers decide on.
var (
	// ErrRefused: a profile that no bench supply can make.
	ErrRefused = errors.New("not with a bench supply")
	// ErrParameter: a value for a parameter that the profile does not have, or that makes no sense in it.
	ErrParameter = errors.New("wrong parameter")
	// ErrTooLong: a profile comes to more parts or more time than a curve may have.
	ErrTooLong = errors.New("too long")
	// ErrUnknown: the library has no such profile.
	ErrUnknown = errors.New("unknown profile")
)

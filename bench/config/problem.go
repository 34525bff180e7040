package config

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a bench file.
type Problem struct {
	Line, Column int    // from 1; 0 where the file has no such place
	Path         string // such as "rails.kl30.supply"
	Text         string // what is wrong and what would be accepted
}

// Error holds all problems of a bench file.
type Error struct {
	File     string
	Problems []Problem
}

func (e *Error) Error() string {
	out := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		place := e.File
		if p.Line > 0 {
			place = fmt.Sprintf("%s:%d:%d", e.File, p.Line, p.Column)
		}
		if p.Path != "" {
			place += ": " + p.Path
		}
		out[i] = place + ": " + p.Text
	}
	return strings.Join(out, "\n")
}

// sorted puts the problems into the order of the file, one for each place.
func (e *Error) sorted() *Error {
	slices.SortStableFunc(e.Problems, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	e.Problems = slices.Compact(e.Problems)
	return e
}

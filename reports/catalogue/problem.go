package catalogue

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with the file of a catalogue.
type Problem struct {
	Line, Column int // from 1; 0 where the file has no such place
	Text         string
}

// Error holds the problems of a file. Only the first of very many are kept.
type Error struct {
	File     string
	Problems []Problem
	Left     int // how many more there are
}

const maxProblems = 20

func (e *Error) Error() string {
	var lines []string
	for _, p := range e.Problems {
		place := e.File
		switch {
		case p.Column > 0:
			place = fmt.Sprintf("%s:%d:%d", e.File, p.Line, p.Column)
		case p.Line > 0:
			place = fmt.Sprintf("%s:%d", e.File, p.Line)
		}
		lines = append(lines, place+": "+p.Text)
	}
	if e.Left > 0 {
		lines = append(lines, fmt.Sprintf("%s: %d more problems", e.File, e.Left))
	}
	return strings.Join(lines, "\n")
}

// wrong is an Error about one place.
func wrong(file string, line, column int, format string, args ...any) *Error {
	return &Error{File: file, Problems: []Problem{{Line: line, Column: column, Text: fmt.Sprintf(format, args...)}}}
}

// problems collects what is wrong with a file.
type problems struct {
	file string
	all  []Problem
}

func (p *problems) add(at place, format string, args ...any) {
	p.all = append(p.all, Problem{Line: at.line, Column: at.column, Text: fmt.Sprintf(format, args...)})
}

// err returns the problems in the order of the file; nil if there are none.
func (p *problems) err() error {
	if len(p.all) == 0 {
		return nil
	}
	slices.SortStableFunc(p.all, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	n := min(len(p.all), maxProblems)
	return &Error{File: p.file, Problems: p.all[:n], Left: len(p.all) - n}
}

// place is where something stands in a file; zero where that is unknown.
type place struct{ line, column int }

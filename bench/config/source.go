package config

import (
	"fmt"
	"path/filepath"
	"strings"
)

// source is where a File came from. A file that was not parsed has none.
type source struct {
	name   string
	places map[string]position // by path
}

// Dir is the folder that paths in the file are relative to.
func (f *File) Dir() string { return filepath.Dir(f.source.name) }

// Path is a path that stands in the file as others find it.
func (f *File) Path(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(f.Dir(), path)
}

// Wrong makes an *Error about the value at a path such as "supplies.psu.address", for what can be judged only by those
// who know the devices.
func (f *File) Wrong(path, format string, args ...any) error {
	at := nearest(f.source.places, path)
	return &Error{File: f.source.name, Problems: []Problem{
		{Line: at.line, Column: at.column, Path: path, Text: fmt.Sprintf(format, args...)},
	}}
}

// nearest finds where a path stands in a file, or else the nearest path above it.
func nearest(places map[string]position, path string) position {
	for {
		if p, ok := places[path]; ok {
			return p
		}
		i := strings.LastIndexByte(path, '.')
		if i < 0 {
			return position{}
		}
		path = path[:i]
	}
}

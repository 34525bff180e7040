package tracefile

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Format is a format of traces.
type Format string

// Formats.
const (
	PCAPNG  Format = "pcapng"  // Wireshark's, see package trace
	Candump Format = "candump" // the logs of can-utils, see package candump
	ASC     Format = "asc"     // Vector's, in text, see package asc
	BLF     Format = "blf"     // Vector's, binary and compressed, see package blf
)

// ErrFormat means that a file or a name is of no known format.
var ErrFormat = errors.New("not a known format of traces")

// Extensions lists the ends of names that [FormatOf] knows, for messages and help texts.
const Extensions = ".pcapng, .log, .asc, each also with .gz, and .blf"

// FormatOf tells the format by the end of a file's name, and whether the file is compressed with gzip.
func FormatOf(path string) (format Format, compressed bool, err error) {
	name := strings.ToLower(filepath.Base(path))
	name, compressed = strings.CutSuffix(name, ".gz")
	switch filepath.Ext(name) {
	case ".pcapng":
		return PCAPNG, compressed, nil
	case ".log", ".candump":
		return Candump, compressed, nil
	case ".asc":
		return ASC, compressed, nil
	case ".blf":
		return BLF, compressed, nil
	}
	return "", false, fmt.Errorf("%s: %w; names end in %s", path, ErrFormat, Extensions)
}

package candump

import (
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"

	"otabench/can/trace"
)

// Bounds of bus names in a file.
const (
	maxBuses = 1024
	maxName  = 64 // bytes; Linux has up to 15, log2asc and canplayer take more
)

// isName reports whether a bus may have this name in a file: one printable word.
func isName(name string) bool {
	if name == "" || len(name) > maxName || !utf8.ValidString(name) {
		return false
	}
	for _, r := range name {
		if !inName(r) {
			return false
		}
	}
	return true
}

func inName(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }

// safe makes a name that isName takes of any name.
func safe(name string) string {
	if isName(name) {
		return name
	}
	b := make([]byte, 0, maxName)
	for _, r := range name {
		if !inName(r) || r == utf8.RuneError {
			r = '_'
		}
		if len(b)+utf8.RuneLen(r) > maxName {
			break
		}
		b = utf8.AppendRune(b, r)
	}
	if len(b) == 0 {
		return "_"
	}
	return string(b)
}

// readNames holds each bus name of a file that is read once.
type readNames map[string]string

// get returns the name that b spells.
func (n readNames) get(b []byte) (string, error) {
	if name, found := n[string(b)]; found {
		return name, nil
	}
	name := string(b)
	if !isName(name) {
		return "", fmt.Errorf("%.70q is not the name of a bus, 1 to %d printable bytes", name, maxName)
	}
	if len(n) == maxBuses {
		return "", fmt.Errorf("more than %d buses", maxBuses)
	}
	n[name] = name
	return name, nil
}

// writeNames finds the names of buses in a file that is written.
type writeNames struct {
	safe map[string]string // by the bus's own name
	used map[string]bool
}

// get returns the bus's name in the file, which differs from every other bus's, and whether it was met now and is not
// the bus's own.
func (n *writeNames) get(bus string) (name string, changed bool, err error) {
	if name, found := n.safe[bus]; found {
		return name, false, nil
	}
	if len(n.safe) == maxBuses {
		return "", false, fmt.Errorf("candump log of bus %q: %w, %d at most", bus, trace.ErrBuses, maxBuses)
	}
	name = n.unused(safe(bus))
	n.safe[bus] = name
	n.used[name] = true
	return name, name != bus, nil
}

// unused adds the number of the bus to a name that another bus has.
func (n *writeNames) unused(name string) string {
	const room = len("_2048") // two buses may want the same number
	try := name
	for i := len(n.safe) + 1; n.used[try]; i++ {
		try = safe(name[:min(len(name), maxName-room)] + "_" + strconv.Itoa(i))
	}
	return try
}

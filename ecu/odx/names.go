package odx

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// decorations are words that say what a service does and not with what, by kinds of names: reading and writing of one
// thing are to have one name.
var decorations = map[string][]string{
	kindIdentifier: {"read data by identifier", "write data by identifier", "rdbi", "wdbi", "read", "write", "dump"},
	kindSession:    {"diagnostic session control", "start", "enter", "session"},
	kindLevel:      {"security access", "request seed", "request", "seed"},
	kindRoutine: {
		"routine control", "start routine", "stop routine", "request routine results", "request results",
		"start", "stop", "results", "rc",
	},
}

// Kinds of names; each is the name of what has no other.
const (
	kindIdentifier = "did"
	kindSession    = "session"
	kindLevel      = "level"
	kindRoutine    = "routine"
	kindDTC        = "dtc"
)

// words takes a SHORT-NAME apart: at underscores, and where lower case becomes upper case.
func words(short string) []string {
	var all []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			all = append(all, strings.ToLower(string(word)))
		}
		word = word[:0]
	}
	letters := []rune(short)
	for i, r := range letters {
		switch {
		case r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			continue
		case i > 0 && unicode.IsUpper(r) && unicode.IsLower(letters[i-1]),
			i > 0 && i+1 < len(letters) && unicode.IsUpper(r) && unicode.IsUpper(letters[i-1]) && unicode.IsLower(letters[i+1]):
			flush()
		}
		word = append(word, r)
	}
	flush()
	return all
}

// maxName bounds names, in bytes.
const maxName = 64

// snake makes a name as descriptions have them: lower case, with a letter first; "" if nothing is left.
func snake(words []string) string {
	name := strings.TrimLeft(strings.Join(words, "_"), "0123456789_")
	if len(name) > maxName {
		name = strings.TrimRight(name[:maxName], "_")
	}
	return name
}

// bare is the name of what a service is about: its short name without decorations at its ends.
func bare(kind, short string) string {
	all := words(short)
	for _, text := range decorations[kind] {
		phrase := strings.Fields(text)
		n := len(phrase)
		if len(all) > n && slices.Equal(all[:n], phrase) {
			all = all[n:]
		}
		if len(all) > n && slices.Equal(all[len(all)-n:], phrase) {
			all = all[:len(all)-n]
		}
	}
	return snake(all)
}

// unique gives a name of a kind once. A name that is taken gets its number behind it.
func (d *describer) unique(kind, name string, number int, digits int) string {
	if d.names[kind] == nil {
		d.names[kind] = map[string]bool{}
	}
	taken := d.names[kind]
	if name == "" {
		name = kind
	}
	if taken[name] {
		name = fmt.Sprintf("%s_%0*x", name, digits, number)
	}
	for base, i := name, 2; taken[name]; i++ {
		name = fmt.Sprintf("%s_%d", base, i)
	}
	taken[name] = true
	return name
}

package sim

import (
	"strconv"
	"strings"
	"unicode"
)

// mnemonic is one node of a command as manuals write it: SOURce has the short form SOUR and the long form SOURCE, and
// nothing in between is accepted (SCPI-99, 6.2.1).
type mnemonic struct {
	short, long string
	optional    bool
	suffixed    bool // may end in the number of a channel
}

// compile reads a pattern such as "[SOURce#]:VOLTage:[LEVel]", where brackets are optional nodes and # stands for an
// optional numeric suffix.
func compile(pattern string) []mnemonic {
	var nodes []mnemonic
	for node := range strings.SplitSeq(pattern, ":") {
		var m mnemonic
		m.optional = strings.HasPrefix(node, "[")
		node = strings.Trim(node, "[]")
		node, m.suffixed = strings.CutSuffix(node, "#")
		m.long = strings.ToUpper(node)
		m.short = strings.TrimRightFunc(node, unicode.IsLower)
		nodes = append(nodes, m)
	}
	return nodes
}

// match reports whether a header is this command, and the suffix it carries, 0 for none.
func match(nodes []mnemonic, header []string) (suffix int, ok bool) {
	if len(nodes) == 0 {
		return 0, len(header) == 0
	}
	if len(header) > 0 {
		if own, ok := nodes[0].match(header[0]); ok {
			if suffix, ok := match(nodes[1:], header[1:]); ok {
				return max(own, suffix), true
			}
		}
	}
	if nodes[0].optional {
		return match(nodes[1:], header)
	}
	return 0, false
}

func (m mnemonic) match(word string) (suffix int, ok bool) {
	word = strings.ToUpper(word)
	if m.suffixed {
		name := strings.TrimRight(word, "0123456789")
		if digits := word[len(name):]; digits != "" {
			n, err := strconv.ParseUint(digits, 10, 8)
			if err != nil || n == 0 {
				return 0, false
			}
			word, suffix = name, int(n)
		}
	}
	return suffix, word == m.short || word == m.long
}

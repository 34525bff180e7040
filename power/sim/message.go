package sim

import "strings"

// unit is one program message unit (IEEE 488.2, 7.3): a header, perhaps a question mark, and its arguments.
type unit struct {
	header []string // mnemonics, as they came
	query  bool
	args   []string
}

// maxMessage bounds a program message in bytes, unless the dialect has a longer one.
const maxMessage = 1024

// parseMessage splits a program message, a line without its terminator, into its units.
func parseMessage(line string) []unit {
	var units []unit
	for part := range strings.SplitSeq(line, ";") {
		if part = strings.TrimSpace(part); part != "" {
			units = append(units, parseUnit(part))
		}
	}
	return units
}

func parseUnit(text string) unit {
	header, args := text, ""
	if i := strings.IndexAny(text, " \t"); i >= 0 {
		header, args = text[:i], strings.TrimSpace(text[i:])
	}
	var u unit
	header, u.query = strings.CutSuffix(header, "?")
	u.header = strings.Split(strings.TrimPrefix(header, ":"), ":")
	if args != "" {
		u.args = splitArguments(args)
	}
	return u
}

// splitArguments splits at commas, but not within a channel list such as (@1,2).
func splitArguments(text string) []string {
	var args []string
	start, depth := 0, 0
	for i, c := range text {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth <= 0:
			args = append(args, strings.TrimSpace(text[start:i]))
			start = i + 1
		}
	}
	return append(args, strings.TrimSpace(text[start:]))
}

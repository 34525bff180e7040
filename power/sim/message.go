package sim

import "strings"

// unit is one program message unit (IEEE 488.2, 7.3): a header, perhaps a question mark, and its arguments.
type unit struct {
	header []string // mnemonics, as they came
	query  bool
	args   []string
}

// maxMessage bounds a program message in bytes.
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
		u.args = strings.Split(args, ",")
		for i := range u.args {
			u.args[i] = strings.TrimSpace(u.args[i])
		}
	}
	return u
}

package console

import (
	"strings"
	"testing"
	"unicode"
)

func FuzzPlain(f *testing.F) {
	f.Add("\x1b]0;root@bcm\x07\x1b[01;32mroot\x1b[0m# \x1b[6n")
	f.Add("\x1b\x1b[[\x9b1m\xff")
	f.Fuzz(func(t *testing.T, text string) {
		plain := Line{Text: text}.Plain()
		for _, r := range plain {
			if unicode.IsControl(r) && r != '\t' {
				t.Errorf("%q is shown as %q", text, plain)
			}
		}
		if !strings.ContainsFunc(text, unicode.IsControl) && plain != strings.ToValidUTF8(text, "\ufffd") &&
			!strings.Contains(plain, "\ufffd") {
			t.Errorf("%q without control characters is shown as %q", text, plain)
		}
	})
}

// Whatever an ECU makes of a command, no more than the prompt and the echo is taken out of its output.
func FuzzOutput(f *testing.F) {
	f.Add("# echo a\na\nb", "# ", "echo a")
	f.Add("echo a b\r \nc\n", "", "echo a bc")
	f.Fuzz(func(t *testing.T, printed, standing, command string) {
		var lines []Line
		for text := range strings.SplitSeq(printed, "\n") {
			lines = append(lines, Line{Text: text})
		}
		whole := squeeze(strings.ReplaceAll(printed, "\n", ""))
		var left strings.Builder
		for _, l := range output(lines, standing, command) {
			left.WriteString(l.Text)
		}
		gone := len(whole) - len(squeeze(left.String()))
		most := len(squeeze(standing)) + len(squeeze(command))
		if gone > most && !strings.ContainsFunc(printed+standing, unicode.IsControl) {
			t.Errorf("of %q behind %q and %q is left %q", printed, standing, command, left.String())
		}
	})
}

package visible

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"plain, µ and €":   "plain, µ and €",
		"a\x00b\x1b[31m\r": "a[U+0000]b[U+001B][31m[U+000D]",
		"\u202egnp.exe":    "[U+202E]gnp.exe",
		"zero\u200bwidth":  "zero[U+200B]width",
		"bad \xff utf8":    `bad \xFF utf8`,
		"two\nlines\tand":  "two\nlines\tand",
		"\x7f\u0085\uffff": "[U+007F][U+0085][U+FFFF]",
	} {
		if got := Text(in, 1000); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestALongTextIsCutWithANote(t *testing.T) {
	got := Text(strings.Repeat("a", 1<<20), 100)
	if want := strings.Repeat("a", 100) + " … [cut: 1048476 more bytes]"; got != want {
		t.Errorf("got %q", got)
	}
}

func FuzzText(f *testing.F) {
	f.Add("\u202e\x00<script>", 10)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		out := Line(s, limit)
		if !utf8.ValidString(out) {
			t.Errorf("%q is not UTF-8", out)
		}
		for _, r := range out {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Errorf("%q holds %U", out, r)
			}
		}
	})
}

func ExampleLine() {
	fmt.Println(Line("boot\x1b[2J ok\nnext", 80))
	// Output: boot[U+001B][2J ok⏎next
}

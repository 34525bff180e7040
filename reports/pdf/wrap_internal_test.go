package pdf

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func faces(t testing.TB) [styles]*face {
	t.Helper()
	all, err := newFaces()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWrap(t *testing.T) {
	f := faces(t)[mono] // in which each character is as wide as any other
	wide := f.measure("x")
	for name, tt := range map[string]struct {
		text  string
		chars int
		want  []string
	}{
		"empty":              {"", 5, []string{""}},
		"short":              {"cut", 5, []string{"cut"}},
		"at a space":         {"cut the power", 8, []string{"cut the", "power"}},
		"at the very end":    {"cut the power", 7, []string{"cut the", "power"}},
		"line feeds":         {"a\n\nb", 5, []string{"a", "", "b"}},
		"after a slash":      {"runs/2026/record", 10, []string{"runs/2026/", "record"}},
		"a space before all": {"ab c/defgh", 7, []string{"ab", "c/defgh"}},
		"anywhere":           {"AAAAAAAAAAA", 4, []string{"AAAA", "AAAA", "AAA"}},
		"narrower than one":  {"AB", 0, []string{"A", "B"}},
		"tabs":               {"a\tb", 8, []string{"a    b"}},
		"without a glyph":    {"中", 20, []string{"[U+4E2D]"}},
		"what acts":          {"a\x1bb", 20, []string{"a[U+001B]b"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := f.wrap(tt.text, tt.chars*wide); !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestFit(t *testing.T) {
	f := faces(t)[mono]
	wide := f.measure("x")
	for chars, want := range map[int]string{13: "cut the power", 12: "cut the pow…", 9: "cut the…", 1: "…", 0: "…"} {
		if got := f.fit("cut the power", chars*wide); got != want {
			t.Errorf("in %d: %q, want %q", chars, got, want)
		}
	}
}

// Whatever a unit says, each line fits, all of it has glyphs, and nothing but blanks gets lost.
func FuzzWrap(f *testing.F) {
	for _, text := range []string{"cut the power", "a/b\x00\u202e中😀", strings.Repeat("A", 300), " \n\t x", " 0\x98\x80"} {
		f.Add(text, 3845)
	}
	face := faces(f)[regular]
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = min(max(limit, 0), 1<<20)
		lines := face.wrap(text, limit)
		for _, l := range lines {
			if n := face.measure(l); n > limit && utf8.RuneCountInString(l) > 1 {
				t.Errorf("%q takes %d of %d", l, n, limit)
			}
			for _, r := range l {
				if _, ok := face.width(r); !ok {
					t.Errorf("%q has no glyph for %q", l, r)
				}
			}
		}
		blank := strings.NewReplacer(" ", "", "\n", "")
		if got, want := blank.Replace(strings.Join(lines, "")), blank.Replace(face.clean(text)); got != want {
			t.Errorf("%q became %q", want, got)
		}
	})
}

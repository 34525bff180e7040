package dashboard

import (
	"strings"
	"sync"
	"unicode/utf8"

	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Readers' sans-serif fonts are wider than the one that is measured here: by up to a tenth, bold ones by a fifth.
const (
	wider     = 1.1
	widerBold = 1.2
)

// unitsPerEm is the size at which the font is measured.
const unitsPerEm = 1000

var sans = sync.OnceValue(func() *sfnt.Font {
	f, err := sfnt.Parse(liberationsansregular.TTF)
	if err != nil {
		panic("dashboard: the font for measuring is damaged: " + err.Error())
	}
	return f
})

// ruler measures lines of text of one size.
type ruler struct {
	size float64 // in SVG units
	bold bool
	buf  sfnt.Buffer
}

// width is that of s in SVG units, rather too great than too small.
func (r *ruler) width(s string) float64 {
	sum := 0.0
	for _, c := range s {
		sum += r.advance(c)
	}
	if r.bold {
		return sum * widerBold
	}
	return sum * wider
}

// advance is a full square for what the font does not have.
func (r *ruler) advance(c rune) float64 {
	i, err := sans().GlyphIndex(&r.buf, c)
	if err != nil || i == 0 {
		return r.size
	}
	a, err := sans().GlyphAdvance(&r.buf, i, fixed.I(unitsPerEm), font.HintingNone)
	if err != nil {
		return r.size
	}
	return float64(a) / 64 / unitsPerEm * r.size
}

// wrap breaks s into at most n lines of a width. The last one ends with an ellipsis if there is more.
func (r *ruler) wrap(s string, width float64, n int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(s, "\n") {
		rest := strings.Join(strings.Fields(paragraph), " ")
		for rest != "" {
			if len(lines) == n {
				if n > 0 {
					lines[n-1] = r.more(lines[n-1], width)
				}
				return lines
			}
			line, after := r.line(rest, width)
			lines, rest = append(lines, line), after
		}
	}
	return lines
}

// line takes from s as many words as fit, or as many letters if not even the first word does.
func (r *ruler) line(s string, width float64) (line, rest string) {
	end := r.fits(s, width)
	if end == len(s) {
		return s, ""
	}
	if space := strings.LastIndexByte(s[:end+1], ' '); space > 0 {
		return s[:space], s[space+1:]
	}
	return s[:end], s[end:]
}

// fits is the length of the longest beginning of s that fits, and of at least one letter.
func (r *ruler) fits(s string, width float64) int {
	factor := wider
	if r.bold {
		factor = widerBold
	}
	sum := 0.0
	for i, c := range s {
		if sum += r.advance(c) * factor; sum > width && i > 0 {
			return i
		}
	}
	return len(s)
}

// more ends a line with an ellipsis in place of its last words, as many as that takes, or of letters of a single word.
func (r *ruler) more(s string, width float64) string {
	for r.width(s+" …") > width {
		space := strings.LastIndexByte(s, ' ')
		if space < 0 {
			return r.cut(s+"…", width)
		}
		s = s[:space]
	}
	return s + " …"
}

// cut shortens s to a width; what ends with an ellipsis keeps it.
func (r *ruler) cut(s string, width float64) string {
	if r.width(s) <= width {
		return s
	}
	s = strings.TrimRight(strings.TrimSuffix(s, "…"), " ")
	for s != "" && r.width(s+"…") > width {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	return s + "…"
}

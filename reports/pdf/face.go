package pdf

import (
	"fmt"
	"strings"

	"codeberg.org/go-fonts/dejavu/dejavusanscondensed"
	"codeberg.org/go-fonts/dejavu/dejavusanscondensedbold"
	"codeberg.org/go-fonts/dejavu/dejavusansmono"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"otabench/reports/visible"
)

// style is one of the embedded fonts. DejaVu has the symbols of verdicts, and most scripts that a unit may answer in.
type style int

const (
	regular style = iota
	bold
	mono
	styles
)

// face measures text in one style.
type face struct {
	family, variant string
	data            []byte
	font            *sfnt.Font
	buffer          sfnt.Buffer
	widths          [0x10000]int32 // of characters in units, and one more; 0 if not looked up yet, -1 if the font has none
}

// units is the size of the font to which widths refer.
const units = 1000

func newFaces() ([styles]*face, error) {
	all := [styles]*face{
		regular: {family: "sans", data: dejavusanscondensed.TTF},
		bold:    {family: "sans", variant: "B", data: dejavusanscondensedbold.TTF},
		mono:    {family: "mono", data: dejavusansmono.TTF},
	}
	for _, f := range all {
		var err error
		if f.font, err = sfnt.Parse(f.data); err != nil {
			return all, fmt.Errorf("read the embedded font %s%s: %w", f.family, f.variant, err)
		}
	}
	return all, nil
}

// width of a character in units; false if the font has no glyph for it. A PDF of ours has only those of the basic plane.
func (f *face) width(r rune) (int, bool) {
	if r >= rune(len(f.widths)) {
		return 0, false
	}
	if f.widths[r] == 0 {
		f.widths[r] = -1
		if glyph, err := f.font.GlyphIndex(&f.buffer, r); err == nil && glyph != 0 {
			if a, err := f.font.GlyphAdvance(&f.buffer, glyph, fixed.I(units), font.HintingNone); err == nil {
				f.widths[r] = int32(a.Round()) + 1
			}
		}
	}
	return max(int(f.widths[r])-1, 0), f.widths[r] > 0
}

// measure is the width of clean text in units.
func (f *face) measure(text string) (n int) {
	for _, r := range text {
		w, _ := f.width(r)
		n += w
	}
	return n
}

// maxText bounds the bytes of one text, whatever it comes from.
const maxText = 8 << 10

// clean makes text fit to be set: nothing in it is hidden or acts, and each character has a glyph.
func (f *face) clean(text string) string {
	text = strings.ReplaceAll(visible.Text(text, maxText), "\t", "    ")
	missing := func(r rune) bool {
		_, ok := f.width(r)
		return !ok && r != '\n'
	}
	if strings.IndexFunc(text, missing) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if missing(r) {
			fmt.Fprintf(&b, "[U+%04X]", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// line is text of the record on one line.
func line(text string) string { return visible.Line(text, 400) }

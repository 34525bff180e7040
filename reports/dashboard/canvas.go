package dashboard

import (
	"fmt"
	"html"
	"strings"
)

// canvas is what has been drawn from the top down to y.
type canvas struct {
	strings.Builder
	y float64 // lower edge of what has been drawn
}

func (c *canvas) add(format string, args ...any) { fmt.Fprintf(c, format, args...) }

// text writes one line with its baseline at y; class is of [Style].
func (c *canvas) text(x, y float64, class, s string) {
	if s == "" {
		return
	}
	c.add(`<text class="%s" x="%s" y="%s">%s</text>`, class, num(x), num(y), html.EscapeString(s))
}

func (c *canvas) box(x, y, w, h, radius float64, class string) {
	c.add(`<rect class="%s" x="%s" y="%s" width="%s" height="%s" rx="%s"/>`, class, num(x), num(y), num(w), num(h), num(radius))
}

// icon draws an outline of 24 units in a square of a size.
func (c *canvas) icon(x, y, size float64, class, outline string) {
	c.add(`<path class="d-icon %s" transform="translate(%s,%s) scale(%s)" d="%s"/>`, class, num(x), num(y), num(size/24), outline)
}

// num is a coordinate to a hundredth, without zeros at its end.
func num(f float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", f), "0"), ".")
}

package pdf

import "strings"

// wrap divides text into lines of at most so many units: at line feeds and spaces, in long words after a mark or a slash,
// and where there is none of these, anywhere.
func (f *face) wrap(text string, limit int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(f.clean(text), "\n") {
		lines = append(lines, f.wrapLine(paragraph, limit)...)
	}
	return lines
}

func (f *face) wrapLine(text string, limit int) (lines []string) {
	var b breaks
	start, width := 0, 0
	for i, r := range text {
		w, _ := f.width(r)
		for width+w > limit && i > start && r != ' ' {
			end := b.best(start, i)
			lines = append(lines, strings.TrimRight(text[start:end], " "))
			start = end
			width = f.measure(text[start:i])
		}
		width += w
		b.see(r, i)
	}
	return append(lines, strings.TrimRight(text[start:], " "))
}

// breaks remembers after which character a line may end.
type breaks struct{ space, mark int }

func (b *breaks) see(r rune, i int) {
	switch {
	case r == ' ':
		b.space = i + 1
	case strings.ContainsRune("/-_.,;:=&?)]", r):
		b.mark = i + 1
	}
}

// best is where a line that begins at start and is full at i ends.
func (b *breaks) best(start, i int) int {
	switch {
	case b.space > start:
		return b.space
	case b.mark > start:
		return b.mark
	}
	return i
}

// fit shortens clean text to so many units, and says so with an ellipsis.
func (f *face) fit(text string, limit int) string {
	if f.measure(text) <= limit {
		return text
	}
	limit -= f.measure("…")
	for i, r := range text {
		w, _ := f.width(r)
		if limit -= w; limit < 0 {
			return strings.TrimRight(text[:i], " ") + "…"
		}
	}
	return text
}

package console

import (
	"strings"
	"testing"
	"time"
)

// However text is cut into pieces, and whatever the pauses, the lines put together are the text.
func FuzzSplitter(f *testing.F) {
	f.Add([]byte("a\r\nb\n\xff"), uint16(3), uint16(0))
	f.Add([]byte(strings.Repeat("x", maxLine)+"\n"), uint16(maxLine), uint16(1000))
	f.Fuzz(func(t *testing.T, text []byte, at, pause uint16) {
		cut := min(int(at), len(text))
		start := time.Unix(0, 0)
		later := start.Add(time.Duration(pause) * time.Millisecond)
		var s splitter
		lines := append(s.add(text[:cut], start), s.add(text[cut:], later)...)
		lines = append(lines, s.finish())
		var got strings.Builder
		for _, l := range lines {
			got.WriteString(l.Text)
			if len(l.Text) > maxLine {
				t.Errorf("a line of %d bytes", len(l.Text))
			}
			if strings.Contains(l.Text, "\n") {
				t.Errorf("%q is no line", l.Text)
			}
		}
		without := strings.NewReplacer("\r", "", "\n", "")
		if without.Replace(got.String()) != without.Replace(string(text)) {
			t.Errorf("%q became %q", text, lines)
		}
	})
}

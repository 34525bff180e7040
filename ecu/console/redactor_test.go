package console

import (
	"strings"
	"testing"
	"time"
)

// shownOf puts together what a redactor shows of a text that comes in two pieces.
func shownOf(text []byte, cut int, secrets []string) string {
	var r redactor
	var b strings.Builder
	all := r.add(text[:cut], time.Unix(0, 0), secrets)
	all = append(all, r.add(text[cut:], time.Unix(1, 0), secrets)...)
	for _, p := range append(all, r.flush()...) {
		b.Write(p.text)
	}
	return b.String()
}

func TestRedactor(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		secrets    []string
		want       string
	}{
		{"no secrets", "open sesame", nil, "open sesame"},
		{"one", "say sesame twice: sesame!", []string{"sesame"}, "say [redacted] twice: [redacted]!"},
		{"beginning of one that goes on otherwise", "sesa sesamy", []string{"sesame"}, "sesa sesamy"},
		{"beginning of one at the end", "sesa", []string{"sesame"}, "[redacted]"},
		{"one that begins within a false start", "sesesame.", []string{"sesame"}, "se[redacted]."},
		{"the longer of two", "password pass passwo.", []string{"pass", "password"}, "[redacted] [redacted] [redacted]wo."},
		{"one in another", "xabcx", []string{"b", "abc"}, "x[redacted]x"},
		{"bytes that are no text", "\xff\x00\xfe", []string{"\x00\xfe"}, "\xff[redacted]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for cut := range len(tt.text) + 1 {
				if got := shownOf([]byte(tt.text), cut, tt.secrets); got != tt.want {
					t.Errorf("cut at %d: %q, want %q", cut, got, tt.want)
				}
			}
		})
	}
}

func TestHeldBytesKeepTheirTime(t *testing.T) {
	var r redactor
	start := time.Unix(0, 0)
	if got := r.add([]byte("$ s"), start, []string{"sesame"}); len(got) != 1 || string(got[0].text) != "$ " {
		t.Error(got)
	}
	got := r.add([]byte("ot"), start.Add(time.Second), []string{"sesame"})
	if len(got) != 2 || string(got[0].text) != "s" || !got[0].time.Equal(start) || string(got[1].text) != "ot" {
		t.Error(got)
	}
}

// FuzzRedactor holds the redactor to what replacing in the whole text gives.
func FuzzRedactor(f *testing.F) {
	f.Add([]byte("Password: sesame\r\n# "), uint16(13), "sesame")
	f.Add([]byte("aaaaab"), uint16(3), "aab")
	f.Add([]byte("ses"), uint16(1), "sesame")
	f.Fuzz(func(t *testing.T, text []byte, at uint16, secret string) {
		if secret == "" {
			return
		}
		clear := strings.Split(string(text), secret)
		last := &clear[len(clear)-1]
		for n := min(len(secret)-1, len(*last)); n > 0; n-- {
			if rest, ok := strings.CutSuffix(*last, secret[:n]); ok {
				*last = rest + redacted
				break
			}
		}
		want := strings.Join(clear, redacted)
		if got := shownOf(text, min(int(at), len(text)), []string{secret}); got != want {
			t.Errorf("%q without %q is %q, want %q", text, secret, got, want)
		}
	})
}

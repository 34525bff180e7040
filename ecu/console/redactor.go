package console

import (
	"strings"
	"time"
)

// redacted stands where a secret was.
const redacted = "[redacted]"

// piece is text that arrived at one time.
type piece struct {
	text []byte
	time time.Time
}

// redactor takes secrets out of a stream, however they are cut into pieces. What may be the beginning of one is held
// until the next byte decides, however long that takes; nothing else is. A byte keeps the time at which it arrived.
type redactor struct {
	held []byte
	at   []time.Time // of each byte that is held
}

// add takes what arrived and returns what may be shown. Its result is valid until b changes.
func (r *redactor) add(b []byte, now time.Time, secrets []string) []piece {
	if len(r.held) == 0 && len(secrets) == 0 {
		return []piece{{b, now}}
	}
	text, at := r.held, r.at
	for _, x := range b {
		text, at = append(text, x), append(at, now)
	}
	var out pieces
	i := 0
	for i < len(text) {
		n, undecided := leading(text[i:], secrets)
		if undecided {
			break
		}
		if n > 0 {
			out.add(at[i], []byte(redacted)...)
			i += n
			continue
		}
		out.add(at[i], text[i])
		i++
	}
	// Not the same memory: the rest of a long text must not be kept with the few bytes that are held.
	r.held, r.at = append([]byte(nil), text[i:]...), append([]time.Time(nil), at[i:]...)
	return out
}

// flush ends the stream. What is held is taken for the secret that it may have become.
func (r *redactor) flush() []piece {
	if len(r.held) == 0 {
		return nil
	}
	p := piece{[]byte(redacted), r.at[0]}
	*r = redactor{}
	return []piece{p}
}

// leading returns the length of the longest secret that text begins with, and whether more text could make it a longer
// one.
func leading(text []byte, secrets []string) (n int, undecided bool) {
	for _, s := range secrets {
		if len(s) > len(text) {
			undecided = undecided || strings.HasPrefix(s, string(text))
		} else if string(text[:len(s)]) == s {
			n = max(n, len(s))
		}
	}
	return n, undecided
}

// pieces joins text of the same time.
type pieces []piece

func (p *pieces) add(at time.Time, text ...byte) {
	if n := len(*p); n > 0 && (*p)[n-1].time.Equal(at) {
		(*p)[n-1].text = append((*p)[n-1].text, text...)
		return
	}
	*p = append(*p, piece{append([]byte(nil), text...), at})
}

// redact takes secrets out of a whole text.
func redact(text string, secrets []string) string {
	var r redactor
	var b strings.Builder
	for _, p := range append(r.add([]byte(text), time.Time{}, secrets), r.flush()...) {
		b.Write(p.text)
	}
	return b.String()
}

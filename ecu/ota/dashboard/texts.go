package dashboard

import (
	"bytes"
	"maps"
	"strconv"
	"strings"

	"otabench/can/signal"
)

// Bounds of what a vehicle may say: texts of a revision, and bytes of each. The embedded vehicle's file has room for 11
// texts of 768 bytes.
const (
	maxTexts = 32
	maxText  = 1 << 10
)

// texts gathers the texts of a revision. They come in segments before the status that has the revision, and from time to
// time again, so that what was lost is made up for.
type texts struct {
	name string // of the text that is coming
	text []byte // what has come of it
	next int64  // segment of it that is next, -1 if one was lost

	coming   map[string]string // whole texts since the last status
	revision int64             // of the last status, -1 before the first
	have     map[string]string // texts of that revision that have come
}

func newTexts() texts {
	return texts{next: -1, coming: map[string]string{}, revision: -1, have: map[string]string{}}
}

// take adds the segment that is in a message.
func (t *texts) take(values []signal.Value) {
	name, segment, last := "", int64(-1), false
	var chars []byte
	for _, v := range values {
		switch {
		case v.Name == "Text":
			name = textName(v)
		case v.Name == "Segment":
			segment = v.Int()
		case v.Name == "Last":
			last = v.Raw == 1
		case len(v.Name) == 2 && v.Name[0] == 'C':
			chars = append(chars, byte(v.Raw))
		}
	}
	t.add(name, segment, last, chars)
}

// textName names a kind of text that the file does not, since it counts as a text of its revision all the same.
func textName(v signal.Value) string {
	if v.Label == "" {
		return "unknown text " + strconv.FormatUint(v.Raw, 10)
	}
	return v.Label
}

func (t *texts) add(name string, segment int64, last bool, chars []byte) {
	if segment == 0 {
		t.name, t.text, t.next = name, t.text[:0], 0
	}
	if segment < 0 || segment != t.next || name != t.name || len(t.text)+len(chars) > maxText {
		t.next = -1 // a frame was lost, or the text is too long; one is waited for from its beginning
		return
	}
	t.text = append(t.text, chars...)
	t.next++
	if last {
		t.next = -1
		t.keep(name, strings.ToValidUTF8(string(bytes.TrimRight(t.text, "\x00")), "\uFFFD"))
	}
}

func (t *texts) keep(name, text string) {
	if _, ok := t.coming[name]; !ok && len(t.coming) >= maxTexts {
		clear(t.coming) // no status will ever have so many
	}
	t.coming[name] = text
}

// of returns the texts of a revision when a status with it comes, none while they are not all there: half of them, or
// those of another revision, would say what the vehicle does not.
func (t *texts) of(revision int64, count int) map[string]string {
	if revision != t.revision {
		t.revision = revision
		clear(t.have)
	}
	maps.Copy(t.have, t.coming)
	clear(t.coming)
	if len(t.have) > min(count, maxTexts) {
		clear(t.have) // some are of a revision whose status was lost, and nobody knows which
	}
	if len(t.have) < count {
		return nil
	}
	return t.have
}

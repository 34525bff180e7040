package blf

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// Lengths of objects with text behind the heads, without the texts.
const (
	appTextLen = 16
	commentLen = 16
	markerLen  = 40
	overrunLen = 6
)

// What the text of an application is about.
const (
	appTextMeasurement = 0
	appTextChannel     = 1
	appTextMeta        = 2
)

// startGroup and startMarker name the marker that holds the time at which stamps begin, with its zone.
const (
	startGroup  = "otabench"
	startMarker = "start"
)

// startLayout is RFC 3339 with the fraction that dates have.
const startLayout = "2006-01-02T15:04:05.000Z07:00"

// plain cuts a text at its end: tools count what they have reserved for it.
func plain(b []byte) string {
	if end := bytes.IndexByte(b, 0); end >= 0 {
		b = b[:end]
	}
	return strings.TrimRight(string(b), "\r\n")
}

// comment reads a comment on an event: type of the event 32, length 32, nothing 64, text.
func (r *Reader) comment(b []byte) error {
	if len(b) < commentLen {
		return tooShort(b)
	}
	length := uint64(order.Uint32(b[4:]))
	if length > uint64(len(b)-commentLen) {
		return tooShort(b)
	}
	r.comments.Add(plain(b[commentLen:][:length]))
	return nil
}

// markerTexts returns the lengths of a marker's group, name and description.
func markerTexts(b []byte) (lengths [3]int64, total int64) {
	for i := range lengths {
		lengths[i] = int64(order.Uint32(b[16+4*i:]))
		total += lengths[i]
	}
	return lengths, total
}

// marker reads a marker: type of an event 32, colours 64, whether it can be moved 8, nothing 24, lengths of three texts
// 96, nothing 96, the texts.
func (r *Reader) marker(b []byte) error {
	if len(b) < markerLen {
		return tooShort(b)
	}
	lengths, total := markerTexts(b)
	if total > int64(len(b)-markerLen) {
		return tooShort(b)
	}
	var texts []string
	rest := b[markerLen:]
	for _, n := range lengths {
		texts = append(texts, plain(rest[:n]))
		rest = rest[n:]
	}
	if texts[0] == startGroup && texts[1] == startMarker {
		start, err := time.Parse(time.RFC3339, texts[2])
		r.start = start
		return err
	}
	texts = slices.DeleteFunc(texts, func(text string) bool { return text == "" })
	r.comments.Add(strings.Join(texts, ": "))
	return nil
}

// markerSize returns the size of the marker that comes next. Vector's converter tells 24 bytes too few.
func (r *Reader) markerSize(head base) int {
	const missing = 24
	b, err := r.objects.need(head.head + markerLen)
	if err != nil {
		return head.size
	}
	if _, total := markerTexts(b[head.head:]); int64(head.size+missing) == int64(head.head+markerLen)+total {
		return head.size + missing
	}
	return head.size
}

// appText reads a text of the application: source 32, more of it 32, length 32, nothing 32, text. The text about a
// channel is a list of databases, each with the name of its network, of which the first counts.
func (r *Reader) appText(b []byte) error {
	if len(b) < appTextLen {
		return tooShort(b)
	}
	source, about, length := order.Uint32(b), order.Uint32(b[4:]), uint64(order.Uint32(b[8:]))
	if length > uint64(len(b)-appTextLen) {
		return tooShort(b)
	}
	b = b[appTextLen:][:length]
	switch text := plain(b); {
	case source == appTextMeasurement:
		r.comments.Add(text)
	case source == appTextMeta:
		r.networks(about, string(b))
	case source == appTextChannel && about>>16&0xFF == busCAN:
		_, networks, _ := strings.Cut(text, ";")
		network, _, _ := strings.Cut(networks, ";")
		r.channels.name(int(about>>8&0xFF), network)
	default:
		r.losses.Add(otherObjects, 1)
	}
	return nil
}

// overrun reads that a receive queue was full: type of the bus 32, channel 16.
func (r *Reader) overrun(b []byte) error {
	if len(b) < overrunLen {
		return tooShort(b)
	}
	channel := order.Uint16(b[4:])
	if order.Uint32(b) != busCAN {
		r.losses.Add(otherObjects, 1)
		return nil
	}
	if _, err := r.channels.bus(int(channel)); err != nil {
		return err
	}
	r.lost[channel]++
	return nil
}

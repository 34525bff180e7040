package dashboard

import (
	"bytes"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"otabench/can"
	"otabench/can/signal"
	"otabench/ecu/ota"
)

// Texts of the dashboard by the value table of OTA_Text.Text.
const (
	titleText        = "title"
	textText         = "text"
	versionText      = "version"
	purposeText      = "purpose"
	changesText      = "changes"
	unavailableText  = "unavailable"
	instructionsText = "instructions"
	estimatesText    = "estimates"
	hintsText        = "hints"
	referenceText    = "reference"
	nextText         = "next"
)

// Reader makes views of frames. It is for one goroutine at a time.
type Reader struct {
	db    *signal.Database
	words map[string]string
	at    struct{ state, cause, percent, drivable, advice *place }

	values   []signal.Value
	text     []byte            // that is coming
	segment  int64             // of it that is next
	coming   map[string]string // texts since the last revision
	texts    map[string]string // of the revision that is shown
	revision int64             // -1 before the first
	off      []string
	view     ota.View
	shown    bool
}

// NewReader returns a reader of a bus that db describes.
func NewReader(db *signal.Database, s Signals) (*Reader, error) {
	r := &Reader{db: db, words: s.Words, coming: map[string]string{}, texts: map[string]string{}, revision: -1}
	var err error
	for _, p := range []struct {
		to           **place
		given, usual string
	}{
		{&r.at.state, s.State, statusMessage + ".State"},
		{&r.at.cause, s.Cause, statusMessage + ".Cause"},
		{&r.at.percent, s.Percent, statusMessage + ".Percent"},
		{&r.at.drivable, s.Drivable, statusMessage + ".Drivable"},
		{&r.at.advice, s.Advice, statusMessage + ".Advice"},
	} {
		if *p.to, err = find(db, p.given, p.usual); err != nil {
			return nil, err
		}
	}
	if r.at.state == nil {
		return nil, errNoState
	}
	return r, nil
}

// Take reads a frame and returns the view, if the frame has changed it.
func (r *Reader) Take(f can.Frame) (v ota.View, changed bool) {
	m, values, err := r.db.Decode(r.values[:0], f)
	r.values = values
	if err != nil {
		return r.view, false
	}
	before := r.view
	switch m.Name {
	case textMessage:
		r.takeText(values)
	case controlMessage:
		r.takeControl(values)
	}
	r.takeStatus(m, values)
	if !r.knows() {
		return r.view, false
	}
	changed = !r.shown || !reflect.DeepEqual(before, r.view)
	r.shown = true
	return r.view, changed
}

// knows says that a state has been told.
func (r *Reader) knows() bool { return r.view.State != "" }

// takeText adds a segment of a text.
func (r *Reader) takeText(values []signal.Value) {
	name, segment, last := "", int64(-1), false
	var chars []byte
	for _, v := range values {
		switch {
		case v.Name == "Text":
			name = v.Label
		case v.Name == "Segment":
			segment = v.Int()
		case v.Name == "Last":
			last = v.Raw == 1
		case len(v.Name) == 2 && v.Name[0] == 'C':
			chars = append(chars, byte(v.Raw))
		}
	}
	if segment == 0 {
		r.text, r.segment = r.text[:0], 0
	}
	if segment != r.segment {
		r.segment = -1 // a frame was lost; the text is waited for from its beginning
		return
	}
	r.text = append(r.text, chars...)
	r.segment++
	if last {
		r.segment = -1
		text := string(bytes.TrimRight(r.text, "\x00"))
		if !utf8.ValidString(text) {
			text = strings.ToValidUTF8(text, "�")
		}
		r.coming[name] = text
	}
}

// functions are the signals of the control message with the functions that they switch off.
var functions = map[string]string{
	"OffInfotainment": "infotainment", "OffClimate": "climate", "OffComfort": "comfort", "OffRemote": "remote control",
	"OffHazardLights": "hazard lights", "OffLocks": "locks", "OffEmergencyCall": "emergency call",
}

func (r *Reader) takeControl(values []signal.Value) {
	var off []string
	for _, v := range values {
		if name := functions[v.Name]; name != "" && v.Raw == 1 {
			off = append(off, name)
		}
	}
	r.view.Off = off
}

// takeStatus takes what belongs to the view out of a message.
func (r *Reader) takeStatus(m *signal.Message, values []signal.Value) {
	if v, ok := r.at.state.in(m, values); ok {
		r.view.State = ota.State(r.word(v))
	}
	if v, ok := r.at.cause.in(m, values); ok {
		r.view.Cause = ota.Cause(none(r.word(v)))
	}
	if v, ok := r.at.percent.in(m, values); ok {
		r.view.Percent = int(v.Physical)
	}
	if v, ok := r.at.drivable.in(m, values); ok {
		r.view.Drivable = v.Raw != 0
	}
	if v, ok := r.at.advice.in(m, values); ok {
		r.view.Advice = nil
		if a := none(r.word(v)); a != "" {
			r.view.Advice = []ota.Advice{ota.Advice(a)}
		}
	}
	if m.Name == statusMessage {
		r.takeRevision(values)
	}
}

// in returns the signal's value if the message has it.
func (p *place) in(m *signal.Message, values []signal.Value) (signal.Value, bool) {
	if p == nil || p.message != m {
		return signal.Value{}, false
	}
	i := slices.IndexFunc(values, func(v signal.Value) bool { return v.Signal == p.signal })
	if i < 0 {
		return signal.Value{}, false
	}
	return values[i], true
}

// Filters match the frames that have anything to do with the dashboard.
func (r *Reader) Filters() []can.Filter {
	var all []can.Filter
	for _, p := range []*place{r.at.state, r.at.cause, r.at.percent, r.at.drivable, r.at.advice} {
		if p != nil {
			all = append(all, can.Exactly(p.message.ID, p.message.Extended))
		}
	}
	for _, name := range []string{textMessage, controlMessage, statusMessage} {
		if m, err := r.db.Message(name); err == nil {
			all = append(all, can.Exactly(m.ID, m.Extended))
		}
	}
	return all
}

func (r *Reader) word(v signal.Value) string {
	if w, ok := r.words[v.Label]; ok {
		return w
	}
	if v.Label == "" {
		return "unknown value " + strconv.FormatUint(v.Raw, 10)
	}
	return v.Label
}

func none(word string) string {
	if word == "none" {
		return ""
	}
	return word
}

// takeRevision takes the texts that came for it, once they are all there.
func (r *Reader) takeRevision(values []signal.Value) {
	revision, texts := r.revision, 0
	for _, v := range values {
		switch v.Name {
		case "Revision":
			revision = v.Int()
		case "Texts":
			texts = int(v.Int())
		case "Choices":
			r.view.Choices = nil
			for i, d := range ota.Deeds {
				if v.Raw>>i&1 == 1 {
					r.view.Choices = append(r.view.Choices, d)
				}
			}
		case "Attempt":
			r.view.Attempt = int(v.Int())
		case "Attempts":
			r.view.Attempts = int(v.Int())
		}
	}
	if revision != r.revision {
		r.revision, r.texts = revision, nil
	}
	if len(r.coming) == texts && (texts > 0 || r.texts == nil) {
		r.texts = r.coming
		r.coming = map[string]string{}
		r.apply()
	} else if len(r.coming) > texts {
		r.coming = map[string]string{} // more than belong to it: some were of a revision whose status was lost
	}
}

// apply puts the texts into the view.
func (r *Reader) apply() {
	t := r.texts
	r.view.Title, r.view.Text, r.view.Reference, r.view.Hints = t[titleText], t[textText], t[referenceText], lines(t[hintsText])
	r.view.Next = time.Time{}
	if s, err := strconv.ParseInt(t[nextText], 10, 64); err == nil {
		r.view.Next = time.Unix(s, 0).UTC()
	}
	r.view.Offer = nil
	if t[versionText] == "" {
		return
	}
	r.view.Offer = &ota.Offer{
		Version: t[versionText], Purpose: t[purposeText], Changes: lines(t[changesText]),
		Unavailable: lines(t[unavailableText]), Instructions: lines(t[instructionsText]),
	}
	estimates := append(strings.Split(t[estimatesText], ";"), "", "", "")
	r.view.Offer.Download = seconds(estimates[0])
	r.view.Offer.Installation = seconds(estimates[1])
	r.view.Offer.Size, _ = strconv.ParseInt(estimates[2], 10, 64) // 0 is not told
}

func seconds(text string) time.Duration {
	s, err := strconv.ParseFloat(text, 64)
	if err != nil || s < 0 || s > 1e6 {
		return 0 // not told
	}
	return time.Duration(s * float64(time.Second))
}

func lines(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(s string) bool { return s == "" })
}

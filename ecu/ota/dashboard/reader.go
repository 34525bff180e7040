package dashboard

import (
	"math"
	"reflect"
	"slices"
	"strconv"

	"otabench/can"
	"otabench/can/signal"
	"otabench/ecu/ota"
)

// Reader makes views of frames. It is for one goroutine at a time.
type Reader struct {
	db    *signal.Database
	words map[string]string
	at    struct{ state, cause, percent, drivable, advice *place }

	values []signal.Value
	texts  texts
	view   ota.View
}

// NewReader returns a reader of a bus that db describes. It fails if s names what the file has not, and if there is no
// signal for the state.
func NewReader(db *signal.Database, s Signals) (*Reader, error) {
	r := &Reader{db: db, words: s.Words, texts: newTexts()}
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

// Take reads a frame and returns the view as it is now. changed says that the frame has changed it. A frame that the file
// does not describe, or that is too short for its message, changes nothing.
func (r *Reader) Take(f can.Frame) (v ota.View, changed bool) {
	m, values, err := r.db.Decode(r.values[:0], f)
	r.values = values
	if err != nil {
		return r.view, false
	}
	before := r.view
	switch m.Name {
	case textMessage:
		r.texts.take(values)
	case controlMessage:
		r.takeControl(values)
	}
	r.takeStatus(m, values)
	if r.view.State == "" {
		return r.view, false // nothing is shown before there is a state
	}
	return r.view, !reflect.DeepEqual(before, r.view)
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
		r.view.Percent = percent(v.Physical)
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

// takeRevision takes what only the embedded vehicle's status has: choices, attempts, and which texts belong to it.
func (r *Reader) takeRevision(values []signal.Value) {
	revision, count := int64(0), 0
	for _, v := range values {
		switch v.Name {
		case "Revision":
			revision = v.Int()
		case "Texts":
			count = int(v.Int())
		case "Choices":
			r.view.Choices = choices(v.Raw)
		case "Attempt":
			r.view.Attempt = int(v.Int())
		case "Attempts":
			r.view.Attempts = int(v.Int())
		}
	}
	show(&r.view, r.texts.of(revision, count))
}

// choices are the deeds whose bits are set.
func choices(bits uint64) (all []ota.Deed) {
	for i, d := range ota.Deeds {
		if bits>>i&1 == 1 {
			all = append(all, d)
		}
	}
	return all
}

// percent makes a whole number of what may be anything in a file with floats. What is beyond 100 is kept, since a vehicle
// that shows it is wrong, but not more than three digits of it.
func percent(v float64) int {
	if math.IsNaN(v) {
		return 0
	}
	return int(min(max(v, 0), 999))
}

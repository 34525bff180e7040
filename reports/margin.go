package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"otabench/bench/record"
)

// maxServices is how many services of one ECU a line names.
const maxServices = 12

// margin gathers what stands beside a chapter; what is of one kind shares a line.
type margin struct {
	entries []*entry
	byKey   map[string]*entry
}

// entry is a line that is still being gathered.
type entry struct {
	Beside
	text fmt.Stringer
}

func (m *margin) lines() []Beside {
	var all []Beside
	for _, e := range m.entries {
		if e.text != nil {
			e.Text = e.text.String()
		}
		all = append(all, e.Beside)
	}
	return all
}

// say adds a line of its own.
func (m *margin) say(t time.Duration, by Actor, wrong bool, format string, args ...any) {
	m.entries = append(m.entries, &entry{Beside: Beside{T: t, By: by, Text: fmt.Sprintf(format, args...), Wrong: wrong}})
}

// shared returns the line with a key, and makes it if it is new.
func (m *margin) shared(t time.Duration, by Actor, key string, fresh func() fmt.Stringer) *entry {
	key = string(by) + "\x00" + key
	if e := m.byKey[key]; e != nil {
		return e
	}
	e := &entry{Beside: Beside{T: t, By: by}, text: fresh()}
	if m.byKey == nil {
		m.byKey = map[string]*entry{}
	}
	m.byKey[key] = e
	m.entries = append(m.entries, e)
	return e
}

// beside notes an event that begins no chapter.
func (t *teller) beside(e record.Event) {
	m := &t.margin
	switch b := e.Body.(type) {
	case record.UserAction:
		m.say(e.T, ByUser, b.Error != "", "%s on %s: %s%s", b.User, b.Display, b.Action, because("; not taken", b.Error))
	case record.Link:
		m.say(e.T, ByLink, false, "%s%s", b.Profile, because("", b.Detail))
	case record.Backend:
		m.say(e.T, ByBackend, false, "%s: %s", b.Event, b.Text)
	case record.TriggerFired:
		armed := t.spec.trigger(b.ID)
		m.say(b.At, ByTrigger, b.Error != "", "%s → %s%s", armed.Condition, armed.Action, because("; failed", b.Error))
	case record.Setting:
		if b.Error != "" {
			m.say(e.T, BySupply, true, "%s %s %s: %s", b.Device, b.Action, b.Value, b.Error)
			return
		}
		m.value(e.T, BySupply, b.Device+" "+b.Action, b.Value)
	case record.Vehicle:
		m.value(e.T, ByVehicle, b.Signal+":", b.Value)
	case record.Traffic:
		line := m.shared(e.T, ByLink, "traffic", func() fmt.Stringer { return &traffic{} })
		line.text.(*traffic).add(b)
		line.Wrong = line.Wrong || b.Accepted < b.Dials
	case record.Exchange:
		line := m.shared(b.Sent, ByBus, b.ECU, func() fmt.Stringer { return &services{ecu: b.ECU} })
		line.text.(*services).add(b)
		line.Wrong = line.Wrong || b.NRC != "" || b.Error != ""
	}
}

func because(what, why string) string {
	if why == "" {
		return ""
	}
	return what + ": " + why
}

func (m *margin) value(t time.Duration, by Actor, name, value string) {
	line := m.shared(t, by, name, func() fmt.Stringer { return &series{name: name, first: value} })
	s := line.text.(*series)
	s.last = value
	s.count++
}

// series is one thing that took several values.
type series struct {
	name, first, last string
	count             int
}

func (s *series) String() string {
	text := strings.TrimSpace(s.name + " " + s.first)
	switch s.count {
	case 1:
		return text
	case 2:
		return text + ", then " + s.last
	}
	return fmt.Sprintf("%s, then %d more, the last %s", text, s.count-1, s.last)
}

// traffic sums what passed the link.
type traffic record.Traffic

func (s *traffic) add(t record.Traffic) {
	s.Up += t.Up
	s.Down += t.Down
	s.Dials += t.Dials
	s.Accepted += t.Accepted
}

func (s *traffic) String() string {
	text := fmt.Sprintf("%s to the vehicle, %s to the backend", size(s.Down), size(s.Up))
	if s.Dials > 0 {
		text += fmt.Sprintf("; %d of %d connections made", s.Accepted, s.Dials)
	}
	return text
}

// size says a number of bytes with three digits.
func size(n int64) string {
	switch f := float64(n); {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.3g kB", f/1e3)
	case n < 1_000_000_000:
		return fmt.Sprintf("%.3g MB", f/1e6)
	default:
		return fmt.Sprintf("%.3g GB", f/1e9)
	}
}

// services lists what an ECU was asked, repetitions in one.
type services struct {
	ecu           string
	names         []string
	counts        []int
	more          int // that are not named
	silent        int // without an answer
	refused       int
	firstRefusal  string
	firstNoAnswer string
}

func (s *services) add(e record.Exchange) {
	switch n := len(s.names); {
	case n > 0 && s.more == 0 && s.names[n-1] == e.Service:
		s.counts[n-1]++
	case n == maxServices:
		s.more++
	default:
		s.names, s.counts = append(s.names, e.Service), append(s.counts, 1)
	}
	if e.NRC != "" {
		s.refused++
		s.firstRefusal = cmp.Or(s.firstRefusal, e.NRC)
	} else if e.Error != "" {
		s.silent++
		s.firstNoAnswer = cmp.Or(s.firstNoAnswer, e.Error)
	}
}

func (s *services) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: ", s.ecu)
	for i, name := range s.names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name)
		if s.counts[i] > 1 {
			fmt.Fprintf(&b, " × %d", s.counts[i])
		}
	}
	if s.more > 0 {
		fmt.Fprintf(&b, ", and %d more", s.more)
	}
	if s.refused > 0 {
		fmt.Fprintf(&b, "; %d refused, first with %s", s.refused, s.firstRefusal)
	}
	if s.silent > 0 {
		fmt.Fprintf(&b, "; %d without an answer, first: %s", s.silent, s.firstNoAnswer)
	}
	return b.String()
}

// rail is the voltage of a supply line during a chapter.
type rail struct {
	name   string
	lo, hi float64
}

func (r *rail) String() string {
	if r.hi-r.lo < 0.01 {
		return fmt.Sprintf("%s at %.2f V", r.name, r.hi)
	}
	return fmt.Sprintf("%s between %.2f V and %.2f V", r.name, r.lo, r.hi)
}

// supply adds the measured voltages to the chapters, and puts what stands beside each in the order of time.
func (t *teller) supply() {
	samples := t.spec.Samples
	for i := range t.chapters {
		end := time.Duration(math.MaxInt64)
		if i+1 < len(t.chapters) {
			end = t.chapters[i+1].T
		}
		var m margin
		for len(samples) > 0 && samples[0].T < end {
			if s := samples[0]; s.T >= t.chapters[i].T && !math.IsNaN(s.Body.Volts) {
				m.volts(s)
			}
			samples = samples[1:]
		}
		beside := append(t.chapters[i].Beside, m.lines()...)
		slices.SortStableFunc(beside, func(a, b Beside) int { return cmp.Compare(a.T, b.T) })
		t.chapters[i].Beside = beside
	}
}

func (m *margin) volts(s At[record.Sample]) {
	v := s.Body.Volts
	line := m.shared(s.T, BySupply, s.Body.Rail, func() fmt.Stringer { return &rail{s.Body.Rail, v, v} })
	r := line.text.(*rail)
	r.lo, r.hi = min(r.lo, v), max(r.hi, v)
}

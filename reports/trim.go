package reports

import (
	"slices"
	"time"

	"otabench/bench/record"
)

// Many is the number of specs beyond which a run keeps only a part of what was recorded of each.
const Many = 300

// Left counts what was recorded of a spec and is not kept.
type Left struct {
	Steps, Exchanges, Console, Samples, Settings, Stimuli, Notes int
	Live                                                         int // notices, actions, and what else a story is made of
}

// kept bounds what is kept of a spec, each kind of event by itself. Measurements, triggers and faults all are.
type kept struct{ rows, exchanges, samples, live int }

var (
	brief = kept{rows: 20, exchanges: 8, samples: 48}
	full  = kept{rows: 200, exchanges: 120, samples: 1000, live: 400}
)

// maxWhole bounds the specs of a run of many of which the larger part is kept.
const maxWhole = 500

// trim lets go of what nobody looks at in a run of many specs, as soon as a spec has ended.
func (b *builder) trim(s *Spec) {
	k := brief
	if passed, _ := s.concluded(); passed != Passed && b.whole < maxWhole {
		b.whole++
		k = full
	}
	at := s.Disturbance()
	s.Steps = near(s.Steps, k.rows, at, &s.Left.Steps)
	s.Console = near(s.Console, k.rows, at, &s.Left.Console)
	s.Settings = near(s.Settings, k.rows, at, &s.Left.Settings)
	s.Exchanges = around(s.Exchanges, k.exchanges, func(x record.Exchange) bool { return x.Sent+x.Took >= at }, &s.Left.Exchanges)
	s.Samples = near(s.Samples, k.samples, at, &s.Left.Samples)
	s.Stimuli = around(s.Stimuli, k.rows, func(x record.Stimulus) bool { return x.Void }, &s.Left.Stimuli)
	s.Notes = around(s.Notes, k.rows, func(string) bool { return true }, &s.Left.Notes)
	s.Notices = near(s.Notices, k.live, at, &s.Left.Live)
	s.Actions = near(s.Actions, k.live, at, &s.Left.Live)
	s.Links = near(s.Links, k.live, at, &s.Left.Live)
	s.Traffic = near(s.Traffic, k.live, at, &s.Left.Live)
	s.Backend = near(s.Backend, k.live, at, &s.Left.Live)
	s.Vehicle = near(s.Vehicle, k.live, at, &s.Left.Live)
	for i := range s.Exchanges {
		x := &s.Exchanges[i]
		x.ECU, x.Service, x.Meaning = b.shared(x.ECU), b.shared(x.Service), b.shared(x.Meaning)
	}
	for i := range s.Samples {
		x := &s.Samples[i].Body
		x.Rail, x.Source = b.shared(x.Rail), b.shared(x.Source)
	}
	untold := 0 // the events of the story are counted by their kinds
	s.timeline = around(s.timeline, k.live, func(e record.Event) bool { return e.T >= at }, &untold)
}

// shared returns one copy of texts that occur again and again.
func (b *builder) shared(text string) string {
	const most = 1000 // texts
	if one, ok := b.texts[text]; ok {
		return one
	}
	if len(b.texts) < most {
		b.texts[text] = text
	}
	return text
}

// Disturbance is the time of a spec that a reader wants to see: when its first trigger fired, else its first setting, else
// its start.
func (s *Spec) Disturbance() time.Duration {
	for _, t := range s.Triggers {
		if t.Fired != nil {
			return t.Fired.At
		}
	}
	if len(s.Settings) > 0 {
		return s.Settings[0].T
	}
	return s.Start
}

// Window spans the triggers and settings of the spec with a quarter more on each side, within first and last: all between
// these if there are none.
func (s *Spec) Window(first, last time.Duration) (from, to time.Duration) {
	const padding = 500 * time.Millisecond // at least
	var at []time.Duration
	for _, t := range s.Triggers {
		if t.Fired != nil {
			at = append(at, t.Fired.At)
		}
	}
	for _, e := range s.Settings {
		at = append(at, e.T)
	}
	from, to = first, last
	if len(at) > 0 {
		lo, hi := slices.Min(at), slices.Max(at)
		pad := max((hi-lo)/4, padding)
		if lo-pad < last && hi+pad > first {
			from, to = max(first, lo-pad), min(last, hi+pad)
		}
	}
	return from, max(to, from+time.Microsecond)
}

// near keeps at most n events around a time.
func near[B any](list []At[B], n int, t time.Duration, left *int) []At[B] {
	return around(list, n, func(e At[B]) bool { return e.T >= t }, left)
}

// around keeps at most n of a list around the first that is wanted, its end if none is, in memory of their own. It adds what
// it lets go of to left.
func around[T any](list []T, n int, wanted func(T) bool, left *int) []T {
	if len(list) <= n {
		return slices.Clip(list)
	}
	*left += len(list) - n
	index := slices.IndexFunc(list, wanted)
	if index < 0 {
		index = len(list)
	}
	from, to := Stretch(len(list), n, index)
	return append(make([]T, 0, n), list[from:to]...)
}

// Stretch is where at most n of a list around an index lie.
func Stretch(length, n, index int) (from, to int) {
	from = min(max(0, index-n/2), max(0, length-n))
	return from, min(from+n, length)
}

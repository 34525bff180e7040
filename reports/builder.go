package reports

import (
	"slices"
	"time"

	"otabench/bench/record"
)

// builder sorts events into a Run.
type builder struct {
	run   *Run
	specs map[string]*Spec
	torn  bool
	texts map[string]string // that occur again and again
	whole int               // specs that did not pass and were kept as they are, in a run of many
}

func newBuilder() *builder {
	return &builder{run: &Run{}, specs: map[string]*Spec{}, texts: map[string]string{}}
}

// spec returns the spec with an id. One that was not planned joins the run, so that nothing recorded is dropped.
func (b *builder) spec(id string) *Spec {
	s := b.specs[id]
	if s == nil {
		s = &Spec{SpecStart: record.SpecStart{ID: id, Text: id}}
		b.specs[id] = s
		b.run.Specs = append(b.run.Specs, s)
	}
	return s
}

func (b *builder) add(e record.Event) {
	b.run.Length = max(b.run.Length, e.T)
	switch body := e.Body.(type) {
	case record.Planned:
		b.planned(body)
	case record.SpecStart:
		b.start(e.T, body)
	case record.SpecEnd:
		b.end(body)
	case record.Fault:
		b.run.Faults = append(b.run.Faults, Fault{T: e.T, Spec: e.Spec, Fault: body})
	case record.Lost:
		if body.Frames > 0 {
			b.run.Lost = append(b.run.Lost, Lost{T: e.T, Spec: e.Spec, Lost: body})
		}
	case record.Proof:
		b.run.Proofs = append(b.run.Proofs, body)
	case record.Catalogue:
		b.run.Catalogues = append(b.run.Catalogues, body)
	case record.Assignment:
		b.run.Assignment = body
	case record.Deviation:
		b.run.Deviations = append(b.run.Deviations, body)
	case record.Sampling:
		b.run.Samplings = append(b.run.Samplings, body)
	case record.Latency:
		b.run.Latencies = append(b.run.Latencies, body)
	case record.SweepPlan:
		b.sweep().plan(body)
	case record.SweepShrunk:
		b.sweep().shrink(body)
	case record.SweepResult:
		b.sweep().add(body)
	case record.SweepEvidence:
		if err := b.sweep().played(body); err != nil {
			b.run.Deviations = append(b.run.Deviations, record.Deviation{Device: "record", Text: err.Error()})
		}
	case record.SweepEdge:
		b.sweep().edge(body)
	case record.Device:
		b.device(body)
	case record.Safe:
		b.run.Safe = append(b.run.Safe, body)
	case record.End:
		b.run.Ended = body.Status
	case record.Torn:
		b.torn = true
	}
	switch note, ok := e.Body.(record.Note); {
	case e.Spec != "":
		b.spec(e.Spec).add(e)
	case ok:
		b.run.Notes = append(b.run.Notes, note.Text)
	}
}

func (b *builder) sweep() *Sweep {
	if b.run.Sweep == nil {
		b.run.Sweep = &Sweep{}
	}
	return b.run.Sweep
}

func (b *builder) planned(p record.Planned) {
	b.run.Filter, b.run.Unselected, b.run.LeftOut = p.Filter, p.Unselected, p.LeftOut
	b.run.Rationale, b.run.Proven = p.Rationale, p.Proven
	for _, s := range p.Specs {
		b.spec(s.ID).SpecStart = s
	}
}

func (b *builder) start(t time.Duration, body record.SpecStart) {
	s := b.spec(body.ID)
	s.SpecStart = body
	if s.Begun == 0 {
		s.Start = t
	}
	s.Begun++
}

// maxEnds bounds how many ends of one spec are kept.
const maxEnds = 50

// end keeps the worst of several ends: a repetition that passes does not undo a failure.
func (b *builder) end(body record.SpecEnd) {
	s := b.spec(body.ID)
	if len(s.Ends) < maxEnds {
		s.Ends = append(s.Ends, body)
	}
	if s.Ended == 0 || s.Outcome == record.Passed {
		s.Outcome, s.Message, s.Where = body.Outcome, body.Message, body.Where
	}
	s.Duration += body.Duration
	s.Ended++
	if len(b.run.Specs) > Many {
		b.trim(s)
	}
}

// device keeps the last description of each role: a unit may identify itself more fully later.
func (b *builder) device(d record.Device) {
	same := func(o record.Device) bool { return o.Role == d.Role && o.Class == d.Class }
	if i := slices.IndexFunc(b.run.Devices, same); i >= 0 {
		b.run.Devices[i] = d
		return
	}
	b.run.Devices = append(b.run.Devices, d)
}

// add sorts an event of a spec.
func (s *Spec) add(e record.Event) {
	switch body := e.Body.(type) {
	case record.Step:
		s.Steps = append(s.Steps, At[record.Step]{e.T, body})
	case record.Exchange:
		s.Exchanges = append(s.Exchanges, body)
	case record.ConsoleLine:
		s.Console = append(s.Console, At[record.ConsoleLine]{e.T, body})
	case record.Sample:
		s.Samples = append(s.Samples, At[record.Sample]{e.T, body})
	case record.Setting:
		s.Settings = append(s.Settings, At[record.Setting]{e.T, body})
	case record.Measurement:
		s.Measurements = append(s.Measurements, body)
	case record.Stimulus:
		s.Stimuli = append(s.Stimuli, body)
	case record.Note:
		s.Notes = append(s.Notes, body.Text)
	case record.Fault:
		s.Faults = append(s.Faults, body)
	case record.Lost:
		s.LostFrames += body.Frames
	case record.TriggerArmed:
		s.Triggers = append(s.Triggers, &Trigger{TriggerArmed: body})
	case record.TriggerFired:
		s.trigger(body.ID).Fired = &body
	case record.TriggerIdle:
		s.trigger(body.ID).Idle = true
	}
	s.live(e)
}

// live sorts an event that the user of the vehicle could tell of, and keeps what a story is made of.
func (s *Spec) live(e record.Event) {
	switch body := e.Body.(type) {
	case record.Notice:
		s.Notices = append(s.Notices, At[record.Notice]{e.T, body})
	case record.UserAction:
		s.Actions = append(s.Actions, At[record.UserAction]{e.T, body})
	case record.Link:
		s.Links = append(s.Links, At[record.Link]{e.T, body})
	case record.Traffic:
		s.Traffic = append(s.Traffic, At[record.Traffic]{e.T, body})
	case record.Backend:
		s.Backend = append(s.Backend, At[record.Backend]{e.T, body})
	case record.Vehicle:
		s.Vehicle = append(s.Vehicle, At[record.Vehicle]{e.T, body})
	case record.Step, record.Setting, record.Exchange, record.TriggerFired:
	default:
		return
	}
	s.timeline = append(s.timeline, e)
}

// trigger returns the last trigger with an id; ids may be used again within a run.
func (s *Spec) trigger(id int) *Trigger {
	for _, t := range slices.Backward(s.Triggers) {
		if t.ID == id {
			return t
		}
	}
	t := &Trigger{TriggerArmed: record.TriggerArmed{ID: id, Condition: "not recorded", Action: "not recorded"}}
	s.Triggers = append(s.Triggers, t)
	return t
}

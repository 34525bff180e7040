package html

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"otabench/bench/record"
	"otabench/can"
	"otabench/reports"
	"otabench/reports/frames"
	"otabench/reports/visible"
)

// What the timelines of all specs together may hold, so that the page stays small.
const (
	frameBudget = 240_000
	eventBudget = 60_000 // of one kind
	pointBudget = 400_000
)

// allot is a spec's share of a budget, within bounds.
func allot(budget, specs, least, most int) int { return min(max(budget/max(specs, 1), least), most) }

// timeline is what happened during a spec, as the script takes it. Times are in nanoseconds since the spec's start.
type timeline struct {
	Start  int64    `json:"start"` // since the run's
	Length int64    `json:"length"`
	At     int64    `json:"at"` // what a reader wants to see first
	Events []event  `json:"events"`
	Left   []string `json:"left"` // what only the record has
	Rails  []rail   `json:"rails"`
	Frames columns  `json:"frames"`
	Count  uint64   `json:"count"`          // of frames in the trace
	Load   []uint32 `json:"load,omitempty"` // frames in equal parts of the spec
}

// event is anything that happened but a frame and a reading.
type event struct {
	Lane  string `json:"k"`
	T     int64  `json:"t"`
	Took  int64  `json:"n,omitempty"`
	Text  string `json:"x"`
	Wrong bool   `json:"w,omitempty"`
}

// rail is the readings of a supply line; times are the distances from the reading before.
type rail struct {
	Name  string    `json:"name"`
	T     []int64   `json:"t"`
	Volts []float64 `json:"v"`
}

// columns are frames by column; times are the distances from the frame before.
type columns struct {
	T    []int64  `json:"t"`
	Bus  []string `json:"bus"`
	ID   []string `json:"id"`
	Kind []string `json:"kind"`
	Data []string `json:"data"`
}

// timelines makes the timelines of a run.
type timelines struct {
	run    *reports.Run
	faults map[string][]event // by spec, with times since the run's start
	events int                // of one kind
	points int
}

func newTimelines(r *reports.Run) *timelines {
	t := &timelines{
		run: r, faults: map[string][]event{},
		events: allot(eventBudget, len(r.Specs), 12, 600), points: allot(pointBudget, len(r.Specs), 40, 800),
	}
	for _, f := range r.Faults {
		t.faults[f.Spec] = append(t.faults[f.Spec], event{Lane: "fault", T: int64(f.T), Text: "bench fault: " + short(f.Device) + ": " + short(f.Text), Wrong: true})
	}
	for _, l := range r.Lost {
		t.faults[l.Spec] = append(t.faults[l.Spec], event{Lane: "fault", T: int64(l.T), Text: fmt.Sprintf("%d frames lost by %s", l.Frames, short(l.Device)), Wrong: true})
	}
	return t
}

func (t *timelines) of(s *reports.Spec, x frames.Extract) timeline {
	c := composer{timeline: timeline{
		Start: int64(s.Start), Length: int64(endOf(t.run, s) - s.Start), At: int64(s.Disturbance() - s.Start), Count: x.Count,
		Events: []event{}, Left: []string{}, Rails: []rail{},
	}, spec: s, most: t.events}
	c.steps()
	c.settings()
	c.triggers()
	c.exchanges()
	c.console()
	c.live()
	c.measured()
	for _, f := range t.faults[s.ID] {
		c.add(f.Lane, time.Duration(f.T), 0, f.Wrong, f.Text)
	}
	c.leave(s.Left.Live, "events of user, vehicle and backend")
	c.rails(t.points)
	if x.Count > 0 {
		c.Load = x.Load[:]
	}
	c.frames(x.Frames, t.run.Header.Started.UnixNano())
	return c.timeline
}

// composer makes the timeline of one spec.
type composer struct {
	timeline
	spec *reports.Spec
	most int // events of one kind
}

func (c *composer) add(lane string, t, took time.Duration, wrong bool, text string) {
	c.Events = append(c.Events, event{lane, int64(t - c.spec.Start), int64(took), text, wrong})
}

// leave says how much of what only the record has.
func (c *composer) leave(n int, what string) {
	if n > 0 {
		c.Left = append(c.Left, fmt.Sprintf("%d %s", n, what))
	}
}

// some are the events of a list around the disturbance; the others are counted as left out.
func some[B any](c *composer, list []reports.At[B], before int, what string) []reports.At[B] {
	shown, left := around(list, c.most, nearest(list, c.spec.Disturbance()))
	c.leave(before+left, what)
	return shown
}

func (c *composer) steps() {
	for _, e := range some(c, c.spec.Steps, c.spec.Left.Steps, "steps") {
		c.add("step", e.T, 0, false, visible.Line(e.Body.Text, 200))
	}
}

func (c *composer) settings() {
	for _, e := range some(c, c.spec.Settings, c.spec.Left.Settings, "settings") {
		text := short(e.Body.Device) + " " + short(e.Body.Action) + " " + short(e.Body.Value)
		if e.Body.Error != "" {
			text += ": " + short(e.Body.Error)
		}
		c.add("setting", e.T, 0, e.Body.Error != "", text)
	}
	for _, x := range c.spec.Stimuli[:min(len(c.spec.Stimuli), c.most)] {
		c.add("setting", x.Begun, x.Length, x.Void, fmt.Sprintf("voltage profile %s on %s: %s", short(x.Profile), short(x.Rail), short(x.Verdict)))
	}
}

func (c *composer) triggers() {
	for _, t := range c.spec.Triggers[:min(len(c.spec.Triggers), c.most)] {
		if t.Fired == nil {
			c.Left = append(c.Left, fmt.Sprintf("1 trigger that did not fire: %s → %s", short(t.Condition), short(t.Action)))
			continue
		}
		f := t.Fired
		done := f.Wished + max(f.Latency, 0)
		text := fmt.Sprintf("%s → %s (by %s; done %s after it, off the wish by %s)", short(t.Condition), short(t.Action), short(f.Event), reports.Took(done), reports.Took(f.Latency))
		if f.Error != "" {
			text += ": " + short(f.Error)
		}
		c.add("trigger", f.At, done, f.Error != "", text)
	}
}

func (c *composer) exchanges() {
	list := c.spec.Exchanges
	index, at := len(list), c.spec.Disturbance()
	for i, e := range list {
		if e.Sent+e.Took >= at {
			index = i
			break
		}
	}
	shown, left := around(list, c.most, index)
	c.leave(c.spec.Left.Exchanges+left, "diagnostic exchanges")
	for _, e := range shown {
		c.add("uds", e.Sent, e.Took, e.NRC != "" || e.Error != "", exchangeText(e))
	}
}

// exchangeText says an exchange in a line.
func exchangeText(e record.Exchange) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", short(e.ECU), short(e.Service))
	if e.Meaning != "" {
		fmt.Fprintf(&b, " (%s)", short(e.Meaning))
	}
	if e.Functional {
		b.WriteString(", functional")
	}
	fmt.Fprintf(&b, ": %s [%d]", visible.Line(e.Request, 140), e.RequestLen)
	if e.Response != "" {
		fmt.Fprintf(&b, " → %s [%d]", visible.Line(e.Response, 140), e.RespLen)
	}
	if e.Pending > 0 {
		fmt.Fprintf(&b, " after %d × 0x78", e.Pending)
	}
	if e.NRC != "" {
		fmt.Fprintf(&b, ", NRC %s", short(e.NRC))
	}
	if e.Error != "" {
		fmt.Fprintf(&b, ", %s", short(e.Error))
	}
	return b.String()
}

func (c *composer) console() {
	for _, e := range some(c, c.spec.Console, c.spec.Left.Console, "console lines") {
		c.add("console", e.T, 0, false, short(e.Body.ECU)+": "+visible.Line(e.Body.Text, 200))
	}
}

func (c *composer) live() {
	for _, e := range some(c, c.spec.Notices, 0, "notices") {
		text := fmt.Sprintf("%s shows: %s", short(e.Body.Display), short(e.Body.Title))
		if e.Body.Progress {
			text += fmt.Sprintf(", %d %%", e.Body.Percent)
		}
		c.add("live", e.T, 0, false, text)
	}
	for _, e := range some(c, c.spec.Actions, 0, "actions of the user") {
		text := fmt.Sprintf("%s on %s: %s", short(e.Body.User), short(e.Body.Display), short(e.Body.Action))
		if e.Body.Error != "" {
			text += "; not taken: " + short(e.Body.Error)
		}
		c.add("live", e.T, 0, e.Body.Error != "", text)
	}
	for _, e := range some(c, c.spec.Links, 0, "changes of the link") {
		c.add("live", e.T, 0, false, "link: "+short(e.Body.Profile)+" "+short(e.Body.Detail))
	}
	for _, e := range some(c, c.spec.Backend, 0, "events of the backend") {
		c.add("live", e.T, 0, false, "backend: "+short(e.Body.Event)+" "+short(e.Body.Text))
	}
	for _, e := range some(c, c.spec.Vehicle, 0, "signals of the vehicle") {
		c.add("live", e.T, 0, false, short(e.Body.Signal)+": "+short(e.Body.Value))
	}
}

// measured shows from which stretch of the evidence each measurement follows, as far as the record says it.
func (c *composer) measured() {
	for _, m := range c.spec.Measurements[:min(len(c.spec.Measurements), c.most)] {
		if b := m.Basis; b != nil {
			v := reports.Measured(m)
			c.add("measured", b.From, b.To-b.From, v != reports.Passed, fmt.Sprintf("%s = %s, %s: %s", short(m.Name), value(m.Value, short(m.Unit)), short(reports.Limits(m)), v))
		}
	}
}

func (c *composer) rails(points int) {
	byName := map[string][][2]float64{}
	var order []string
	for _, e := range c.spec.Samples {
		if math.IsNaN(e.Body.Volts) || math.IsInf(e.Body.Volts, 0) {
			continue
		}
		if byName[e.Body.Rail] == nil {
			order = append(order, e.Body.Rail)
		}
		byName[e.Body.Rail] = append(byName[e.Body.Rail], [2]float64{float64(e.T - c.spec.Start), e.Body.Volts})
	}
	for _, name := range order[:min(len(order), maxRails)] {
		r := rail{Name: short(name)}
		last := int64(0)
		for _, p := range thin(byName[name], points) {
			r.T, r.Volts = append(r.T, int64(p[0])-last), append(r.Volts, p[1])
			last = int64(p[0])
		}
		c.Rails = append(c.Rails, r)
	}
	c.leave(c.spec.Left.Samples, "readings of the voltage")
}

func (c *composer) frames(list []frames.Frame, started int64) {
	last := int64(0)
	for _, f := range list {
		t := f.Time - started - int64(c.spec.Start)
		c.Frames.T = append(c.Frames.T, t-last)
		last = t
		c.Frames.Bus = append(c.Frames.Bus, visible.Line(f.Bus, 60))
		c.Frames.ID = append(c.Frames.ID, identifier(f))
		c.Frames.Kind = append(c.Frames.Kind, kindOf(f))
		c.Frames.Data = append(c.Frames.Data, hex.EncodeToString(dataOf(f)))
	}
	if n := int64(c.Count) - int64(len(list)); n > 0 {
		c.leave(int(n), "frames; open the trace to see them")
	}
}

// dataOf are the bytes of a frame; a remote frame has none.
func dataOf(f frames.Frame) []byte {
	if f.Is(can.Remote) {
		return nil
	}
	return f.Payload()
}

func identifier(f frames.Frame) string {
	if f.Is(can.Extended) {
		return fmt.Sprintf("%08X", f.ID)
	}
	return fmt.Sprintf("%03X", f.ID)
}

// kindOf says in letters what kind of frame it is, as script/trace.js does: o for one of the bench, x extended, f FD, b with a
// faster data phase, i of a node that is error passive, r remote, e error; a remote frame says its length.
func kindOf(f frames.Frame) string {
	kind := ""
	if f.Own {
		kind = "o"
	}
	for _, m := range []struct {
		flag   can.Flags
		letter string
	}{{can.Extended, "x"}, {can.FD, "f"}, {can.BRS, "b"}, {can.ESI, "i"}, {can.Error, "e"}, {can.Remote, "r"}} {
		if f.Is(m.flag) {
			kind += m.letter
		}
	}
	if f.Is(can.Remote) {
		kind += strconv.Itoa(int(f.Len))
	}
	return kind
}

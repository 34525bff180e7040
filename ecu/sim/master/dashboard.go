package master

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"otabench/can"
	"otabench/can/signal"
	"otabench/ecu/ota"
	"otabench/ecu/ota/dashboard"
)

// Cycles of the messages, and how often texts come again.
const (
	statusCycle  = 200 * time.Millisecond
	controlCycle = 100 * time.Millisecond
	textsCycle   = 5 * time.Second
)

// dashboard sends what the dashboard shows until ctx ends.
func (s *screen) dashboard(ctx context.Context) {
	status := time.NewTicker(statusCycle)
	defer status.Stop()
	told, again := uint8(0), time.Time{}
	offBefore := []string{} // whoever has heard an earlier life is told of this one
	for first := true; ctx.Err() == nil; first = false {
		v, revision, off, changed := s.now()
		if v.State != "" {
			if first || revision != told || time.Now().After(again) {
				s.send(ctx, textFrames(v)...)
				told, again = revision, time.Now().Add(textsCycle)
			}
			s.send(ctx, s.status(v, revision))
		}
		if off != nil || offBefore != nil {
			if s.send(ctx, controlFrame(off)) {
				offBefore = off
			}
		}
		var control <-chan time.Time
		if off != nil {
			control = time.After(controlCycle)
		}
		select {
		case <-changed:
		case <-status.C:
		case <-control:
		case <-ctx.Done():
		}
	}
}

// send sends frames one after the other, and says whether all are out. A frame that finds no bus is late at the next cycle;
// nobody waits for it.
func (s *screen) send(ctx context.Context, frames ...can.Frame) (sent bool) {
	for _, f := range frames {
		one, cancel := context.WithTimeout(ctx, statusCycle)
		err := s.l.bus.Send(one, f)
		cancel()
		if err != nil {
			return false
		}
	}
	return true
}

// encode makes a frame of the vehicle's DBC file, whose signals and texts are this program's own.
func encode(message string, inputs map[string]signal.Input) can.Frame {
	m, err := dashboard.Vehicle().Message(message)
	if err != nil {
		panic(err)
	}
	f, err := m.Encode(inputs)
	if err != nil {
		panic(fmt.Sprintf("master: message %s: %v", message, err))
	}
	return f
}

func (s *screen) status(v ota.View, revision uint8) can.Frame {
	choices := 0
	for i, d := range ota.Deeds {
		if v.Can(d) {
			choices |= 1 << i
		}
	}
	advice := "none"
	if len(v.Advice) > 0 {
		advice = string(v.Advice[0])
	}
	cause := "none"
	if v.Cause != "" {
		cause = string(v.Cause)
	}
	return encode("OTA_Status", map[string]signal.Input{
		"State": signal.Text(string(v.State)), "Cause": signal.Text(cause), "Percent": signal.Raw(min(max(v.Percent, 0), 100)),
		"Drivable": signal.Raw(bit(v.Drivable)), "Attempt": signal.Raw(v.Attempt), "Attempts": signal.Raw(v.Attempts),
		"Revision": signal.Raw(revision), "Advice": signal.Text(advice), "Choices": signal.Raw(choices), "Texts": signal.Raw(len(texts(v))),
	})
}

func bit(on bool) int {
	if on {
		return 1
	}
	return 0
}

// functions are those that can be switched off, by signal.
var functions = map[string]string{
	"infotainment": "OffInfotainment", "climate": "OffClimate", "comfort": "OffComfort", "remote control": "OffRemote",
	"hazard lights": "OffHazardLights", "locks": "OffLocks", "emergency call": "OffEmergencyCall",
}

// driveInhibit stands for the drive among the functions that are off.
const driveInhibit = "drive"

// functionsOff are what is switched off during an installation; empty, not nil, is that all comes back.
func (l *life) functionsOff(off bool) []string {
	if !off {
		return nil
	}
	all := []string{"infotainment", "climate", "comfort", "remote control", driveInhibit}
	switch {
	case l.cfg.has(NothingSwitchedOff):
		all = []string{driveInhibit}
	case l.cfg.has(EssentialSwitchedOff):
		all = append(all, "hazard lights", "locks")
	}
	if l.cfg.has(StaysDrivable) {
		all = slices.DeleteFunc(all, func(f string) bool { return f == driveInhibit })
	}
	return all
}

func controlFrame(off []string) can.Frame {
	inputs := map[string]signal.Input{"DriveInhibit": signal.Raw(bit(slices.Contains(off, driveInhibit)))}
	for name, sig := range functions {
		inputs[sig] = signal.Raw(bit(slices.Contains(off, name)))
	}
	return encode("OTA_Control", inputs)
}

// text is one text of the dashboard.
type text struct{ name, value string }

// texts are those of a view.
func texts(v ota.View) []text {
	all := []text{
		{"title", v.Title}, {"text", v.Text}, {"hints", strings.Join(v.Hints, "\n")}, {"reference", v.Reference},
	}
	if !v.Next.IsZero() {
		all = append(all, text{"next", fmt.Sprint(v.Next.Unix())})
	}
	if o := v.Offer; o != nil {
		all = append(all,
			text{"version", o.Version}, text{"purpose", o.Purpose}, text{"changes", strings.Join(o.Changes, "\n")},
			text{"unavailable", strings.Join(o.Unavailable, "\n")}, text{"instructions", strings.Join(o.Instructions, "\n")},
			text{"estimates", fmt.Sprintf("%g;%g;%d", o.Download.Seconds(), o.Installation.Seconds(), o.Size)},
		)
	}
	return slices.DeleteFunc(all, func(t text) bool { return t.value == "" })
}

// segmentSize is how much of a text is in a frame, and maxSegments how many there are at most.
const (
	segmentSize = 6
	maxSegments = 128
)

// cut shortens a text to n bytes at most, and leaves no half of a character, and none that would end it early.
func cut(text string, n int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "?"), "\x00", "?")
	return strings.ToValidUTF8(text[:min(len(text), n)], "")
}

// textFrames are the frames of all texts of a view. What is too long for the dashboard is cut.
func textFrames(v ota.View) []can.Frame {
	var frames []can.Frame
	for _, t := range texts(v) {
		raw := []byte(cut(t.value, segmentSize*maxSegments))
		for i := 0; i == 0 || i*segmentSize < len(raw); i++ {
			part := make([]byte, segmentSize)
			copy(part, raw[i*segmentSize:])
			inputs := map[string]signal.Input{
				"Text": signal.Text(t.name), "Segment": signal.Raw(i), "Last": signal.Raw(bit((i+1)*segmentSize >= len(raw))),
			}
			for j, c := range part {
				inputs[fmt.Sprintf("C%d", j)] = signal.Raw(c)
			}
			frames = append(frames, encode("OTA_Text", inputs))
		}
	}
	return frames
}

package dashboard_test

import (
	"fmt"
	"maps"
	"reflect"
	"testing"

	"otabench/can"
	"otabench/can/signal"
	"otabench/ecu/ota"
	"otabench/ecu/ota/dashboard"
)

func msg(t testing.TB, name string) *signal.Message {
	t.Helper()
	m, err := dashboard.Vehicle().Message(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func encode(t testing.TB, message string, inputs map[string]signal.Input) can.Frame {
	t.Helper()
	f, err := msg(t, message).Encode(inputs)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// status is a status frame; more replaces or adds signals.
func status(t testing.TB, state ota.State, revision, texts int, more ...map[string]signal.Input) can.Frame {
	t.Helper()
	inputs := map[string]signal.Input{
		"State": signal.Text(string(state)), "Revision": signal.Raw(revision), "Texts": signal.Raw(texts),
	}
	for _, m := range more {
		maps.Copy(inputs, m)
	}
	return encode(t, "OTA_Status", inputs)
}

func at(percent int) map[string]signal.Input {
	return map[string]signal.Input{"Percent": signal.Raw(percent)}
}

// segments are the frames of a text.
func segments(t testing.TB, name, text string) (frames []can.Frame) {
	t.Helper()
	const size = 6
	for i := 0; i == 0 || i*size < len(text); i++ {
		inputs := map[string]signal.Input{"Text": signal.Text(name), "Segment": signal.Raw(i), "Last": signal.Raw(0)}
		part := text[i*size:]
		if len(part) <= size {
			inputs["Last"] = signal.Raw(1)
		}
		for j := range min(len(part), size) {
			inputs[fmt.Sprintf("C%d", j)] = signal.Raw(part[j])
		}
		frames = append(frames, encode(t, "OTA_Text", inputs))
	}
	return frames
}

// join makes one list of frames and lists of them.
func join(parts ...any) (all []can.Frame) {
	for _, p := range parts {
		switch p := p.(type) {
		case can.Frame:
			all = append(all, p)
		case []can.Frame:
			all = append(all, p...)
		default:
			panic(fmt.Sprintf("%T is no frame", p))
		}
	}
	return all
}

func reader(t testing.TB) *dashboard.Reader {
	t.Helper()
	r, err := dashboard.NewReader(dashboard.Vehicle(), dashboard.Signals{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// feed hands frames to a reader and returns the last view, and how often it has changed.
func feed(r *dashboard.Reader, frames ...can.Frame) (v ota.View, changes int) {
	for _, f := range frames {
		var changed bool
		if v, changed = r.Take(f); changed {
			changes++
		}
	}
	return v, changes
}

func same(a, b ota.View) bool { return reflect.DeepEqual(a, b) }

// expect fails if a view is not as it should be.
func expect(t testing.TB, got, want ota.View) {
	t.Helper()
	if !same(got, want) {
		t.Errorf("got\n%+v, offer %+v\nwant\n%+v, offer %+v", got, got.Offer, want, want.Offer)
	}
}

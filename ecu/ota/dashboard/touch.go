package dashboard

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"otabench/can"
	"otabench/can/signal"
	"otabench/ecu/ota"
)

// touch makes the frames of touches.
type touch struct {
	message  *signal.Message
	profiles map[string]int
	texts    map[ota.Deed]string // of the value table, where they are other words
	count    atomic.Uint32
}

// newTouch finds the message of a touch, nil if s names none and the file has not the usual one.
func newTouch(db *signal.Database, s Signals, profiles map[string]int) (*touch, error) {
	t := &touch{profiles: profiles, texts: map[ota.Deed]string{}}
	var err error
	t.message, err = db.Message(cmp.Or(s.Action, actionMessage))
	for _, name := range []string{"Deed", "Profile", "At", "Counter"} {
		if err == nil {
			_, err = t.message.Signal(name)
		}
	}
	if err != nil {
		if s.Action == "" {
			return nil, nil
		}
		return nil, fmt.Errorf("dashboard: message of a touch: %w", err)
	}
	t.translate(s.Words)
	return t, nil
}

// translate turns words around: the file's text for each deed. Of several texts for one deed, the first is sent.
func (t *touch) translate(words map[string]string) {
	deed, err := t.message.Signal("Deed")
	if err != nil {
		return // newTouch has looked
	}
	for _, label := range slices.Backward(deed.Labels) {
		if w, ok := words[label.Text]; ok {
			t.texts[ota.Deed(w)] = label.Text
		}
	}
}

// frame is the next touch. Its counter rises by one, modulo 16.
func (t *touch) frame(a ota.Action) (can.Frame, error) {
	if t == nil {
		return can.Frame{}, errors.New("the DBC file has no message for a touch")
	}
	if !slices.Contains(ota.Deeds, a.Do) {
		return can.Frame{}, fmt.Errorf("%q is nothing that a user can do; want one of %v", a.Do, ota.Deeds)
	}
	profile, ok := t.profiles[a.User]
	if !ok {
		return can.Frame{}, fmt.Errorf("user %q has no profile in this vehicle", a.User)
	}
	inputs := map[string]signal.Input{
		"Deed": signal.Text(cmp.Or(t.texts[a.Do], string(a.Do))), "Profile": signal.Raw(profile),
		"Counter": signal.Raw(t.count.Add(1) & 0xF),
	}
	if !a.At.IsZero() {
		inputs["At"] = signal.Raw(a.At.Unix())
	}
	return t.message.Encode(inputs)
}

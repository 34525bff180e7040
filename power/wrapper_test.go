package power_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
	"otabench/power/powertest"
)

// capable is a channel that can do all that a channel may.
type capable struct {
	guarded
	said *[]string
}

func (c capable) Floor() physic.ElectricPotential { return 20 * physic.MilliVolt }

func (c capable) SequenceRange() power.SequenceRange {
	return power.SequenceRange{Points: 2, Repeats: 1, MaxDwell: time.Second, Resolution: time.Millisecond}
}

func (c capable) LoadSequence(context.Context, []power.Point, int) error {
	*c.said = append(*c.said, "load")
	return nil
}

func (c capable) StartSequence(context.Context) error {
	*c.said = append(*c.said, "start")
	return nil
}

func (c capable) StopSequence(context.Context) error {
	*c.said = append(*c.said, "stop")
	return nil
}

// wrapped does nothing of its own.
type wrapped struct{ power.Channel }

func (w wrapped) Unwrap() power.Channel { return w.Channel }

// What a channel can do is found through all that is around it: neither a protection that is missing nor a sequence that
// may be running goes unnoticed.
func TestWrappedChannelKeepsWhatItCan(t *testing.T) {
	var said []string
	ch := &powertest.Channel{}
	inner := capable{guarded{ch, power.Missing, power.Missing}, &said}
	limits := power.Limits{Voltage: 16 * physic.Volt, Current: 3 * physic.Ampere}
	out, err := power.Limit(t.Context(), wrapped{wrapped{inner}}, limits)
	if err != nil {
		t.Fatal(err)
	}
	if v := ch.State().Voltage; v != inner.Floor() {
		t.Errorf("limited at %v, want the smallest voltage that it takes", v)
	}
	if r, ok := out.SequenceRange(); !ok || r.Points != 2 {
		t.Errorf("sequencer %+v, %v", r, ok)
	}
	if err := out.LoadSequence(t.Context(), []power.Point{{Voltage: 12 * physic.Volt, Dwell: time.Second}}, 1); err != nil {
		t.Error(err)
	}
	if err := out.StartSequence(t.Context()); err != nil {
		t.Error(err)
	}
	if err := out.Off(t.Context()); err != nil {
		t.Error(err)
	}
	if want := []string{"stop", "load", "start", "stop"}; !slices.Equal(said, want) {
		t.Errorf("the sequencer was told %v, want %v", said, want)
	}
	if _, ok := limited(t, &powertest.Channel{}).SequenceRange(); ok {
		t.Error("a channel without a sequencer has one")
	}
}

package channel_test

import (
	"errors"
	"fmt"
	"testing"

	"otabench/can/trace"
	"otabench/can/trace/internal/channel"
)

func TestNumbers(t *testing.T) {
	var n channel.Numbers
	for _, step := range []struct {
		bus    string
		number int
		named  bool
	}{
		{"can1", 2, false},
		{"body", 1, true},
		{"body", 1, false},
		{"can0", 3, true}, // its channel is taken
		{"can01", 4, true},
		{"can254", 255, false},
		{"can255", 5, true},
		{"can", 6, true},
	} {
		number, named, err := n.Of(step.bus)
		if number != step.number || named != step.named || err != nil {
			t.Errorf("%s: channel %d, named %t, %v; want %d, %t", step.bus, number, named, err, step.number, step.named)
		}
	}
}

func TestTooManyBuses(t *testing.T) {
	var n channel.Numbers
	for i := range channel.Max {
		if _, _, err := n.Of(fmt.Sprint("bus", i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := n.Of("one more"); !errors.Is(err, trace.ErrBuses) {
		t.Errorf("got error %v", err)
	}
}

package sim

import (
	"testing"

	"periph.io/x/conn/v3/gpio"
)

func TestNormallyClosedContact(t *testing.T) {
	c := NewNormallyClosed("K1")
	pin := NewPin("SIM17", c)
	for _, step := range []struct {
		do    func() error
		wants bool
	}{
		{func() error { return nil }, true},
		{func() error { return pin.Out(gpio.High) }, false},
		{func() error { return pin.Out(gpio.Low) }, true},
		{c.Break, false},
		{c.Make, true},
		{func() error { return pin.Out(gpio.High) }, false},
		{func() error { pin.Read(); return nil }, true}, // which turns the output into an input
	} {
		if err := step.do(); err != nil || c.Conducts() != step.wants || c.Made() != step.wants {
			t.Fatalf("%v; conducts %v, made %v, want %v", err, c.Conducts(), c.Made(), step.wants)
		}
	}
}

func TestContactWeldsWhenMade(t *testing.T) {
	c, moves := NewContact("K1"), 0
	c.OnMove(func() { moves++ })
	c.WeldWhenMade()
	if c.Conducts() {
		t.Error("closed before it was made")
	}
	_, _ = c.Make(), c.Break()
	if !c.Conducts() || c.Made() || moves != 3 {
		t.Errorf("conducts %v, made %v, told %d times", c.Conducts(), c.Made(), moves)
	}
	c.Weld(false)
	if c.Conducts() {
		t.Error("mended, and not open")
	}
	_, _ = c.Make(), c.Break()
	if c.Conducts() {
		t.Error("it has welded a second time")
	}
}

package sim_test

import (
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"

	"otabench/power/sim"
)

func TestPinDrivesContact(t *testing.T) {
	contact := sim.NewContact("K1")
	pin := sim.NewPin("SIM17", contact)
	for _, step := range []struct {
		name     string
		do       func() error
		made     bool
		function string
	}{
		{"at first", func() error { return nil }, false, "In/Low"},
		{"high", func() error { return pin.Out(gpio.High) }, true, "Out/High"},
		{"halted", pin.Halt, true, "Out/High"},
		{"low", func() error { return pin.Out(gpio.Low) }, false, "Out/Low"},
		{"high again", func() error { return pin.Out(gpio.High) }, true, "Out/High"},
		{"input", func() error { return pin.In(gpio.PullDown, gpio.NoEdge) }, false, "In/Low"},
		{"high once more", func() error { return pin.Out(gpio.High) }, true, "Out/High"},
		{"read", func() error { pin.Read(); return nil }, false, "In/Low"},
	} {
		must(t, step.do())
		if contact.Made() != step.made || pin.Function() != step.function {
			t.Errorf("%s: made %v, function %s", step.name, contact.Made(), pin.Function())
		}
	}
}

func TestPinRefusesWhatItCannot(t *testing.T) {
	pin := sim.NewPin("SIM17", sim.NewContact("K1"))
	for name, err := range map[string]error{
		"edges":   pin.In(gpio.PullDown, gpio.RisingEdge),
		"pull-up": pin.In(gpio.PullUp, gpio.NoEdge),
		"PWM":     pin.PWM(gpio.DutyHalf, 1),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if pin.WaitForEdge(time.Hour) || pin.Pull() != gpio.PullDown || pin.DefaultPull() != gpio.PullDown ||
		pin.Number() != -1 || pin.Name() != "SIM17" || pin.String() != "SIM17" {
		t.Errorf("%v: pulled %v, number %d", pin, pin.Pull(), pin.Number())
	}
}

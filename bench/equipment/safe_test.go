package equipment_test

import (
	"strings"
	"testing"
	"time"

	"otabench/bench/config"
	"otabench/bench/equipment"
	"otabench/bench/record"
	"otabench/power/sim"
)

// outputs brings the outputs of a Safe into reach by device, and checks their order.
func outputs(t *testing.T, s record.Safe) (aux, kl30, sw record.SafeOutput) {
	t.Helper()
	var names []string
	for _, o := range s.Outputs {
		names = append(names, o.Device)
	}
	if got := strings.Join(names, " "); got != "aux kl30 main" {
		t.Fatalf("outputs %q, want aux kl30 main", got)
	}
	return s.Outputs[0], s.Outputs[1], s.Outputs[2]
}

// safely runs MakeSafe on an energised bench in which something was broken.
func safely(t *testing.T, breakIt func(t *testing.T, w *wiring), check func(t *testing.T, w *wiring, s record.Safe)) {
	t.Helper()
	bubble(t, func(t *testing.T, w *wiring) {
		p := mustOpen(t, w)
		defer mustClose(t, p)
		energise(t, p, w)
		breakIt(t, w)
		begin := time.Now()
		s := p.MakeSafe(t.Context(), "suite", "a test")
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
		if s.By != "suite" || s.Reason != "a test" {
			t.Errorf("by %q because of %q", s.By, s.Reason)
		}
		check(t, w, s)
	})
}

func TestMakeSafe(t *testing.T) {
	safely(t, func(*testing.T, *wiring) {}, func(t *testing.T, w *wiring, s record.Safe) {
		aux, kl30, sw := outputs(t, s)
		if !equipment.IsSafe(s) || !aux.Off || !kl30.Off || !sw.Off {
			t.Errorf("%+v", s)
		}
		if !kl30.Confirmed || kl30.Sensor != "terminals" || *kl30.Volts >= 1 {
			t.Errorf("the sensor did not confirm: %+v", kl30)
		}
		if aux.Confirmed || aux.Volts != nil {
			t.Errorf("confirmed without a sensor: %+v", aux)
		}
		if w.supply.Output(1).On || w.supply.Output(2).On || w.contact.Conducts() {
			t.Error("something is still on")
		}
	})
}

func TestMakeSafeWithoutTheSupply(t *testing.T) {
	safely(t, func(_ *testing.T, w *wiring) { w.supply.Vanish() }, func(t *testing.T, w *wiring, s record.Safe) {
		aux, kl30, sw := outputs(t, s)
		if equipment.IsSafe(s) || aux.Off || kl30.Off || aux.Error == "" || kl30.Error == "" {
			t.Errorf("a supply that is gone counts as off: %+v", s)
		}
		if !sw.Off || w.contact.Conducts() {
			t.Errorf("the switch was not opened: %+v", sw)
		}
		if !kl30.Confirmed || *kl30.Volts >= 1 {
			t.Errorf("the switch is open, but the sensor did not confirm: %+v", kl30)
		}
	})
}

func TestMakeSafeWithAStalledSupply(t *testing.T) {
	safely(t, func(_ *testing.T, w *wiring) { w.supply.Stall() }, func(t *testing.T, w *wiring, s record.Safe) {
		aux, kl30, sw := outputs(t, s)
		if aux.Off || kl30.Off || !sw.Off || w.contact.Conducts() {
			t.Errorf("%+v", s)
		}
	})
}

func TestMakeSafeWithAStuckOutputAndAWeldedContact(t *testing.T) {
	stick := func(t *testing.T, w *wiring) {
		ch, err := w.supply.Channel(1)
		if err != nil {
			t.Fatal(err)
		}
		ch.Stick(true)
		w.contact.Weld(true)
	}
	safely(t, stick, func(t *testing.T, w *wiring, s record.Safe) {
		aux, kl30, _ := outputs(t, s)
		if equipment.IsSafe(s) || !kl30.Off {
			t.Errorf("a bench whose sensor contradicts its supply counts as safe: %+v", s)
		}
		if kl30.Confirmed || *kl30.Volts < 13 || !strings.Contains(kl30.Error, "the line is not dead") {
			t.Errorf("a line under voltage passes as dead: %+v", kl30)
		}
		if !aux.Off || w.supply.Output(2).On {
			t.Errorf("the other output was not dealt with: %+v", aux)
		}
	})
}

func TestMakeSafeWithAStuckOutput(t *testing.T) {
	stick := func(t *testing.T, w *wiring) {
		ch, err := w.supply.Channel(1)
		if err != nil {
			t.Fatal(err)
		}
		ch.Stick(true)
	}
	safely(t, stick, func(t *testing.T, _ *wiring, s record.Safe) {
		// The instrument lies, and the switch keeps the line dead all the same.
		if _, kl30, sw := outputs(t, s); !kl30.Confirmed || !sw.Off {
			t.Errorf("%+v", s)
		}
	})
}

func TestMakeSafeWithAWeldedContact(t *testing.T) {
	weld := func(_ *testing.T, w *wiring) { w.contact.Weld(true) }
	safely(t, weld, func(t *testing.T, w *wiring, s record.Safe) {
		if _, kl30, _ := outputs(t, s); !kl30.Off || !kl30.Confirmed || w.supply.Output(1).On {
			t.Errorf("the supply was not switched off behind a welded contact: %+v", s)
		}
	})
}

func TestMakeSafeWithASilentSensor(t *testing.T) {
	silence := func(_ *testing.T, w *wiring) { w.meter.Silence(true) }
	safely(t, silence, func(t *testing.T, w *wiring, s record.Safe) {
		aux, kl30, sw := outputs(t, s)
		if !kl30.Off || kl30.Confirmed || kl30.Volts != nil || !strings.Contains(kl30.Error, "sensor") {
			t.Errorf("%+v", kl30)
		}
		if !aux.Off || !sw.Off || w.supply.Output(1).On {
			t.Errorf("something is still on: %+v", s)
		}
	})
}

// A switch in a bus is at rest when it is closed, before the bench and after it.
func TestNormallyClosedSwitchesRestClosed(t *testing.T) {
	bubble(t, func(t *testing.T, w *wiring) {
		f := file()
		f.Rails = map[string]config.Rail{}
		f.Switches["main"] = config.Switch{Pin: "virtual:main", Function: config.CANOpen, Contact: config.NormallyClosed}
		w.contact = sim.NewNormallyClosed("main")
		p, err := equipment.Open(t.Context(), f, w)
		if err != nil {
			t.Fatal(err)
		}
		defer mustClose(t, p)
		if !w.contact.Conducts() {
			t.Error("opening the bench has interrupted the bus")
		}
		if err := p.Switches["main"].Break(); err != nil || w.contact.Conducts() {
			t.Errorf("break: %v, conducts %v", err, w.contact.Conducts())
		}
		if s := p.MakeSafe(t.Context(), "suite", "a test"); !equipment.IsSafe(s) || !w.contact.Conducts() {
			t.Errorf("%+v, conducts %v", s, w.contact.Conducts())
		}
	})
}

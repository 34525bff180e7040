package equipment_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/bench/equipment"
	"otabench/power"
	"otabench/power/sim"
)

const serial = "DP8A1234"

// wiring is a bench with two rails behind equipment.Virtual: kl30 with a switch and a sensor, aux without.
type wiring struct {
	ctx     context.Context
	supply  *sim.Supply
	contact *sim.Contact
	kl30    *sim.Rail
	meter   *sim.Sensor

	links sync.WaitGroup
	open  []*link
}

// link counts how often it was closed.
type link struct {
	net.Conn
	mu     sync.Mutex
	closed int
}

func (l *link) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed++
	return l.Conn.Close()
}

func newWiring(t *testing.T) *wiring {
	t.Helper()
	supply, err := sim.NewSupply("rigol-dp832", sim.SupplyOptions{Serial: serial})
	if err != nil {
		t.Fatal(err)
	}
	channel, err := supply.Channel(1)
	if err != nil {
		t.Fatal(err)
	}
	w := &wiring{ctx: t.Context(), supply: supply, contact: sim.NewContact("main")}
	w.kl30 = sim.NewRail("kl30", sim.RailOptions{Bleeder: 100 * physic.Ohm})
	if err := w.kl30.Feed(channel, w.contact); err != nil {
		t.Fatal(err)
	}
	w.meter = sim.NewINA226(w.kl30, 0x40, 10*physic.MilliOhm)
	return w
}

func (w *wiring) Supply(name string) (io.ReadWriteCloser, error) {
	if name != "psu" {
		return nil, fmt.Errorf("no supply %q", name)
	}
	ours, theirs := net.Pipe()
	w.links.Go(func() {
		defer theirs.Close()
		_ = w.supply.Serve(w.ctx, theirs)
	})
	l := &link{Conn: ours}
	w.open = append(w.open, l)
	return l, nil
}

func (w *wiring) Pin(name string) (gpio.PinOut, error) {
	if name != "main" {
		return nil, fmt.Errorf("no pin %q", name)
	}
	return sim.NewPin(name, w.contact), nil
}

func (w *wiring) Sensor(name string) (i2c.Bus, error) {
	if name != "kl30" {
		return nil, fmt.Errorf("no sensor %q", name)
	}
	return w.meter, nil
}

// file describes the wiring.
func file() *config.File {
	rail := config.Rail{Supply: "psu", Nominal: 13500 * physic.MilliVolt, Limits: config.Limits{
		Voltage: 16 * physic.Volt, Current: 3 * physic.Ampere, OVP: 17 * physic.Volt, OCP: 3200 * physic.MilliAmpere,
	}}
	kl30, aux := rail, rail
	kl30.Channel, kl30.Switch, kl30.Sensor = 1, "main", "terminals"
	aux.Channel = 2
	return &config.File{
		Supplies: map[string]config.Supply{"psu": {Model: "rigol-dp832", Address: "virtual:psu", Serial: serial}},
		Switches: map[string]config.Switch{"main": {Pin: "virtual:main"}},
		Sensors: map[string]config.Sensor{"terminals": {
			Model: "ina226", Address: "virtual:kl30@0x40", Shunt: 10 * physic.MilliOhm, MaxCurrent: 8 * physic.Ampere,
		}},
		Rails: map[string]config.Rail{"kl30": kl30, "aux": aux},
	}
}

// bubble runs f in virtual time and then waits for the simulated ends to notice that their links are closed.
func bubble(t *testing.T, f func(t *testing.T, w *wiring)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWiring(t)
		f(t, w)
		w.supply.Resume()
		w.links.Wait()
		for i, l := range w.open {
			if l.closed != 1 {
				t.Errorf("link %d was closed %d times, want once", i+1, l.closed)
			}
		}
	})
}

func mustOpen(t *testing.T, w *wiring) *equipment.Power {
	t.Helper()
	p, err := equipment.Open(t.Context(), file(), w)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// energise brings both rails up as a suite does, and waits until kl30 has its voltage.
func energise(t *testing.T, p *equipment.Power, w *wiring) {
	t.Helper()
	limits := power.Limits{Voltage: 16 * physic.Volt, Current: 3 * physic.Ampere, OVP: 17 * physic.Volt, OCP: 3200 * physic.MilliAmpere}
	for _, role := range []string{"kl30", "aux"} {
		out, err := power.Limit(t.Context(), p.Channels[role], limits)
		if err != nil {
			t.Fatal(err)
		}
		if err := out.On(t.Context(), 13500*physic.MilliVolt); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Switches["main"].Make(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond) // virtual: the output rises
	if v := w.kl30.Voltage(); v < 13*physic.Volt {
		t.Fatalf("kl30 has %v", v)
	}
}

func mustClose(t *testing.T, p *equipment.Power) {
	t.Helper()
	if err := p.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

package equipment_test

import (
	"fmt"
	"io"
	"net"
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

// oneSupply is a bench of a supply alone, whose links do not know of each other.
type oneSupply struct {
	t      *testing.T
	supply *sim.Supply
}

func (o oneSupply) Supply(string) (io.ReadWriteCloser, error) {
	ours, theirs := net.Pipe()
	go func() {
		defer theirs.Close()
		_ = o.supply.Serve(o.t.Context(), theirs)
	}()
	return ours, nil
}

func (oneSupply) Pin(name string) (gpio.PinOut, error) { return nil, fmt.Errorf("no pin %q", name) }

func (oneSupply) Sensor(name string) (i2c.Bus, error) { return nil, fmt.Errorf("no sensor %q", name) }

// A Siglent supply loses what comes too soon after another message. A client that goes on talking to it, and knows nothing
// of the link that makes the bench safe, may cost commands and questions, and keeps no output on.
func TestMakeSafeWhileAnotherClientTalks(t *testing.T) {
	for every := 21 * time.Millisecond; every < 120*time.Millisecond; every += 7 * time.Millisecond {
		t.Run(every.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				supply, err := sim.NewSupply("siglent-spd3303x", sim.SupplyOptions{Serial: "SPD1"})
				if err != nil {
					t.Fatal(err)
				}
				room := oneSupply{t, supply}
				f := &config.File{
					Supplies: map[string]config.Supply{"psu": {Model: "siglent-spd3303x", Address: "virtual:psu", Serial: "SPD1"}},
					Rails:    map[string]config.Rail{"kl30": {Supply: "psu", Channel: 1}},
				}
				leaveOn(t, f, room)
				stop := talk(t, room, every)
				defer stop()
				begin := time.Now()
				p, err := equipment.OpenShared(t.Context(), f, room)
				if err != nil {
					t.Fatal(err)
				}
				defer mustClose(t, p)
				s := p.MakeSafe(t.Context(), "guard", "a test")
				if !equipment.IsSafe(s) || supply.Output(1).On {
					t.Errorf("%+v, on %t", s, supply.Output(1).On)
				}
				if took := time.Since(begin); took > 5*time.Second {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

// leaveOn energises the rail over a link that is closed again.
func leaveOn(t *testing.T, f *config.File, room oneSupply) {
	t.Helper()
	p, err := equipment.Open(t.Context(), f, room)
	if err != nil {
		t.Fatal(err)
	}
	defer mustClose(t, p)
	out, err := power.Limit(t.Context(), p.Channels["kl30"], power.Limits{Voltage: 16 * physic.Volt, Current: 3 * physic.Ampere})
	if err != nil {
		t.Fatal(err)
	}
	if err := out.On(t.Context(), 12*physic.Volt); err != nil {
		t.Fatal(err)
	}
}

// talk asks for the status so often, and does not mind whether that is answered.
func talk(t *testing.T, room oneSupply, every time.Duration) (stop func()) {
	t.Helper()
	link, err := room.Supply("psu")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{}, 2)
	go func() {
		_, _ = io.Copy(io.Discard, link)
		ended <- struct{}{}
	}()
	go func() {
		for {
			if _, err := io.WriteString(link, "SYST:STAT?\n"); err != nil {
				ended <- struct{}{}
				return
			}
			time.Sleep(every) // virtual
		}
	}()
	return func() {
		_ = link.Close()
		<-ended
		<-ended
	}
}

package scpi_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
	"otabench/power/scpi"
	"otabench/power/sim"
)

// everyModel runs a test against the simulator of every model, in virtual time.
func everyModel(t *testing.T, test func(t *testing.T, s *sim.Supply, d power.Supply)) {
	if missing := slices.DeleteFunc(scpi.Models(), func(m string) bool { return slices.Contains(sim.Models(), m) }); len(missing) > 0 {
		t.Errorf("no simulator for %v", missing)
	}
	for _, model := range scpi.Models() {
		t.Run(model, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, d := openModel(t, model)
				test(t, s, d)
			})
		})
	}
}

func openModel(t *testing.T, model string) (*sim.Supply, power.Supply) {
	t.Helper()
	s := simulate(t, model)
	d, err := scpi.Open(t.Context(), model, connect(t, s), "virtual:psu", scpi.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return s, d
}

func simulate(t *testing.T, model string) *sim.Supply {
	t.Helper()
	s, err := sim.NewSupply(model, sim.SupplyOptions{Serial: "4711"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func connect(t *testing.T, s *sim.Supply) net.Conn {
	near, far := net.Pipe()
	go func() {
		if err := s.Serve(t.Context(), far); err != nil {
			t.Error(err)
		}
	}()
	return near
}

// moderate returns limits that suit any channel, with the protections that it has.
func moderate(ch power.Channel) power.Limits {
	volts, amps := ch.Rating()
	l := power.Limits{Voltage: min(volts, 5*physic.Volt), Current: min(amps, physic.Ampere)}
	ovp, ocp := power.Adjustable, power.Adjustable
	if g, ok := ch.(power.Guarded); ok {
		ovp, ocp = g.Protections()
	}
	if ovp == power.Adjustable {
		l.OVP = l.Voltage + 300*physic.MilliVolt
	}
	switch ocp {
	case power.Adjustable:
		l.OCP = l.Current + 50*physic.MilliAmpere
	case power.AtLimit:
		l.OCP = l.Current
	}
	return l
}

func channels(t *testing.T, d power.Supply) []power.Channel {
	t.Helper()
	var all []power.Channel
	for n := range d.Channels() {
		all = append(all, channel(t, d, n+1))
	}
	return all
}

func TestContractEnergising(t *testing.T) {
	everyModel(t, func(t *testing.T, s *sim.Supply, d power.Supply) {
		if d.Identity().Serial != "4711" {
			t.Errorf("Identity() = %+v", d.Identity())
		}
		for i, ch := range channels(t, d) {
			n := i + 1
			limits := moderate(ch)
			out, err := power.Limit(t.Context(), ch, limits)
			if err != nil {
				t.Fatal(err)
			}
			if err := out.On(t.Context(), 4500*physic.MilliVolt); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			got, err := ch.Settings(t.Context())
			want := power.Settings{Voltage: 4500 * physic.MilliVolt, Current: limits.Current, OVP: limits.OVP, OCP: limits.OCP, On: true}
			if err != nil || got != want {
				t.Errorf("CH%d: Settings = %+v, %v, want %+v", n, got, err, want)
			}
			if o := s.Output(n); !o.On || o.Voltage != 4500*physic.MilliVolt || o.Limit != limits.Current || o.OVP != limits.OVP {
				t.Errorf("CH%d: the instrument does %+v", n, o)
			}
			if r, err := out.Measure(t.Context()); err != nil || r.Voltage != 4500*physic.MilliVolt || r.Current != 0 || r.Time.IsZero() {
				t.Errorf("CH%d: Measure = %v, %v", n, r, err)
			}
			if trip, err := out.Tripped(t.Context()); err != nil || trip != 0 {
				t.Errorf("CH%d: Tripped = %v, %v", n, trip, err)
			}
			for other := 1; s.Output(other).Regulation != ""; other++ {
				if o := s.Output(other); other != n && (o.Setpoint != 0 && o.On) {
					t.Errorf("CH%d went on together with CH%d: %+v", other, n, o)
				}
			}
			if err := out.Off(t.Context()); err != nil || s.Output(n).On {
				t.Errorf("CH%d: Off: %v", n, err)
			}
		}
	})
}

func TestContractRating(t *testing.T) {
	everyModel(t, func(t *testing.T, s *sim.Supply, d power.Supply) {
		for i, ch := range channels(t, d) {
			volts, amps := ch.Rating()
			if err := errors.Join(ch.SetVoltage(t.Context(), volts), ch.SetCurrent(t.Context(), amps)); err != nil {
				t.Errorf("CH%d takes less than its rating: %v", i+1, err)
			}
			for _, err := range []error{
				ch.SetVoltage(t.Context(), volts+500*physic.MilliVolt), ch.SetCurrent(t.Context(), amps+500*physic.MilliAmpere),
			} {
				if !errors.Is(err, power.ErrInstrument) && !errors.Is(err, power.ErrReadBack) {
					t.Errorf("CH%d beyond %v, %v: %v", i+1, volts, amps, err)
				}
			}
			if o := s.Output(i + 1); o.Setpoint != volts || o.Limit != amps {
				t.Errorf("CH%d is set to %v, %v", i+1, o.Setpoint, o.Limit)
			}
			if err := ch.SetVoltage(t.Context(), physic.Volt); err != nil {
				t.Errorf("CH%d: an earlier refusal comes up late: %v", i+1, err)
			}
		}
	})
}

func TestContractOVP(t *testing.T) {
	everyModel(t, func(t *testing.T, s *sim.Supply, d power.Supply) {
		for i, ch := range channels(t, d) {
			if ovp, _ := ch.(power.Guarded).Protections(); ovp != power.Adjustable {
				if err := ch.SetProtection(t.Context(), 5*physic.Volt, 0); !errors.Is(err, power.ErrLimit) {
					t.Errorf("CH%d has no OVP and takes one: %v", i+1, err)
				}
				continue
			}
			must(t, ch.SetVoltage(t.Context(), 5*physic.Volt))
			must(t, ch.SetProtection(t.Context(), 4*physic.Volt, 0))
			_ = ch.Enable(t.Context(), true) // which may find out by itself
			time.Sleep(time.Second)
			tripped(t, s, ch, i+1, power.TripOVP)
			must(t, ch.SetVoltage(t.Context(), 3*physic.Volt))
			must(t, ch.Enable(t.Context(), true))
			if got, err := ch.Settings(t.Context()); err != nil || !got.On || !s.Output(i+1).On {
				t.Errorf("CH%d does not come back after its trip was cleared: %+v, %v", i+1, got, err)
			}
			must(t, ch.Enable(t.Context(), false))
		}
	})
}

func TestContractOCP(t *testing.T) {
	everyModel(t, func(t *testing.T, s *sim.Supply, d power.Supply) {
		for i, ch := range channels(t, d) {
			_, ocp := ch.(power.Guarded).Protections()
			load := feed(t, s, i+1)
			must(t, ch.SetVoltage(t.Context(), 5*physic.Volt))
			must(t, ch.SetCurrent(t.Context(), physic.Ampere))
			if ocp == power.Missing {
				if err := ch.SetProtection(t.Context(), 0, physic.Ampere); !errors.Is(err, power.ErrLimit) {
					t.Errorf("CH%d has no OCP and takes one: %v", i+1, err)
				}
				must(t, ch.Enable(t.Context(), true))
				load.Draw(3 * physic.Ampere)
				time.Sleep(time.Second)
				if trip, err := ch.Tripped(t.Context()); err != nil || trip != 0 || !s.Output(i+1).On {
					t.Errorf("CH%d: Tripped = %v, %v", i+1, trip, err)
				}
				continue
			}
			level := physic.Ampere
			if ocp == power.Adjustable {
				level = 500 * physic.MilliAmpere
			}
			must(t, ch.SetProtection(t.Context(), 5400*physic.MilliVolt, level))
			must(t, ch.Enable(t.Context(), true))
			time.Sleep(time.Second)
			load.Draw(3 * physic.Ampere)
			time.Sleep(time.Second)
			tripped(t, s, ch, i+1, power.TripOCP)
		}
	})
}

// feed connects a channel to a rail and returns the terminal of a consumer there. The line is thin, so that charging it
// does not blow a fuse.
func feed(t *testing.T, s *sim.Supply, n int) *sim.Terminal {
	t.Helper()
	out, err := s.Channel(n)
	must(t, err)
	rail := sim.NewRail("kl30", sim.RailOptions{Capacitance: physic.MicroFarad})
	contact := sim.NewContact("K1")
	must(t, contact.Make())
	must(t, rail.Feed(out, contact))
	return rail.Terminal("bcm")
}

// tripped expects an output that a protection has switched off, and clears it.
func tripped(t *testing.T, s *sim.Supply, ch power.Channel, n int, want power.Trip) {
	t.Helper()
	if s.Output(n).On {
		t.Errorf("CH%d did not trip", n)
	}
	if got, err := ch.Settings(t.Context()); err != nil || got.On {
		t.Errorf("CH%d tripped and claims to be on: %+v, %v", n, got, err)
	}
	if trip, err := ch.Tripped(t.Context()); err != nil || trip != want {
		t.Errorf("CH%d: Tripped = %v, %v, want %v", n, trip, err, want)
	}
	must(t, ch.ClearTrip(t.Context()))
	if trip, err := ch.Tripped(t.Context()); err != nil || trip != 0 {
		t.Errorf("CH%d: Tripped after ClearTrip = %v, %v", n, trip, err)
	}
	if s.Output(n).On {
		t.Errorf("CH%d is on after ClearTrip", n)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestContractFaults: a link that is slow, split, wrong or late, and an instrument that hangs.
func TestContractFaults(t *testing.T) {
	everyModel(t, func(t *testing.T, s *sim.Supply, d power.Supply) {
		ch := channel(t, d, 1)
		must(t, ch.SetVoltage(t.Context(), 4500*physic.MilliVolt))
		sound := func(what string) {
			t.Helper()
			got, err := ch.Settings(t.Context())
			if err != nil || got.Voltage != 4500*physic.MilliVolt {
				t.Errorf("%s: Settings = %+v, %v", what, got, err)
			}
			if r, err := ch.Measure(t.Context()); err != nil || r.Voltage != 0 {
				t.Errorf("%s: Measure = %v, %v", what, r, err)
			}
		}
		s.Split(2 * time.Millisecond)
		sound("replies in pieces")
		s.Split(0)

		s.Delay(120 * time.Millisecond)
		sound("slow")
		s.Delay(0)

		ending := "\n"
		if strings.HasPrefix(fmt.Sprint(d), "korad") {
			ending = ""
		}
		for _, wrong := range []string{"what?", "99.0.0", "-1e9", "\xff\xfe"} {
			s.Garble(wrong + ending)
			if _, err := ch.Settings(t.Context()); !errors.Is(err, power.ErrReply) && !errors.Is(err, power.ErrLink) {
				t.Errorf("wrong reply %q: %v", wrong, err)
			}
			s.Garble("")
			sound("after a wrong reply")
		}

		s.Stall()
		for range 2 {
			if _, err := ch.Settings(t.Context()); !errors.Is(err, power.ErrLink) {
				t.Errorf("stalled: %v", err)
			}
		}
		s.Resume() // now it answers all that it was asked
		sound("after a stall")

		s.Vanish()
		if _, err := ch.Settings(t.Context()); !errors.Is(err, power.ErrLink) {
			t.Errorf("vanished: %v", err)
		}
	})
}

// TestContractOffReaches: switching off goes out at once, even where the way to the answers is lost.
func TestContractOffReaches(t *testing.T) {
	everyModel(t, func(t *testing.T, s *sim.Supply, d power.Supply) {
		ch := channel(t, d, 1)
		out, err := power.Limit(t.Context(), ch, moderate(ch))
		must(t, err)
		must(t, out.On(t.Context(), 3*physic.Volt))
		s.Stall()
		if _, err := ch.Measure(t.Context()); !errors.Is(err, power.ErrLink) {
			t.Fatal(err)
		}
		if err := ch.Enable(t.Context(), false); !errors.Is(err, power.ErrLink) {
			t.Errorf("Enable: %v, want ErrLink", err)
		}
		s.Resume()
		time.Sleep(time.Second)
		if s.Output(1).On {
			t.Error("the command to switch off did not go out")
		}
		if err := out.Off(t.Context()); err != nil {
			t.Errorf("Off: %v", err)
		}
	})
}

// TestContractSeveralCallers: the channels of one instrument are commanded at the same time, while somebody else selects
// channels on another connection.
func TestContractSeveralCallers(t *testing.T) {
	everyModel(t, func(t *testing.T, s *sim.Supply, d power.Supply) {
		s.Delay(time.Millisecond)
		var callers sync.WaitGroup
		if hasSelection(d) {
			other := connect(t, s)
			done, stop := make(chan struct{}), make(chan struct{})
			defer func() { close(stop); <-done }()
			go func() {
				defer close(done)
				for i := 0; ; i++ {
					line := fmt.Sprintf("INST:NSEL %d\n", i%d.Channels()+1)
					_, _ = io.WriteString(other, line)
					select {
					case <-time.After(300 * time.Microsecond):
					case <-stop:
						return
					}
				}
			}()
		}
		for n := 1; n <= d.Channels(); n++ {
			ch := channel(t, d, n)
			callers.Go(func() {
				for step := range 5 {
					v := physic.ElectricPotential(n)*physic.Volt + physic.ElectricPotential(step)*100*physic.MilliVolt
					must(t, ch.SetVoltage(t.Context(), v))
					if got := s.Output(n).Setpoint; got != v {
						t.Errorf("CH%d is set to %v, want %v", n, got, v)
					}
				}
			})
		}
		callers.Wait()
	})
}

// hasSelection reports an instrument on which a channel can be selected for all that do not name theirs.
func hasSelection(d power.Supply) bool {
	return slices.ContainsFunc([]string{"rigol-", "rs-", "keysight-e36"}, func(family string) bool {
		return d.Channels() > 1 && strings.HasPrefix(fmt.Sprint(d), family)
	})
}

// TestContractIdentity: no driver takes another instrument for its own.
func TestContractIdentity(t *testing.T) {
	for _, model := range scpi.Models() {
		t.Run(model, func(t *testing.T) {
			for _, there := range sim.Models() {
				if there == model {
					continue
				}
				synctest.Test(t, func(t *testing.T) {
					d, err := scpi.Open(t.Context(), model, connect(t, simulate(t, there)), "virtual:psu", scpi.Options{})
					if err == nil {
						t.Errorf("it takes a %s for a %s", there, model)
						_ = d.Close()
						return
					}
					if !errors.Is(err, power.ErrIdentity) && !errors.Is(err, power.ErrReply) && !errors.Is(err, power.ErrLink) {
						t.Errorf("%s: %v", there, err)
					}
				})
			}
		})
	}
}

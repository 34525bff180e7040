package scpi_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
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

// open returns a simulated supply and its driver.
func open(t *testing.T, opts sim.SupplyOptions, driver scpi.Options) (*sim.Supply, power.Supply) {
	t.Helper()
	s, err := sim.NewSupply("rigol-dp832", opts)
	if err != nil {
		t.Fatal(err)
	}
	near, far := net.Pipe()
	go func() {
		if err := s.Serve(t.Context(), far); err != nil {
			t.Error(err)
		}
	}()
	d, err := scpi.Open(t.Context(), "rigol-dp832", near, "virtual:psu", driver)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return s, d
}

func channel(t *testing.T, s power.Supply, n int) power.Channel {
	t.Helper()
	ch, err := s.Channel(n)
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

func TestDP832(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := open(t, sim.SupplyOptions{Delay: 20 * time.Millisecond}, scpi.Options{})
		if got, want := fmt.Sprint(d), "rigol-dp832 at virtual:psu"; got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
		if id := d.Identity(); id.Maker != "RIGOL TECHNOLOGIES" || id.Model != "DP832" || id.Serial == "" {
			t.Errorf("Identity() = %+v", id)
		}
		for n, want := range map[int]physic.ElectricPotential{1: 32 * physic.Volt, 2: 32 * physic.Volt, 3: 5300 * physic.MilliVolt} {
			if v, i := channel(t, d, n).Rating(); v != want || i != 3200*physic.MilliAmpere {
				t.Errorf("CH%d rated %v %v", n, v, i)
			}
		}
		for _, n := range []int{-1, 0, 4} {
			if _, err := d.Channel(n); err == nil || d.Channels() != 3 {
				t.Errorf("channel %d of %d: no error", n, d.Channels())
			}
		}

		ctx, ch := t.Context(), channel(t, d, 2)
		out, err := power.Limit(ctx, ch, power.Limits{
			Voltage: 16 * physic.Volt, Current: 2 * physic.Ampere, OVP: 17 * physic.Volt, OCP: 2500 * physic.MilliAmpere,
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := out.On(ctx, 13500*physic.MilliVolt); err != nil {
			t.Fatal(err)
		}
		got, err := ch.Settings(ctx)
		want := power.Settings{
			Voltage: 13500 * physic.MilliVolt, Current: 2 * physic.Ampere,
			OVP: 17 * physic.Volt, OCP: 2500 * physic.MilliAmpere, On: true,
		}
		if err != nil || got != want {
			t.Errorf("Settings = %+v, %v", got, err)
		}
		r, err := out.Measure(ctx)
		if err != nil || r.Voltage != 13500*physic.MilliVolt || r.Current != 0 || !r.Time.Equal(time.Now()) {
			t.Errorf("Measure = %+v, %v", r, err)
		}
		if err := ch.SetProtection(ctx, 0, 0); err != nil {
			t.Fatal(err)
		}
		if got, err := ch.Settings(ctx); err != nil || got.OVP != 0 || got.OCP != 0 {
			t.Errorf("disarmed: %+v, %v", got, err)
		}
		if s.Output(1).On || s.Output(3).On || !s.Output(2).On {
			t.Error("another channel was switched")
		}
		if err := out.Off(ctx); err != nil || s.Output(2).On {
			t.Errorf("Off: %v", err)
		}
	})
}

func TestTrip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, d := open(t, sim.SupplyOptions{}, scpi.Options{})
		ctx, ch := t.Context(), channel(t, d, 1)
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(ch.SetVoltage(ctx, 12*physic.Volt))
		must(ch.SetProtection(ctx, 10*physic.Volt, physic.Ampere))
		must(ch.Enable(ctx, true))
		time.Sleep(time.Second)
		if trip, err := ch.Tripped(ctx); err != nil || trip != power.TripOVP {
			t.Errorf("Tripped = %v, %v", trip, err)
		}
		must(ch.ClearTrip(ctx))
		if trip, err := ch.Tripped(ctx); err != nil || trip != 0 {
			t.Errorf("Tripped after ClearTrip = %v, %v", trip, err)
		}
		// The first of two settings is refused: the second must not be made.
		if err := ch.SetProtection(ctx, 99*physic.Volt, 2*physic.Ampere); !errors.Is(err, power.ErrInstrument) {
			t.Errorf("SetProtection: %v", err)
		}
		if s, err := ch.Settings(ctx); err != nil || s.OCP != physic.Ampere {
			t.Errorf("Settings = %+v, %v", s, err)
		}
	})
}

func TestInstrumentError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, d := open(t, sim.SupplyOptions{}, scpi.Options{})
		err := channel(t, d, 3).SetVoltage(t.Context(), 12*physic.Volt)
		if !errors.Is(err, power.ErrInstrument) || !strings.Contains(err.Error(), `:SOUR3:VOLT 12.000`) ||
			!strings.Contains(err.Error(), `-222 "Data out of range"`) {
			t.Errorf("SetVoltage: %v", err)
		}
		if err := channel(t, d, 3).SetVoltage(t.Context(), 5*physic.Volt); err != nil {
			t.Errorf("the queue was not emptied: %v", err)
		}
	})
}

// TestLateReply: the reply to a question that timed out must not be taken for the answer to the next one.
func TestLateReply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := open(t, sim.SupplyOptions{}, scpi.Options{})
		ctx, ch := t.Context(), channel(t, d, 1)
		if err := ch.SetVoltage(ctx, 7*physic.Volt); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		s.Stall()
		if _, err := ch.Settings(ctx); !errors.Is(err, power.ErrLink) || time.Since(start) != scpi.DefaultTimeout {
			t.Errorf("stalled: %v after %v", err, time.Since(start))
		}
		if _, err := ch.Measure(ctx); !errors.Is(err, power.ErrLink) {
			t.Errorf("still stalled: %v", err)
		}
		s.Resume() // now it answers all that it was asked
		got, err := ch.Settings(ctx)
		if err != nil || got.Voltage != 7*physic.Volt || got.Current != 3200*physic.MilliAmpere {
			t.Errorf("Settings = %+v, %v", got, err)
		}
		if r, err := ch.Measure(ctx); err != nil || r.Voltage != 0 {
			t.Errorf("Measure = %v, %v", r, err)
		}
	})
}

// TestOffReachesStalledInstrument: switching off does not wait for the session to find its way back.
func TestOffReachesStalledInstrument(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := open(t, sim.SupplyOptions{}, scpi.Options{})
		ctx, ch := t.Context(), channel(t, d, 1)
		if err := ch.Enable(ctx, true); err != nil {
			t.Fatal(err)
		}
		s.Stall()
		if _, err := ch.Measure(ctx); !errors.Is(err, power.ErrLink) {
			t.Fatal(err)
		}
		if err := ch.Enable(ctx, false); !errors.Is(err, power.ErrLink) {
			t.Errorf("Enable: %v, want ErrLink", err)
		}
		s.Resume()
		time.Sleep(time.Second)
		if s.Output(1).On {
			t.Error("the command to switch off did not go out")
		}
	})
}

func TestCallerGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := open(t, sim.SupplyOptions{}, scpi.Options{})
		ch := channel(t, d, 1)
		s.Stall()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err := ch.Measure(ctx)
		if !errors.Is(err, context.Canceled) || errors.Is(err, power.ErrLink) {
			t.Errorf("cancelled: %v", err)
		}

		go func() { _, _ = ch.Measure(t.Context()) }() // has the turn for 2 s
		synctest.Wait()
		start := time.Now()
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := ch.Measure(ctx); !errors.Is(err, power.ErrLink) || time.Since(start) != time.Second {
			t.Errorf("waiting for a turn: %v after %v", err, time.Since(start))
		}
		s.Resume()
	})
}

func TestVanishedInstrument(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := open(t, sim.SupplyOptions{}, scpi.Options{})
		ch := channel(t, d, 1)
		s.Vanish()
		for range 2 {
			if _, err := ch.Measure(t.Context()); !errors.Is(err, power.ErrLink) || !strings.Contains(err.Error(), "virtual:psu") {
				t.Errorf("vanished: %v", err)
			}
		}
	})
}

func TestClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := open(t, sim.SupplyOptions{}, scpi.Options{})
		s.Stall()
		pending := make(chan error, 1)
		go func() {
			_, err := channel(t, d, 1).Measure(t.Context())
			pending <- err
		}()
		synctest.Wait()
		for range 2 {
			if err := d.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}
		if err := <-pending; !errors.Is(err, power.ErrLink) {
			t.Errorf("pending: %v", err)
		}
		if err := channel(t, d, 1).Enable(t.Context(), true); !errors.Is(err, power.ErrLink) {
			t.Errorf("after Close: %v", err)
		}
	})
}

func TestConcurrentCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, d := open(t, sim.SupplyOptions{Delay: time.Millisecond}, scpi.Options{})
		var callers sync.WaitGroup
		for n := 1; n <= 3; n++ {
			ch := channel(t, d, n)
			for range 4 {
				callers.Go(func() {
					v := physic.ElectricPotential(n) * physic.Volt
					if err := ch.SetVoltage(t.Context(), v); err != nil {
						t.Error(err)
					}
					if s, err := ch.Settings(t.Context()); err != nil || s.Voltage != v {
						t.Errorf("CH%d: %+v, %v", n, s, err)
					}
				})
			}
		}
		callers.Wait()
	})
}

func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, d := open(t, sim.SupplyOptions{}, scpi.Options{Pace: 80 * time.Millisecond})
		start := time.Now()
		if err := channel(t, d, 1).SetVoltage(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 160*time.Millisecond {
			t.Errorf("command and SYST:ERR? after %v, want 2 × 80 ms", took)
		}
	})
}

func TestOpenUnknownModel(t *testing.T) {
	near, _ := net.Pipe()
	_, err := scpi.Open(t.Context(), "rigol-dp999", near, "tcp:psu:5555", scpi.Options{})
	if !errors.Is(err, scpi.ErrModel) || !strings.Contains(err.Error(), "known are ea-ps2042, ") {
		t.Errorf("Open: %v", err)
	}
	if _, err := near.Write(nil); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the link is left open: %v", err)
	}
}

// instrument answers each line with what script says, "" for nothing. It ends with the connection.
func instrument(t *testing.T, script func(line string) string) io.ReadWriteCloser {
	near, far := net.Pipe()
	go func() {
		defer far.Close()
		lines := bufio.NewScanner(far)
		for lines.Scan() {
			if _, err := io.WriteString(far, script(lines.Text())); err != nil {
				return
			}
		}
	}()
	return near
}

func TestOpenFails(t *testing.T) {
	const dp832 = "RIGOL TECHNOLOGIES,DP832,1,2\n"
	for name, tc := range map[string]struct {
		idn  string
		want error
		text string
	}{
		"another model":   {"RIGOL TECHNOLOGIES,DP831,1,2\n", power.ErrIdentity, "names rigol-dp832 (RIGOL TECHNOLOGIES DP832), there is RIGOL TECHNOLOGIES DP831"},
		"another maker":   {"Keysight,DP832,1,2\n", power.ErrIdentity, "there is Keysight"},
		"silence":         {"", power.ErrLink, "*IDN?"},
		"garbage":         {"\xff\x00\n", power.ErrReply, `"\xff\x00"`},
		"endless":         {strings.Repeat("x", 5000), power.ErrLink, "more than 4096 bytes"},
		"broken errors":   {dp832, power.ErrReply, "not an entry of the error queue"},
		"errors for ever": {dp832, power.ErrInstrument, "does not get empty"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ese := ""
				rw := instrument(t, func(line string) string {
					switch {
					case line == "*IDN?":
						return tc.idn
					case strings.HasPrefix(line, "*ESE "):
						ese = line[5:] + "\n"
					case line == "*ESE?":
						return ese
					case line == ":SYST:ERR?" && tc.want == power.ErrInstrument:
						return "-100,\"Command error\"\n"
					case line == ":SYST:ERR?":
						return "what?\n"
					}
					return ""
				})
				_, err := scpi.Open(t.Context(), "rigol-dp832", rw, "tcp:psu:5555", scpi.Options{})
				if !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.text) {
					t.Errorf("Open: %v", err)
				}
			})
		})
	}
}

// TestOpenFindsItsWay: an earlier user's reply is still in the line.
func TestOpenFindsItsWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := sim.NewSupply("rigol-dp832", sim.SupplyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		near, far := net.Pipe()
		go func() {
			_, _ = io.WriteString(far, "13.4987\r\nCV\r\n")
			_ = s.Serve(t.Context(), far)
		}()
		d, err := scpi.Open(t.Context(), "rigol-dp832", near, "virtual:psu", scpi.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_ = d.Close()
	})
}

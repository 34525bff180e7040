package bench_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/bench/trigger"
	"otabench/power/profile"
)

// curveOf compiles a profile of the library for a rail.
func curveOf(t *testing.T, r *bench.Rail, name string) *profile.Curve {
	t.Helper()
	p, err := profile.Named(name)
	must(t, err)
	c, err := r.Curve(p)
	must(t, err)
	return c
}

// written compiles a profile that a test wrote.
func written(t *testing.T, r *bench.Rail, yaml string) *profile.Curve {
	t.Helper()
	p, err := profile.Parse("test.yaml", []byte(yaml))
	must(t, err)
	c, err := r.Curve(p)
	must(t, err)
	return c
}

func rows(j profile.Judgement) string {
	var b strings.Builder
	for _, r := range j.Rows() {
		fmt.Fprintf(&b, "%-24s %d/%d %v\n", r.Segment.Name, r.Met, r.Count, r.Finding)
	}
	return b.String()
}

// verdicts are those of each step by its name; the worst, where a name stands twice.
func verdicts(j profile.Judgement) map[string]profile.Verdict {
	all := map[string]profile.Verdict{}
	for _, r := range j.Rows() {
		all[r.Segment.Name] = max(all[r.Segment.Name], r.Verdict)
	}
	return all
}

// Slow profiles can be made by a plain supply, and the sensor at the terminals says that they were.
func TestPlaySlowProfiles(t *testing.T) {
	for _, name := range []string{"iso16750-2-reset", "iso16750-2-range-c", "lv124-e09-reset"} {
		onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
			kl30 := b.Rail("kl30")
			c := curveOf(t, kl30, name)
			if plan := kl30.Plan(c); plan.Verdict() != profile.Met {
				t.Errorf("%s: planned %v\n%s", name, plan.Verdict().Before(), rows(plan.Judgement))
			}
			result, err := kl30.Play(t.Context(), c)
			must(t, err)
			if result.Verdict() != profile.Met {
				t.Errorf("%s: %v\n%s", name, result.Verdict(), rows(result))
			}
			if faults := b.TakeFaults(); len(faults) != 0 {
				t.Errorf("%s: %v", name, faults)
			}
			said := said[record.Stimulus](j)
			if len(said) != 1 || said[0].Void || said[0].Verdict != "met" || said[0].Source != "terminals" {
				t.Errorf("%+v", said)
			}
			// The rail stays at the voltage with which the profile ends, in the middle of its tolerance.
			if v := volts(t, kl30); v < c.Final()-200*physic.MilliVolt || v > c.Final() {
				t.Errorf("%s: ends at %v", name, v)
			}
		})
	}
}

// A supply that cannot sink does not make the edges of starting profile IV. The plan says so, and the sensor, which is
// too slow for an edge of 5 ms, does not call it met.
func TestPlayStartingIV(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		kl30 := b.Rail("kl30")
		c := curveOf(t, kl30, "iso16750-2-starting-4")
		planned := verdicts(kl30.Plan(c).Judgement)
		if planned["fall tf"] != profile.NotMet || planned["cranking t8"] != profile.Met {
			t.Errorf("planned\n%s", rows(kl30.Plan(c).Judgement))
		}
		result, err := kl30.Play(t.Context(), c)
		must(t, err)
		got := verdicts(result)
		if got["fall tf"] != profile.NotMeasured || got["cranking t8"] != profile.Met || got["before"] != profile.Met {
			t.Errorf("%v\n%s", result.Verdict(), rows(result))
		}
		if !result.Verdict().Void() {
			t.Errorf("%v", result.Verdict())
		}
		faults := b.TakeFaults()
		if len(faults) != 1 || !strings.Contains(faults[0].Text, "starting-4 is not measured") {
			t.Errorf("faults %v", faults)
		}
		if s := said[record.Stimulus](j); len(s) != 1 || !s[0].Void || s[0].Expected != "impossible" {
			t.Errorf("%+v", s)
		}
	})
}

const twoDrops = `
name: two-drops
tolerance: {below: 200mV, time: 5%}
start: 13V
steps:
  - {name: before, hold: 100ms}
  - {name: drop, to: 9V, hold: 500ms}
  - {name: back, to: 13V, hold: 500ms}
  - await: second
  - {name: cut, cut: 400ms}
  - {name: end, hold: 1s}
`

// A trigger begins a profile at a frame, and another lets it go on.
func TestPlayAtAnEvent(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		kl30, bcm := b.Rail("kl30"), b.ECU("bcm")
		p, err := kl30.Prepare(t.Context(), written(t, kl30, twoDrops))
		must(t, err)
		must(t, bcm.AwaitBoot(t.Context()))
		begin := b.Arm(trigger.Request("bcm", 0x22).Sent(), p)
		_, err = bcm.Identify(t.Context())
		must(t, err)
		<-begin.Done()
		if f, _ := begin.Firing(); f.Err != nil || f.Latency > time.Millisecond {
			t.Errorf("%+v", f)
		}
		time.Sleep(3 * time.Second)
		must(t, p.Signal("second").Do())
		result, err := p.Wait(t.Context())
		must(t, err)
		if result.Verdict() != profile.Met {
			t.Errorf("%s", rows(result))
		}
		if err := p.Do(); err == nil {
			t.Error("it began again")
		}
		if err := p.Signal("third").Do(); err == nil {
			t.Error("it waited for an event that its profile does not name")
		}
	})
}

func TestPlayRefusesWhatTheRailMayNot(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		kl30 := b.Rail("kl30")
		_, err := kl30.Play(t.Context(), curveOf(t, kl30, "iso16750-2-jump-start"))
		if !errors.Is(err, profile.ErrBlocked) || !strings.Contains(err.Error(), "26V is above the rail's limit of 18V") {
			t.Errorf("%v", err)
		}
		if got := j.settings("kl30"); len(got) != 0 {
			t.Errorf("the rail was touched: %v", got)
		}
	})
}

// Off ends a profile, and nothing of it comes after.
func TestOffEndsAPlay(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		kl30 := b.Rail("kl30")
		p, err := kl30.Prepare(t.Context(), curveOf(t, kl30, "iso16750-2-starting-4"))
		must(t, err)
		if _, err := kl30.Prepare(t.Context(), curveOf(t, kl30, "iso16750-2-reset")); !errors.Is(err, bench.ErrPlaying) {
			t.Errorf("two at once: %v", err)
		}
		must(t, p.Do())
		time.Sleep(5 * time.Second)
		must(t, kl30.Off(t.Context()))
		if _, err := p.Wait(t.Context()); err == nil {
			t.Error("it ended in order")
		}
		time.Sleep(20 * time.Second)
		if got := j.settings("kl30"); got[len(got)-1] != "off" {
			t.Errorf("%v", got[len(got)-5:])
		}
		if got := j.settings("main"); got[len(got)-1] != "break" {
			t.Errorf("%v", got)
		}
		must(t, kl30.AwaitDead(t.Context()))
		s := said[record.Stimulus](j)
		if len(s) != 1 || !s[0].Void || s[0].Error == "" {
			t.Errorf("%+v", s)
		}
	})
}

// Close ends a profile that nobody began or ended.
func TestCloseEndsAPlay(t *testing.T) {
	for _, begun := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b, j, err := open(t, nil)
			must(t, err)
			p, err := b.Rail("kl30").Prepare(t.Context(), curveOf(t, b.Rail("kl30"), "lv124-e10-short-interruption"))
			must(t, err)
			if begun {
				must(t, p.Do())
			}
			time.Sleep(40 * time.Second)
			must(t, b.Close(t.Context(), "done"))
			time.Sleep(time.Minute)
			got := slices.Compact(j.settings("main")) // both Close and the profile open it
			want := []string{"make", "break"}
			if begun {
				want = []string{"make", "break", "make", "break", "make", "break"}
			}
			if !slices.Equal(got, want) {
				t.Errorf("begun %v: %v", begun, got)
			}
		})
	}
}

// Off and Close do not wait for a profile whose rail does not get to where it begins.
func TestPrepareIsInterrupted(t *testing.T) {
	noContact := func(f *config.File, _ *bench.Options) {
		f.Simulation.Rails["kl30"] = config.SimRail{Resistance: physic.KiloOhm, Bleeder: 10 * physic.Ohm}
	}
	for name, end := range map[string]func(*bench.Bench) error{
		"off":   func(b *bench.Bench) error { return b.Rail("kl30").Off(context.Background()) },
		"close": func(b *bench.Bench) error { return b.Close(context.Background(), "done") },
	} {
		synctest.Test(t, func(t *testing.T) {
			b, _, err := open(t, noContact)
			must(t, err)
			curve := curveOf(t, b.Rail("kl30"), "lv124-e10-short-interruption")
			failed := make(chan error, 1)
			go func() {
				_, err := b.Rail("kl30").Prepare(context.Background(), curve)
				failed <- err
			}()
			time.Sleep(time.Second)
			begin := time.Now()
			must(t, end(b))
			if took := time.Since(begin); took > 2*time.Second {
				t.Errorf("%s took %v", name, took)
			}
			if err := <-failed; !errors.Is(err, context.Canceled) {
				t.Errorf("%s: prepare: %v", name, err)
			}
			if name == "off" {
				must(t, b.Close(t.Context(), "done"))
			}
		})
	}
}

func TestCapabilityOfABenchFile(t *testing.T) {
	onBench(t, func(f *config.File, _ *bench.Options) {
		r := f.Rails["kl30"]
		r.Stimulus = config.Stimulus{
			Latency: 7 * time.Millisecond, Fall: 2 * physic.Volt, Shortest: 3 * time.Millisecond,
			Parameters: map[string]physic.ElectricPotential{"Usmin": 8 * physic.Volt},
		}
		f.Rails["kl30"] = r
	}, func(t *testing.T, b *bench.Bench, _ *journal) {
		can := bench.Capability(b.File(), "kl30")
		if can.Latency != 7*time.Millisecond || can.Fall != 2*physic.Volt || can.Switch.Shortest != 3*time.Millisecond {
			t.Errorf("%+v", can)
		}
		// 690 µF through 47 Ω, and 470 µF of them behind the open switch.
		on, open := can.Decay.Round(time.Millisecond), can.Switch.Decay.Round(time.Millisecond)
		if on != 32*time.Millisecond || open != 22*time.Millisecond {
			t.Errorf("%v, %v", on, open)
		}
		if c := curveOf(t, b.Rail("kl30"), "iso16750-2-reset"); c.Before != 8*physic.Volt {
			t.Errorf("begins at %v", c.Before)
		}
	})
}

// listing has a supply that steps through voltages by itself.
func listing(model string) func(*config.File, *bench.Options) {
	return func(f *config.File, _ *bench.Options) {
		s, r := f.Supplies["psu"], f.Rails["kl30"]
		s.Model = model
		r.Limits.OCP = r.Limits.Current // they trip there and nowhere else
		f.Supplies["psu"], f.Rails["kl30"] = s, r
	}
}

const slowDips = `
name: slow-dips
tolerance: {below: 300mV, time: 10%}
start: 13V
steps:
  - repeat: 5
    steps:
      - {name: high, to: 13V, hold: 700ms}
      - {name: low, to: 11V, hold: 500ms}
  - {name: after, to: 13V, hold: 1s}
`

// A supply with a list of its own makes a profile without the host, and is back where it began.
func TestPlayList(t *testing.T) {
	for _, model := range []string{"keysight-n6700", "rs-hmp4040"} {
		t.Run(model, func(t *testing.T) {
			onBench(t, listing(model), func(t *testing.T, b *bench.Bench, j *journal) {
				kl30 := b.Rail("kl30")
				c := written(t, kl30, slowDips)
				plan := kl30.Plan(c)
				if plan.Verdict() != profile.Met || !slices.Contains(plan.Methods, profile.ByList) {
					t.Fatalf("planned %v by %v\n%s", plan.Verdict().Before(), plan.Methods, rows(plan.Judgement))
				}
				result, err := kl30.Play(t.Context(), c)
				must(t, err)
				if result.Verdict() != profile.Met {
					t.Errorf("%v\n%s", result.Verdict(), rows(result))
				}
				var sets int
				for _, s := range j.settings("kl30") {
					if s == "set" {
						sets++
					}
				}
				if got := j.settings("kl30"); !slices.Contains(got, "start list") || sets > 2 {
					t.Errorf("settings: %q", got)
				}
				if v := volts(t, kl30); v < 12700*physic.MilliVolt {
					t.Errorf("ends at %v", v)
				}
			})
		})
	}
}

// Off ends a list, and a bench that is closed within one leaves nothing on.
func TestListEndsWithTheBench(t *testing.T) {
	for name, end := range map[string]func(context.Context, *bench.Bench) error{
		"off":   func(ctx context.Context, b *bench.Bench) error { return b.Rail("kl30").Off(ctx) },
		"close": func(ctx context.Context, b *bench.Bench) error { return b.Close(ctx, "in the middle of a list") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, _, err := open(t, listing("keysight-n6700"))
				must(t, err)
				kl30, psu := b.Rail("kl30"), b.Instrument("psu")
				p, err := kl30.Prepare(t.Context(), written(t, kl30, slowDips))
				must(t, err)
				must(t, p.Do())
				time.Sleep(1500 * time.Millisecond)
				must(t, end(t.Context(), b))
				time.Sleep(5 * time.Second) // the list would be over
				if o := psu.Output(1); o.On {
					t.Errorf("left %+v", o)
				}
				if name == "off" {
					must(t, b.Close(t.Context(), "the test is over"))
				}
			})
		})
	}
}

// An output that trips within a list makes the profile void.
func TestListThatTrips(t *testing.T) {
	onBench(t, listing("keysight-n6700"), func(t *testing.T, b *bench.Bench, j *journal) {
		kl30 := b.Rail("kl30")
		p, err := kl30.Prepare(t.Context(), written(t, kl30, slowDips))
		must(t, err)
		must(t, p.Do())
		time.Sleep(1500 * time.Millisecond)
		// Its watchdog, which hears nothing, switches it off.
		b.Instrument("psu").Stall()
		time.AfterFunc(12*time.Second, b.Instrument("psu").Resume)
		_, _ = p.Wait(t.Context())
		if s := said[record.Stimulus](j); len(s) != 1 || !s[0].Void {
			t.Errorf("%+v", s)
		}
		if len(b.TakeFaults()) == 0 {
			t.Error("no fault of the bench")
		}
	})
}

// twoFeeds has a second rail to change over to, and terminals that are discharged quickly.
func twoFeeds(f *config.File, _ *bench.Options) {
	low := f.Rails["kl30"]
	low.Channel, low.Switch, low.Sensor = 2, "", ""
	main := f.Rails["kl30"]
	main.Changeover = &config.SecondRail{Rail: "kl30-low", Switch: "change"}
	// With a supply whose own changes are slow.
	main.Stimulus.Interval, main.Stimulus.Jitter, main.Stimulus.Latency = 100*time.Millisecond, 80*time.Millisecond, 20*time.Millisecond
	f.Rails["kl30"], f.Rails["kl30-low"] = main, low
	f.Switches["change"] = config.Switch{Pin: "virtual:change", Function: config.Changeover}
	wiring := f.Simulation.Rails["kl30"]
	wiring.Capacitance = 10 * physic.MicroFarad
	f.Simulation.Rails["kl30"] = wiring
}

const twoFastDips = `
name: two-fast-dips
tolerance: {below: 300mV, time: 10%}
start: 13V
steps:
  - repeat: 2
    steps:
      - {name: high, to: 13V, hold: 1s}
      - {name: fall, to: 10V, within: 10ms}
      - {name: low, hold: 400ms}
      - {name: rise, to: 13V, within: 10ms}
  - {name: after, hold: 1s}
`

// A changeover makes edges that the supply is too slow for, and leaves the main rail feeding.
func TestPlayByTwoRails(t *testing.T) {
	onBench(t, twoFeeds, func(t *testing.T, b *bench.Bench, j *journal) {
		kl30 := b.Rail("kl30")
		c := written(t, kl30, twoFastDips)
		plan := kl30.Plan(c)
		if !slices.Contains(plan.Methods, profile.ByRails) || plan.Verdict() == profile.NotMet {
			t.Fatalf("planned %v by %v\n%s", plan.Verdict().Before(), plan.Methods, rows(plan.Judgement))
		}
		result, err := kl30.Play(t.Context(), c)
		must(t, err)
		if v := verdicts(result); v["low"] != profile.Met || v["high"] != profile.Met {
			t.Errorf("%v\n%s", result.Verdict(), rows(result))
		}
		time.Sleep(100 * time.Millisecond)
		if b.Switch("change").Closed() {
			t.Error("the changeover is not at rest")
		}
		if v := volts(t, kl30); v < 12500*physic.MilliVolt {
			t.Errorf("ends at %v", v)
		}
		psu := b.Instrument("psu")
		if psu.Output(2).On || !psu.Output(1).On {
			t.Errorf("left %+v and %+v", psu.Output(1), psu.Output(2))
		}
		if first := j.settings("kl30-low"); len(first) == 0 || first[0] != "limits" {
			t.Errorf("settings of the other rail: %q", first)
		}
	})
}

// However a profile on two rails ends, both are off and the changeover at rest.
func TestTwoRailsEndOff(t *testing.T) {
	for name, end := range map[string]func(context.Context, *bench.Bench, *bench.Performance) error{
		"off": func(ctx context.Context, b *bench.Bench, _ *bench.Performance) error { return b.Rail("kl30").Off(ctx) },
		"close": func(ctx context.Context, b *bench.Bench, _ *bench.Performance) error {
			return b.Close(ctx, "in the middle")
		},
		"cancel": func(_ context.Context, _ *bench.Bench, p *bench.Performance) error {
			done, cancel := context.WithCancel(context.Background())
			cancel()
			_, _ = p.Wait(done)
			return nil
		},
	} {
		for _, at := range []time.Duration{500 * time.Millisecond, 1200 * time.Millisecond} { // before and behind a changeover
			t.Run(fmt.Sprint(name, " after ", at), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b, _, err := open(t, twoFeeds)
					must(t, err)
					psu, change := b.Instrument("psu"), b.Contact("change")
					p, err := b.Rail("kl30").Prepare(t.Context(), written(t, b.Rail("kl30"), twoFastDips))
					must(t, err)
					must(t, p.Do())
					time.Sleep(at)
					must(t, end(t.Context(), b, p))
					time.Sleep(3 * time.Second)
					if psu.Output(1).On || psu.Output(2).On || change.Conducts() {
						t.Errorf("left %+v and %+v, changed over: %t", psu.Output(1), psu.Output(2), change.Conducts())
					}
					if name != "close" {
						must(t, b.Close(t.Context(), "the test is over"))
					}
				})
			})
		}
	}
}

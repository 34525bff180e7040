package bench_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/bench/trigger"
	"otabench/ecu"
	"otabench/ecu/flash"
)

// running switches the ECU on and waits for it.
func running(t *testing.T, b *bench.Bench) (*bench.ECU, ecu.Identity) {
	t.Helper()
	bcm := b.ECU("bcm")
	must(t, bcm.Rail().On(t.Context()))
	id, err := bcm.WhoAmI(t.Context())
	must(t, err)
	return bcm, id
}

func TestUpdate(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		bcm, before := running(t, b)
		if before.Software != bcm.Package("current").Manifest.Version {
			t.Errorf("runs %v", before)
		}
		if !bcm.HasPackage("next") || bcm.HasPackage("none") || !slices.Contains(bcm.PackageRoles(), "large") {
			t.Errorf("packages %q", bcm.PackageRoles())
		}
		must(t, bcm.Update(t.Context(), bcm.Package("next")))
		must(t, bcm.AwaitIdentity(t.Context(), 5*time.Second, func(id ecu.Identity) bool { return id.Software == "1.1.0" }))
		must(t, bcm.PowerCycle(t.Context()))
		after, err := bcm.WhoAmI(t.Context())
		must(t, err)
		if after.Software != "1.1.0" {
			t.Errorf("runs %v after a power cycle", after)
		}
		if p := said[record.Progress](j); len(p) == 0 || p[len(p)-1].ECU != "bcm" {
			t.Errorf("progress %v", p)
		}
	})
}

func TestAwaitIdentityGivesUp(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		bcm, _ := running(t, b)
		err := bcm.AwaitIdentity(t.Context(), time.Second, func(ecu.Identity) bool { return false })
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "1.0.0") {
			t.Errorf("%v", err)
		}
	})
}

func TestAnECUWithoutPowerIsSilent(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		if id, err := b.ECU("bcm").WhoAmI(t.Context()); !errors.Is(err, ecu.ErrSilent) && !errors.Is(err, flash.ErrNoBoot) {
			t.Errorf("%v, %v", id, err)
		}
		if s, err := b.ECU("bcm").Session(t.Context()); err == nil {
			t.Errorf("session %d", s)
		}
	})
}

func TestCutWhileABlockIsSent(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		bcm, before := running(t, b)
		cut := b.Arm(bcm.TransferData(3).Sent(), bcm.Rail().Cut(2*time.Second))
		if err := bcm.Update(t.Context(), bcm.Package("next")); err == nil {
			t.Fatal("the update went on without power")
		}
		f, fired := cut.Firing()
		if !fired || f.Err != nil || f.Latency > time.Millisecond {
			t.Fatalf("%v, %+v", fired, f)
		}
		must(t, bcm.AwaitIdentity(t.Context(), 10*time.Second, func(id ecu.Identity) bool { return id.Same(before) }))
		must(t, bcm.Update(t.Context(), bcm.Package("next")))

		armed, done := said[record.TriggerArmed](j), said[record.TriggerFired](j)
		if len(armed) != 1 || armed[0].Condition != "request 36 03 to bcm sent" || armed[0].Action != "cut kl30 for 2s" {
			t.Errorf("%+v", armed)
		}
		if len(done) != 1 || done[0].ID != armed[0].ID || done[0].Error != "" {
			t.Errorf("%+v", done)
		}
	})
}

func TestMomentsOfAnUpdate(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		bcm, _ := running(t, b)
		nothing := trigger.Func("note", func() error { return nil })
		armed := []*trigger.Armed{
			b.Arm(bcm.TransferData(1).Begun(), nothing),
			b.Arm(bcm.TransferExit().Sent(), nothing),
			b.Arm(bcm.Routine(bcm.Description().Routines["erase"].ID).Sent(), nothing),
			b.Arm(bcm.Resetting().Begun(), nothing),
			b.Arm(trigger.Response("bcm", 0x76, 2).Sent(), nothing),
		}
		never := b.Arm(bcm.Routine(0x1234).Sent(), nothing)
		must(t, bcm.Update(t.Context(), bcm.Package("next")))
		for _, a := range armed {
			if _, fired := a.Firing(); !fired {
				t.Errorf("did not fire: %s", a.Condition)
			}
		}
		b.DisarmAll()
		if _, fired := never.Firing(); fired {
			t.Error("fired on a routine that was not requested")
		}
		if idle := said[record.TriggerIdle](j); len(idle) != 1 || idle[0].ID != never.ID {
			t.Errorf("%v", idle)
		}
	})
}

func TestBeforeBlock(t *testing.T) {
	for _, n := range []int{1, 2, 4} {
		onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
			bcm, _ := running(t, b)
			calls, acknowledged := 0, 0
			stop := bcm.BeforeBlock(n, func() {
				calls++
				for _, x := range said[record.Exchange](j) {
					if strings.HasPrefix(x.Response, "76") {
						acknowledged++
					}
				}
			})
			must(t, bcm.Update(t.Context(), bcm.Package("next")))
			stop()
			if calls != 1 || acknowledged != n-1 {
				t.Errorf("before block %d: called %d times, with %d blocks acknowledged", n, calls, acknowledged)
			}
			must(t, bcm.Update(t.Context(), bcm.Package("current")))
			if calls != 1 {
				t.Error("called after stop")
			}
		})
	}
}

func TestAbandonAt(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		bcm, before := running(t, b)
		must(t, bcm.AbandonAt(t.Context(), bcm.Package("next"), 3))
		acknowledged := 0
		exchanges := said[record.Exchange](j)
		for _, x := range exchanges {
			if strings.HasPrefix(x.Response, "76") {
				acknowledged++
			}
		}
		if acknowledged != 3 {
			t.Errorf("%d blocks were acknowledged", acknowledged)
		}
		time.Sleep(2 * time.Second)
		if later := said[record.Exchange](j); len(later) != len(exchanges) {
			t.Errorf("the tester did not fall silent: %+v", later[len(exchanges):])
		}
		if err := bcm.AbandonAt(t.Context(), bcm.Package("next"), 1000); err == nil || !strings.Contains(err.Error(), "ended before block 1000") {
			t.Errorf("%v", err)
		}
		must(t, bcm.PowerCycle(t.Context()))
		must(t, bcm.AwaitIdentity(t.Context(), 10*time.Second, func(id ecu.Identity) bool { return id.Software == before.Software }))
	})
}

func TestForce(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		bcm, _ := running(t, b)
		sent := len(said[record.Exchange](j))
		if err := bcm.Update(t.Context(), bcm.Package("wrong-ecu")); !errors.Is(err, flash.ErrPackage) {
			t.Errorf("%v", err)
		}
		if now := len(said[record.Exchange](j)); now != sent {
			t.Error("a package for another ECU was sent")
		}
		if err := bcm.Force(t.Context(), bcm.Package("wrong-ecu")); !errors.Is(err, ecu.ErrRejected) {
			t.Errorf("the ECU did not refuse: %v", err)
		}
	})
}

func TestSession(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		bcm, _ := running(t, b)
		if s, err := bcm.Session(t.Context()); s != 1 || err != nil {
			t.Errorf("session %d, %v", s, err)
		}
	})
}

func TestBattery(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		bcm, _ := running(t, b)
		must(t, b.Battery().Set(t.Context(), 10, false))
		if err := bcm.Update(t.Context(), bcm.Package("next")); !errors.Is(err, ecu.ErrPreconditions) {
			t.Errorf("with an empty battery: %v", err)
		}
		must(t, b.Battery().Set(t.Context(), 10, true))
		must(t, bcm.Update(t.Context(), bcm.Package("next")))
		must(t, b.Battery().Set(t.Context(), 62.5, false))
		if got, err := bcm.ReadDID(t.Context(), "state_of_charge"); err != nil || !strings.HasPrefix(got, "62") && got != "125" {
			t.Errorf("state of charge %q, %v", got, err)
		}
	})
}

func TestSilentBattery(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		bcm, _ := running(t, b)
		must(t, b.Battery().Set(t.Context(), 80, false))
		resume := b.Battery().Hush()
		time.Sleep(2 * time.Second)
		if got, err := bcm.ReadDID(t.Context(), "state_of_charge"); err != nil || got != "unknown" {
			t.Errorf("without the battery's message: state of charge %q, %v", got, err)
		}
		resume()
		must(t, b.Battery().Set(t.Context(), 60, false))
		if got, err := bcm.ReadDID(t.Context(), "state_of_charge"); err != nil || !strings.HasPrefix(got, "60") {
			t.Errorf("with it again: state of charge %q, %v", got, err)
		}
	})
}

func TestBatteryOfAClosedBench(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _, err := open(t, nil)
		must(t, err)
		must(t, b.Close(t.Context(), "done"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := b.Battery().Set(ctx, 50, false); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
	})
}

func TestBenchWithoutBatteryAndConsole(t *testing.T) {
	bare := func(f *config.File, o *bench.Options) {
		f.Battery = nil
		e := f.ECUs["bcm"]
		e.Console = ""
		f.ECUs["bcm"] = e
		sim := f.Simulation.ECUs["bcm"]
		sim.Gates.MinCharge = nil
		f.Simulation.ECUs["bcm"] = sim
		o.ConsoleLog = func(string) (io.WriteCloser, error) { panic("there is no console to log") }
	}
	onBench(t, bare, func(t *testing.T, b *bench.Bench, _ *journal) {
		bcm, _ := running(t, b)
		if b.Battery() != nil || bcm.Console() != nil {
			t.Error("has a battery or a console")
		}
		must(t, bcm.Update(t.Context(), bcm.Package("next")))
	})
}

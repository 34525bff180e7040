package bench_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/can"
	"otabench/ecu/ota"
	"otabench/ecu/sim/master"
)

// mixture cuts the power of the last ECU while that writes its confirmation, so that it goes back to its old software and
// the first one has the new. It returns what the dashboard shows of that.
func (o *owner) mixture(ctx context.Context, t *testing.T) ota.View {
	t.Helper()
	var once sync.Once
	sub := o.b.Bus("body").Handle(func(f can.Received) {
		service, rest := request(f.Frame)
		if service == 0x31 && rest[1] == 0x02 && rest[2] == 0x11 {
			once.Do(func() {
				time.AfterFunc(50*time.Millisecond, func() {
					if err := o.b.Rail("kl30").CutNow(darkness); err != nil {
						t.Error(err)
					}
				})
			})
		}
	}, can.Exactly(0x7E0, false))
	defer sub.Cancel()
	failed := make(chan ota.View, 1)
	stop := o.dash.Watch(func(v ota.View) {
		if v.State == ota.Failed {
			select {
			case failed <- v:
			default:
			}
		}
	})
	defer stop()
	_, err := o.v.Publish(both("next"))
	must(t, err)
	updating, done := context.WithCancel(ctx)
	var user sync.WaitGroup
	user.Go(func() { _, _ = o.updates(updating) })
	defer user.Wait()
	defer done()
	select {
	case v := <-failed:
		return v
	case <-ctx.Done():
		t.Fatal("the vehicle was not mixed")
		return ota.View{}
	}
}

// A vehicle with two generations of software cannot be driven, and does not forget that when its master restarts.
func TestAMixedVehicleIsNotDrivenAfterARestart(t *testing.T) {
	onVehicle(t, seldom, func(t *testing.T, b *bench.Bench, _ *journal) {
		v, o := b.Vehicle(), newOwner(b)
		ctx, cancel := context.WithTimeout(t.Context(), settling)
		defer cancel()
		if view := o.mixture(ctx, t); view.Drivable {
			t.Fatalf("%v, and it can be driven", view)
		}
		must(t, v.Restart(ctx))
		time.Sleep(3 * time.Second)
		view, _ := o.dash.View()
		now, err := o.software(ctx)
		must(t, err)
		if now["vcu"].Software == now["bcm"].Software {
			t.Fatalf("it is not mixed: %v", now)
		}
		drives, err := v.Drive(30)
		must(t, err)
		if view.Drivable || drives {
			t.Errorf("%v, and it can be driven: %v", view, drives)
		}
		must(t, v.Park())
		end, err := o.updates(ctx)
		must(t, err)
		if end.State != ota.Succeeded {
			t.Errorf("it ends with %v", end)
		}
		must(t, o.settles(ctx, end))
	})
}

// Whoever has a mixed vehicle needs the rest of the update, also if the maker has taken the campaign back meanwhile.
func TestAMixedVehicleIsCompletedThoughTheCampaignIsCancelled(t *testing.T) {
	onVehicle(t, seldom, func(t *testing.T, b *bench.Bench, _ *journal) {
		v, o := b.Vehicle(), newOwner(b)
		ctx, cancel := context.WithTimeout(t.Context(), settling)
		defer cancel()
		o.mixture(ctx, t)
		must(t, v.Backend.Cancel(v.Config().VIN))
		end, err := o.updates(ctx)
		must(t, err)
		if end.State != ota.Succeeded {
			t.Errorf("it ends with %v", end)
		}
		must(t, o.settles(ctx, end))
	})
}

// The faults that these tests have found stay what they were.
func TestAMixedVehicleThatForgets(t *testing.T) {
	forgets := func(f *config.File, o *bench.Options) {
		seldom(f, o)
		f.Simulation.Master.Faults = append(f.Simulation.Master.Faults, master.MixedForgotten)
	}
	onVehicle(t, forgets, func(t *testing.T, b *bench.Bench, _ *journal) {
		ctx, cancel := context.WithTimeout(t.Context(), settling)
		defer cancel()
		o := newOwner(b)
		o.mixture(ctx, t)
		must(t, o.v.Restart(ctx))
		time.Sleep(3 * time.Second)
		if view, _ := o.dash.View(); !view.Drivable {
			t.Errorf("with the fault it shows %v, and cannot be driven", view)
		}
	})
}

// An installation for which the time is not known waits, and is given up only with the fault.
func TestAnInstallationWaitsForTheClock(t *testing.T) {
	for _, faults := range [][]master.Fault{nil, {master.ClockNotAwaited}} {
		change := func(f *config.File, _ *bench.Options) { f.Simulation.Master.Faults = faults }
		onVehicle(t, change, func(t *testing.T, b *bench.Bench, _ *journal) {
			v, o := b.Vehicle(), newOwner(b)
			ctx, cancel := context.WithTimeout(t.Context(), settling)
			defer cancel()
			await := func(what string, wanted func(ota.View) bool) {
				t.Helper()
				_, err := ota.Await(ctx, o.dash, what, wanted)
				must(t, err)
			}
			_, err := v.Publish(both("next"))
			must(t, err)
			await("an offer", func(v ota.View) bool { return v.State == ota.Offered })
			must(t, o.gets(ctx))
			must(t, v.Act(ctx, o.dash, ota.Action{Do: ota.Schedule, User: "owner", At: time.Now().Add(3 * time.Second).Truncate(time.Second)}))
			await("the question", func(v ota.View) bool { return v.State == ota.Confirming })
			o.answers(ctx, ota.View{Choices: []ota.Deed{ota.Confirm}})
			must(t, v.SetCharge(ctx, 10, false))
			await("a low battery", func(v ota.View) bool { return v.State == ota.Paused && v.Cause == ota.LowBattery })
			v.HideTime()
			must(t, v.SetCharge(ctx, 80, false))
			if faults != nil {
				await("that it is given up", func(v ota.View) bool { return v.State == ota.Failed && v.Cause == ota.ClockUnknown && v.Next.IsZero() })
				return
			}
			await("that it waits", func(v ota.View) bool { return v.State == ota.Paused && v.Cause == ota.ClockUnknown })
			v.SetTime(0)
			await("success", func(v ota.View) bool { return v.State == ota.Succeeded })
		})
	}
}

package bench_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/can"
	"otabench/ecu/ota"
)

// The power goes once, at moments of the whole update from the offer to the end: that of the master's rail, that of an ECU
// which the master survives, and that of all. Whatever it meets, the update succeeds in the end, as there are more attempts
// than one, the vehicle says so and can be driven, and it takes a later update.
func TestPowerCutsDuringAnUpdate(t *testing.T) {
	if testing.Short() {
		t.Skip("a sweep")
	}
	points := 48
	if racing {
		points = 8
	}
	moments := spread(undisturbed(t), points)
	t.Logf("%d moments from %v to %v", len(moments), moments[0], moments[len(moments)-1])
	for _, c := range []struct {
		name  string
		rails []string
	}{
		{"master", []string{"kl30-2"}},
		{"last ECU", []string{"kl30"}},
		{"all", []string{"kl30", "kl30-2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, at := range moments {
				t.Run(at.String(), func(t *testing.T) {
					powerCut(t, at, c.rails)
				})
			}
		})
	}
}

// darkness is how long the power is away.
const darkness = time.Second

// settling is how long an update may take with all that goes wrong in it, in virtual time.
const settling = 5 * time.Minute

// undisturbed updates a vehicle, and returns when since the release something happened on the bus: a request to an ECU
// began, or its answer, or the dashboard was told something.
func undisturbed(t *testing.T) (moments []time.Duration) {
	t.Helper()
	onVehicle(t, seldom, func(t *testing.T, b *bench.Bench, _ *journal) {
		var mu sync.Mutex
		var began time.Time
		note := func() {
			mu.Lock()
			defer mu.Unlock()
			if !began.IsZero() {
				moments = append(moments, time.Since(began))
			}
		}
		transfers := 0
		b.Bus("body").Tap(func(f can.Received) {
			switch service, _ := request(f.Frame); {
			case service == 0x36: // all alike
				if transfers++; transfers%20 == 0 {
					note()
				}
			case service != 0:
				note()
			}
		})
		o := newOwner(b)
		o.dash.Watch(func(ota.View) { note() })
		must(t, b.Vehicle().Link.Shape(slowWiFi))
		_, err := b.Vehicle().Publish(both("next"))
		must(t, err)
		mu.Lock()
		began = time.Now()
		mu.Unlock()
		ctx, cancel := context.WithTimeout(t.Context(), settling)
		defer cancel()
		end, err := o.updates(ctx)
		must(t, err)
		if end.State != ota.Succeeded || len(o.breaches) != 0 {
			t.Fatalf("it ends with %v, %q", end, o.breaches)
		}
	})
	slices.Sort(moments)
	return slices.Compact(moments)
}

// spread returns n moments: half of them are evenly chosen of those given, and half evenly of the time between, since much
// happens in an ECU while nothing is on the bus.
func spread(moments []time.Duration, n int) []time.Duration {
	var some []time.Duration
	first, last := moments[0], moments[len(moments)-1]
	half := n / 2
	for i := range half {
		some = append(some, moments[i*(len(moments)-1)/(half-1)], first+time.Duration(i)*(last-first)/time.Duration(half-1))
	}
	slices.Sort(some)
	return slices.Compact(some)
}

// seldom reads the rails and asks the backend seldom: a sweep is over many updates.
func seldom(f *config.File, o *bench.Options) {
	o.Sampling = 100 * time.Millisecond
	f.Simulation.Master.Timing.Poll = time.Second
}

// powerCut is one trial.
func powerCut(t *testing.T, at time.Duration, rails []string) {
	onVehicle(t, seldom, func(t *testing.T, b *bench.Bench, _ *journal) {
		v, o := b.Vehicle(), newOwner(b)
		ctx, cancel := context.WithTimeout(t.Context(), settling)
		defer cancel()
		must(t, v.Link.Shape(slowWiFi))
		_, err := v.Publish(both("next"))
		must(t, err)
		cut := time.AfterFunc(at, func() {
			for _, r := range rails {
				if err := b.Rail(r).CutNow(darkness); err != nil {
					t.Error(err)
				}
			}
			o.dash.Forget()
		})
		defer cut.Stop()
		end, err := o.updates(ctx)
		must(t, err)
		if end.State != ota.Succeeded {
			t.Errorf("one power cut, and it ends with %v: %s", end, end.Text)
		}
		must(t, o.settles(ctx, end))
		must(t, o.updatesLater(ctx))
		for _, breach := range o.breaches {
			t.Error(breach)
		}
	})
}

// settles wants a vehicle whose update has ended to stay as it is.
func (o *owner) settles(ctx context.Context, end ota.View) error {
	time.Sleep(4 * time.Second)
	last, _ := o.dash.View()
	now, err := o.software(ctx)
	if err != nil {
		return err
	}
	if last.State != end.State {
		err = fmt.Errorf("%v was no end; it shows %v", end, last)
	}
	if !last.Drivable {
		return errors.Join(err, agree(last, now))
	}
	drives, driving := o.v.Drive(30)
	if !drives {
		err = errors.Join(err, driving, fmt.Errorf("%v, but the vehicle cannot be driven", last))
	}
	return errors.Join(err, agree(last, now), o.v.Park())
}

// updatesLater wants the next campaign to succeed, whatever became of the first.
func (o *owner) updatesLater(ctx context.Context) error {
	now, err := o.software(ctx)
	if err != nil {
		return err
	}
	wanted := "next"
	if now["vcu"].Software == o.b.ECU("vcu").Package("next").Manifest.Version {
		wanted = "current"
	}
	if err := o.dismisses(ctx); err != nil {
		return err
	}
	if _, err := o.v.Publish(both(wanted)); err != nil {
		return err
	}
	end, err := o.updates(ctx)
	if err != nil {
		return fmt.Errorf("the later update: %w", err)
	}
	if end.State != ota.Succeeded {
		return fmt.Errorf("the later update ends with %v", end)
	}
	return nil
}

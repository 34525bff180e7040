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
	"otabench/bench/embedded"
	"otabench/bench/link"
	"otabench/can"
	"otabench/ecu"
	"otabench/ecu/ota"
)

// onVehicle runs f with the vehicle of the embedded bench, awake, parked and with a full battery.
func onVehicle(t *testing.T, change func(*config.File, *bench.Options), f func(t *testing.T, b *bench.Bench, j *journal)) {
	t.Helper()
	onText(t, embedded.YAML, change, func(t *testing.T, b *bench.Bench, j *journal) {
		v := b.Vehicle()
		must(t, v.Wake(t.Context()))
		must(t, v.Park())
		must(t, v.SetCharge(t.Context(), 80, false))
		f(t, b, j)
		must(t, v.Sleep(t.Context()))
	})
}

// slowWiFi is good enough, and a download takes a while.
var slowWiFi = link.Profile{Name: "slow Wi-Fi", Down: 2 * link.Mbit, Up: 2 * link.Mbit}

// both is a campaign with the packages of one role for both ECUs.
func both(role string) bench.Campaign {
	return bench.Campaign{Packages: map[string]string{"vcu": role, "bcm": role}}
}

// owner wants the vehicle updated, and does what its dashboard offers for that. Beside, the owner is a witness: what must
// not be seen is written down.
type owner struct {
	b    *bench.Bench
	v    *bench.Vehicle
	dash ota.Display

	mu       sync.Mutex
	agreed   bool     // the question that was asked last was answered with yes
	inhibit  bool     // the master says that the vehicle must not be driven
	breaches []string // of what a vehicle must never do
}

func newOwner(b *bench.Bench) *owner {
	o := &owner{b: b, v: b.Vehicle(), dash: b.Vehicle().Displays()[0]}
	o.dash.Watch(o.reads)
	b.Bus("body").Tap(o.hears)
	return o
}

// reads looks at what is shown.
func (o *owner) reads(v ota.View) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if v.State == ota.Confirming {
		o.agreed = false
	}
	if !v.Next.IsZero() && time.Until(v.Next).Abs() > time.Hour {
		o.breaches = append(o.breaches, fmt.Sprintf("%v announces the next attempt for %v", v, v.Next))
	}
}

// control is the message by which the master keeps the vehicle from being driven.
const control = 0x5A2

// hears listens to the bus.
func (o *owner) hears(f can.Received) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if f.ID == control && f.Len > 0 {
		o.inhibit = f.Data[0]&1 != 0
	}
	what := intrusion(f.Frame)
	switch {
	case what == "":
	case !o.agreed:
		o.breaches = append(o.breaches, "without consent: "+what)
	case !o.inhibit:
		o.breaches = append(o.breaches, "while the vehicle can be driven: "+what)
	}
}

// intrusion says what a request to an ECU changes in it, "" if it changes nothing.
func intrusion(f can.Frame) string {
	service, rest := request(f)
	switch {
	case service == 0x34:
		return "a download into an ECU begins"
	case service == 0x31 && len(rest) >= 3 && rest[1] == 0x02 && rest[2] == 0x10:
		return "new software is activated"
	case service == 0x31 && len(rest) >= 3 && rest[1] == 0x02 && rest[2] == 0x11:
		return "new software is confirmed"
	}
	return ""
}

// request returns the service of a frame with which a request to an ECU of the embedded bench begins, and the bytes behind
// it; 0 for all other frames.
func request(f can.Frame) (service byte, rest []byte) {
	if f.ID != 0x7E0 && f.ID != 0x7E1 || f.Len < 3 {
		return 0, nil
	}
	data := f.Data[:f.Len]
	switch data[0] >> 4 {
	case 0:
		return data[1], data[2:]
	case 1:
		return data[2], data[3:]
	}
	return 0, nil
}

// impatience is how long the owner looks at an offer that does not react, before touching it again.
const impatience = 4 * time.Second

// updates goes on until the vehicle says that the update has succeeded, or that it has failed for good, and returns what it
// says. Each end that it shows meanwhile is compared with the ECUs.
func (o *owner) updates(ctx context.Context) (ota.View, error) {
	news := make(chan struct{}, 1)
	stop := o.dash.Watch(func(ota.View) {
		select {
		case news <- struct{}{}:
		default:
		}
	})
	defer stop()
	var last ota.View
	for touched := (time.Time{}); ; {
		v, ok := o.dash.View()
		if same := v.State == last.State; ok && (!same || time.Since(touched) > impatience) {
			if !same && (v.State == ota.Failed || v.State == ota.Succeeded) {
				o.compares(ctx, v)
			}
			last, touched = v, time.Now()
			if v.State == ota.Succeeded || v.State == ota.Failed && v.Next.IsZero() {
				return v, nil
			}
			o.answers(ctx, v)
		}
		select {
		case <-news:
		case <-time.After(impatience):
		case <-ctx.Done():
			return v, fmt.Errorf("the vehicle comes to no end; it shows %v: %w", v, context.Cause(ctx))
		}
	}
}

// answers touches what leads on.
func (o *owner) answers(ctx context.Context, v ota.View) {
	for _, d := range []ota.Deed{ota.Download, ota.Install, ota.Confirm} {
		if !v.Can(d) {
			continue
		}
		if d == ota.Confirm {
			o.mu.Lock()
			o.agreed = true
			o.mu.Unlock()
		}
		// A touch that is lost is made again.
		_ = o.v.Act(ctx, o.dash, ota.Action{Do: d, User: o.v.Owner()})
		return
	}
}

// gets touches Download until the update is ready: a vehicle that meets a bad connection before that is asked again.
func (o *owner) gets(ctx context.Context) error {
	ready := func(v ota.View) bool { return v.State == ota.Ready }
	for {
		if err := o.v.Act(ctx, o.dash, ota.Action{Do: ota.Download, User: o.v.Owner()}); err != nil {
			return err
		}
		one, cancel := context.WithTimeout(ctx, 2*impatience)
		_, err := ota.Await(one, o.dash, "that the update is ready", ready)
		cancel()
		if v, _ := o.dash.View(); err == nil || ctx.Err() != nil || !v.Can(ota.Download) {
			return err
		}
	}
}

// dismisses takes note of what the vehicle says last, and waits until it has gone.
func (o *owner) dismisses(ctx context.Context) error {
	for {
		if err := o.v.Act(ctx, o.dash, ota.Action{Do: ota.Dismiss, User: o.v.Owner()}); err != nil {
			return err
		}
		one, cancel := context.WithTimeout(ctx, impatience)
		_, err := ota.Await(one, o.dash, "that it was dismissed", func(v ota.View) bool { return !v.Can(ota.Dismiss) })
		cancel()
		if err == nil || ctx.Err() != nil {
			return err
		}
	}
}

// software is what the ECUs say of themselves, once they have power.
func (o *owner) software(ctx context.Context) (map[string]ecu.Identity, error) {
	defer o.v.Ask()()
	ctx, cancel := context.WithTimeout(ctx, impatience)
	defer cancel()
	all := map[string]ecu.Identity{}
	for _, role := range o.v.Config().Behind {
		id, err := o.b.ECU(role).WhoAmI(ctx)
		for err != nil && ctx.Err() == nil { // it boots, or the master asks it as well
			id, err = o.b.ECU(role).WhoAmI(ctx)
		}
		if err != nil {
			return nil, err
		}
		all[role] = id
	}
	return all, nil
}

// compares wants the ECUs to be as the dashboard says.
func (o *owner) compares(ctx context.Context, v ota.View) {
	now, err := o.software(ctx)
	if err == nil {
		err = agree(v, now)
	}
	if err != nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.breaches = append(o.breaches, err.Error())
	}
}

// agree says where a view of an end and the ECUs do not agree.
func agree(v ota.View, now map[string]ecu.Identity) error {
	var errs []error
	wrong := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%v, but "+format, append([]any{v}, args...)...))
	}
	versions := map[string]bool{}
	for role, id := range now {
		versions[id.Software] = true
		if id.BootState == "trial" || id.BootState == "bootloader" {
			wrong("%s is in %s", role, id)
		}
		// The dashboard does not show what runs; the app does.
		if len(v.Software) > 0 && !slices.ContainsFunc(v.Software, func(r ota.Running) bool { return r.ECU == role && r.Version == id.Software }) {
			wrong("%s runs %s; told is %v", role, id.Software, v.Software)
		}
		if v.State == ota.Succeeded && v.Offer != nil && id.Software != v.Offer.Version {
			wrong("%s runs %s", role, id.Software)
		}
	}
	if mixed := len(versions) > 1; mixed && v.Drivable {
		wrong("it is drivable with a mixture: %v", now)
	} else if !mixed && !v.Drivable && v.Next.IsZero() { // an ECU that did not answer is tried again
		wrong("it is not drivable, with %v", now)
	}
	return errors.Join(errs...)
}

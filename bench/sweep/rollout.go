package sweep

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"otabench/bench"
	"otabench/bench/backend"
	"otabench/bench/link"
	"otabench/can"
	"otabench/ecu"
	"otabench/ecu/ota"
)

// rollout is one update of a vehicle, with its owner who wants it, and a witness of what must not be.
type rollout struct {
	b       *bench.Bench
	v       *bench.Vehicle
	ecus    []*bench.ECU
	dash    ota.Display
	release backend.Release
	before  map[string]ecu.Identity
	began   time.Time

	mu      sync.Mutex
	state   ota.State // that is shown
	agreed  bool      // the last question was answered with yes
	inhibit bool      // the vehicle cannot be driven
	breach  string    // the first thing that must not have been
}

// slow is a connection on which a download takes a while.
var slow = link.Profile{Name: "a slow Wi-Fi", Down: 2 * link.Mbit, Up: 2 * link.Mbit}

func newRollout(ctx context.Context, b *bench.Bench, role string) (*rollout, error) {
	r := &rollout{b: b, v: b.Vehicle(), before: map[string]ecu.Identity{}}
	if role == "" {
		role = "next"
	}
	if err := r.v.Wake(ctx); err != nil {
		return nil, err
	}
	for _, f := range []func() error{
		r.v.Park, func() error { return r.v.SetCharge(ctx, full, false) }, func() error { return r.v.Link.Shape(slow) },
	} {
		if err := f(); err != nil {
			return nil, err
		}
	}
	c := bench.Campaign{Packages: map[string]string{}}
	for _, name := range r.v.Config().Behind {
		e := b.ECU(name)
		if !e.HasPackage(role) {
			return nil, fmt.Errorf("the bench file names no package %q for %s", role, name)
		}
		r.ecus = append(r.ecus, e)
		c.Packages[name] = role
	}
	r.dash = r.v.Displays()[0]
	now, err := r.software(ctx)
	if err != nil {
		return nil, err
	}
	r.before = now
	r.release, err = r.v.Release(c)
	return r, err
}

// full is a state of charge that is enough, in percent.
const full = 80

// software is what the ECUs say that they run. One that does not answer has none.
func (r *rollout) software(ctx context.Context) (map[string]ecu.Identity, error) {
	all, _ := r.v.Software(ctx) // who is missing is judged
	return all, ctx.Err()
}

// run publishes the release, disturbs the rollout at a point, nil for none, and goes on until the vehicle comes to an end of
// its own. The error is the bench's.
func (r *rollout) run(ctx context.Context, p *VehiclePoint) (res VehicleResult, err error) {
	if p != nil {
		res.VehiclePoint = *p
		action, err := r.cut(p.Fault)
		if err != nil {
			return res, err
		}
		armed := r.b.Arm(r.frame(p.N), action)
		defer func() {
			select {
			case <-armed.Done():
			default:
				res.Outcome, res.Wrong = Missed, ""
			}
		}()
	}
	stops := []func(){r.dash.Watch(r.reads), r.b.Bus(r.v.Config().Bus).Tap(r.hears)}
	defer func() {
		for _, stop := range stops {
			stop()
		}
	}()
	r.mu.Lock()
	r.began = time.Now()
	r.mu.Unlock()
	if err := r.v.Backend.Publish(r.v.Config().VIN, r.release); err != nil {
		return res, err
	}
	limited, cancel := context.WithTimeout(ctx, settling)
	defer cancel()
	first, last, ended := r.wants(limited)
	if err := ctx.Err(); err != nil {
		return res, err
	}
	now, err := r.software(ctx)
	if err != nil {
		return res, err
	}
	res.Shown, res.Software = last.String(), describe(now)
	res.Outcome, res.Recovered = first, last.State == ota.Succeeded
	res.Wrong = r.judge(first, last, now, ended)
	return res, nil
}

// judge says why the end of a rollout may not be.
func (r *rollout) judge(first Outcome, last ota.View, now map[string]ecu.Identity, ended error) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch end := r.outcome(now); {
	case r.breach != "":
		return r.breach
	case ended != nil:
		return ended.Error()
	case first == Mixed || first == Bricked:
		return fmt.Sprintf("the vehicle is %s and can be driven", first)
	case last.State != ota.Succeeded:
		return fmt.Sprintf("the update is given up after one disturbance: %v", last)
	case end != New:
		return fmt.Sprintf("the user is told of a success, and the ECUs are %s", end)
	case !last.Drivable || r.inhibit:
		return "the update has succeeded and the vehicle cannot be driven"
	}
	return ""
}

// outcome is what the ECUs run.
func (r *rollout) outcome(now map[string]ecu.Identity) Outcome {
	updated, old := 0, 0
	for _, m := range r.release.Members {
		id, answers := now[m.ECU]
		switch {
		case !answers:
			return Bricked
		case id.Software == m.Version && id.RXSWIN == m.RXSWIN && id.Confirmed():
			updated++
		case id.Same(r.before[m.ECU]):
			old++
		}
	}
	switch n := len(r.release.Members); {
	case updated == n:
		return New
	case old == n:
		return Old
	}
	return Mixed
}

func describe(now map[string]ecu.Identity) string {
	var all []string
	for name, id := range now {
		all = append(all, fmt.Sprintf("%s %s %s", name, id.Software, id.BootState))
	}
	return strings.Join(slices.Sorted(slices.Values(all)), ", ")
}

// impatience is how long the owner looks at a question that does not react, before touching it again.
const impatience = 4 * time.Second

// wants touches what leads on to the update until it has succeeded or was given up. first is what the ECUs were at the first
// end that was shown.
func (r *rollout) wants(ctx context.Context) (first Outcome, last ota.View, err error) {
	news := make(chan struct{}, 1)
	stop := r.dash.Watch(func(ota.View) {
		select {
		case news <- struct{}{}:
		default:
		}
	})
	defer stop()
	for touched := (time.Time{}); ; {
		v, ok := r.dash.View()
		if same := v.State == last.State; ok && (!same || time.Since(touched) > impatience) {
			ends := v.State == ota.Failed || v.State == ota.Succeeded
			if ends && first == "" {
				first = r.at(ctx, v)
			}
			last, touched = v, time.Now()
			if v.State == ota.Succeeded || v.State == ota.Failed && v.Next.IsZero() {
				return first, v, nil
			}
			r.answers(ctx, v)
		}
		select {
		case <-news:
		case <-time.After(impatience):
		case <-ctx.Done():
			return first, v, fmt.Errorf("the vehicle comes to no end; it shows %v", v)
		}
	}
}

// at is what the ECUs are at an end that is shown: those of a vehicle that cannot be driven may differ.
func (r *rollout) at(ctx context.Context, v ota.View) Outcome {
	now, err := r.software(ctx)
	if err != nil {
		return Void
	}
	o := r.outcome(now)
	if (o == Mixed || o == Bricked) && !v.Drivable {
		return Recoverable
	}
	return o
}

// answers touches what leads on.
func (r *rollout) answers(ctx context.Context, v ota.View) {
	for _, d := range []ota.Deed{ota.Download, ota.Install, ota.Confirm} {
		if !v.Can(d) {
			continue
		}
		if d == ota.Confirm {
			r.mu.Lock()
			r.agreed = true
			r.mu.Unlock()
		}
		_ = r.v.Act(ctx, r.dash, ota.Action{Do: d, User: r.v.Owner()}) // a touch that is lost is made again
		return
	}
}

// reads follows what is shown.
func (r *rollout) reads(v ota.View) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if v.State == ota.Confirming && r.state != v.State {
		r.agreed = false
	}
	r.state = v.State
}

// hears follows the bus: no ECU is written to before the owner has agreed, nor while the vehicle can be driven.
func (r *rollout) hears(f can.Received) {
	r.mu.Lock()
	defer r.mu.Unlock()
	inhibited, told := r.v.Inhibited(f.Frame)
	if told {
		r.inhibit = inhibited
	}
	if r.breach != "" || !r.requestsDownload(f.Frame) {
		return
	}
	switch {
	case !r.agreed:
		r.breach = "an ECU is written to although the owner has not agreed"
	case !r.inhibit:
		r.breach = "an ECU is written to while the vehicle can be driven"
	}
}

// requestsDownload says that a frame begins a RequestDownload to one of the ECUs.
func (r *rollout) requestsDownload(f can.Frame) bool {
	for _, e := range r.ecus {
		if a := e.Description().Address; f.ID == a.Request && f.Is(can.Extended) == a.Extended {
			service, _ := opens(f)
			return service == requestDownload
		}
	}
	return false
}

// requestDownload is the service of ISO 14229-1:2020, 15.2.
const requestDownload = 0x34

// opens returns the service of a message that a frame begins, in normal addressing (ISO 15765-2), and false for other frames.
func opens(f can.Frame) (service byte, ok bool) {
	data := f.Data[:f.Len]
	switch {
	case len(data) < 3:
		return 0, false
	case data[0]>>4 == 0:
		return data[1], true
	case data[0]>>4 == 1:
		return data[2], true
	}
	return 0, false
}

// listen hands over each frame between the master and the ECUs, in order.
func (r *rollout) listen(each func(VehicleFrame)) (stop func()) {
	n := 0
	return r.b.Bus(r.v.Config().Bus).Tap(func(f can.Received) {
		for _, e := range r.ecus {
			a := e.Description().Address
			if f.Is(can.Extended) != a.Extended || f.ID != a.Request && f.ID != a.Response {
				continue
			}
			r.mu.Lock()
			phase, began := string(r.state), r.began
			r.mu.Unlock()
			if began.IsZero() {
				continue
			}
			n++
			service, first := opens(f.Frame)
			words := fmt.Sprintf("frame %d, to %s", n, e.Name())
			if f.ID == a.Response {
				words = fmt.Sprintf("frame %d, from %s", n, e.Name())
			}
			if first {
				words += fmt.Sprintf(", a message %02X begins", service)
			}
			each(VehicleFrame{N: n, At: f.Time.Sub(began), Phase: phase, Words: words, Begins: first})
		}
	})
}

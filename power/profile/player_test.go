package profile_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/physic"

	"otabench/power/profile"
)

// rig is a rail with everything, which notes what it is told and when. Each command takes its time.
type rig struct {
	begin time.Time
	takes time.Duration
	fail  string // the first command that contains it fails
	log   []string
}

var errUnplugged = errors.New("unplugged")

func (r *rig) note(format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	r.log = append(r.log, fmt.Sprint(time.Since(r.begin), " ", text))
	if r.fail != "" && strings.Contains(text, r.fail) {
		r.fail = ""
		return errUnplugged
	}
	time.Sleep(r.takes)
	return nil
}

func (r *rig) Set(_ context.Context, v physic.ElectricPotential) error { return r.note("set %v", v) }

func (r *rig) Off(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return r.note("off")
}
func (r *rig) Make() error  { return r.note("make") }
func (r *rig) Break() error { return r.note("break") }
func (r *rig) Prepare(_ context.Context, v physic.ElectricPotential) error {
	return r.note("prepare %v", v)
}
func (r *rig) Swap() error { return r.note("swap") }
func (r *rig) Load(_ context.Context, steps []profile.Step, repeat int) error {
	return r.note("load %d x %d", len(steps), repeat)
}
func (r *rig) Run(context.Context) error { return r.note("run") }

func (r *rig) player() *profile.Player {
	return &profile.Player{Output: r, Line: r, Rails: r, Lister: r}
}

const mixed = `
name: mixed
tolerance: {below: 200mV, time: 5%}
start: 12V
steps:
  - {name: before, hold: 1s}
  - await: crank
  - {name: low, to: 9V, hold: 1s}
  - {name: cut, cut: 500ms}
  - repeat: 2
    steps:
      - {name: after, to: 10V, hold: 100ms}
      - {name: end, to: 11V, hold: 100ms}
`

func plan(t *testing.T, text string, can profile.Capability) *profile.Plan {
	t.Helper()
	c, err := parse(t, text).Compile(nil)
	if err != nil {
		t.Fatal(err)
	}
	return profile.NewPlan(c, can)
}

// Every action is due at its own time, ahead by its latency; what a command takes does not move the next.
func TestPlay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &rig{begin: time.Now(), takes: 3 * ms}
		p := r.player()
		p.Event = func(ctx context.Context, name string) (time.Time, error) {
			at := r.begin.Add(3 * time.Second)
			time.Sleep(time.Until(at) + ms) // it is told late
			return at, r.note("saw %s", name)
		}
		played, err := p.Play(t.Context(), plan(t, mixed, dp832()), r.begin)
		if err != nil {
			t.Fatal(err)
		}
		// The supply is slower than the switch by 25 ms, and a command comes 30 ms before its effect.
		want := []string{
			"3.001s saw crank", "3.004s set 8.900V", "4.025s break", "4.5s set 9.900V", "4.525s make",
			"4.6s set 10.900V", "4.7s set 9.900V", "4.8s set 10.900V",
		}
		if d := cmp.Diff(want, r.log); d != "" {
			t.Error(d)
		}
		if played.Late() != 4*ms {
			t.Errorf("late by %v", played.Late())
		}
		if got := time.Since(r.begin); got != 4930*ms {
			t.Errorf("over after %v", got)
		}
	})
}

func TestPlayEndsOff(t *testing.T) {
	for _, fail := range []string{"set 8.9", "break", "make", "set 10.9"} {
		synctest.Test(t, func(t *testing.T) {
			r := &rig{begin: time.Now(), fail: fail}
			p := r.player()
			p.Event = func(context.Context, string) (time.Time, error) { return time.Now(), nil }
			_, err := p.Play(t.Context(), plan(t, mixed, dp832()), time.Now())
			if !errors.Is(err, errUnplugged) || !strings.Contains(r.log[len(r.log)-1], "off") {
				t.Errorf("%v, %v", err, r.log)
			}
		})
	}
}

func TestListRefusedEndsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &rig{begin: time.Now(), fail: "load"}
		_, err := r.player().Play(t.Context(), profile.NewPlan(compile(t, "iso16750-2-starting-4"), n6705()), time.Now())
		if !errors.Is(err, errUnplugged) || len(r.log) != 2 || !strings.HasSuffix(r.log[1], "off") {
			t.Errorf("%v, %v", err, r.log)
		}
	})
}

func TestPlayInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &rig{begin: time.Now()}
		p := r.player()
		p.Event = func(ctx context.Context, _ string) (time.Time, error) {
			<-ctx.Done()
			return time.Time{}, ctx.Err()
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		_, err := p.Play(ctx, plan(t, mixed, dp832()), time.Now())
		if !errors.Is(err, context.DeadlineExceeded) || !strings.HasSuffix(r.log[len(r.log)-1], "off") {
			t.Errorf("%v, %v", err, r.log)
		}
	})
}

func TestPlayList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &rig{begin: time.Now()}
		c := compile(t, "iso16750-2-starting-4")
		if _, err := r.player().Play(t.Context(), profile.NewPlan(c, n6705()), time.Now()); err != nil {
			t.Fatal(err)
		}
		if len(r.log) < 2 || !strings.Contains(r.log[0], "x 10") || !strings.Contains(r.log[1], "2s run") {
			t.Errorf("%v", r.log)
		}
		if got := time.Since(r.begin); got != c.Duration()+ms {
			t.Errorf("over after %v", got)
		}
	})
}

// A list is loaded ahead of the event that begins it.
func TestReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &rig{begin: time.Now(), takes: 30 * ms}
		p, starting := r.player(), profile.NewPlan(compile(t, "iso16750-2-starting-4"), n6705())
		if err := p.Ready(t.Context(), starting); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := p.Play(t.Context(), starting, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		loads := 0
		for _, line := range r.log {
			if strings.Contains(line, "load") {
				loads++
			}
		}
		if loads != 2 || !strings.Contains(r.log[1], "2.03s run") {
			t.Errorf("%d loads in %v", loads, r.log)
		}
	})
}

func TestPlayRefuses(t *testing.T) {
	r := &rig{}
	jump := profile.NewPlan(compile(t, "iso16750-2-jump-start"), dp832())
	_, err := r.player().Play(t.Context(), jump, time.Now())
	if !errors.Is(err, profile.ErrBlocked) || !strings.Contains(err.Error(), "26V") {
		t.Errorf("%v", err)
	}
	for missing, p := range map[string]*profile.Player{
		"switch": {Output: r, Event: func(context.Context, string) (time.Time, error) { return time.Time{}, nil }},
		"events": {Output: r, Line: r},
	} {
		_, err := p.Play(t.Context(), plan(t, mixed, dp832()), time.Now())
		if !errors.Is(err, profile.ErrEquipment) || !strings.Contains(err.Error(), missing) {
			t.Errorf("%v", err)
		}
	}
	if len(r.log) != 0 {
		t.Errorf("it did something: %v", r.log)
	}
}

// An event that came early lets the curve go on without a pause.
func TestPlayKnowsEarlyEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &rig{begin: time.Now()}
		p := r.player()
		p.Event = func(context.Context, string) (time.Time, error) { return r.begin, nil }
		plan := plan(t, mixed, dp832())
		if _, err := p.Play(t.Context(), plan, r.begin); err != nil {
			t.Fatal(err)
		}
		if got := time.Since(r.begin); got != plan.Curve.Duration()+plan.Delay() {
			t.Errorf("over after %v", got)
		}
	})
}

package ota_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/ecu/ota"
)

// display is a screen and nothing behind it.
type display struct{ ota.Screen }

func (*display) String() string                        { return "mirror" }
func (*display) Act(context.Context, ota.Action) error { return nil }
func (*display) Close() error                          { return nil }

var _ ota.Display = (*display)(nil)

func inState(s ota.State) func(ota.View) bool {
	return func(v ota.View) bool { return v.State == s }
}

func TestAwaitFindsWhatIsShown(t *testing.T) {
	d := &display{}
	d.Show(ota.View{State: ota.Offered, Title: "there"})
	v, err := ota.Await(t.Context(), d, "the offer", inState(ota.Offered))
	if err != nil || v.Title != "there" {
		t.Errorf("got %v, %v", v, err)
	}
}

// What is shown already is found although nobody would wait any more.
func TestAwaitWithAContextThatHasEnded(t *testing.T) {
	d := &display{}
	d.Show(ota.View{State: ota.Offered})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 {
		if _, err := ota.Await(ctx, d, "the offer", inState(ota.Offered)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAwaitFindsWhatComesLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, begin := &display{}, time.Now()
		d.Show(ota.View{State: ota.Idle})
		go func() {
			for _, s := range []ota.State{ota.Offered, ota.Downloading, ota.Ready} {
				time.Sleep(time.Second)
				d.Show(ota.View{State: s, Percent: 5})
			}
		}()
		v, err := ota.Await(t.Context(), d, "the download", inState(ota.Downloading))
		if err != nil || v.State != ota.Downloading || time.Since(begin) != 2*time.Second {
			t.Errorf("got %v, %v after %v", v, err, time.Since(begin))
		}
		time.Sleep(5 * time.Second)
	})
}

// The view that was wanted is returned, though another one has replaced it by the time that the caller goes on.
func TestAwaitReturnsTheViewThatWasWanted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &display{}
		go func() {
			synctest.Wait()
			d.Show(ota.View{State: ota.Paused, Title: "first"})
			d.Show(ota.View{State: ota.Paused, Title: "second"})
			d.Show(ota.View{State: ota.Idle})
		}()
		v, err := ota.Await(t.Context(), d, "a pause", inState(ota.Paused))
		if err != nil || v.Title != "first" {
			t.Errorf("got %v, %v", v, err)
		}
	})
}

func TestAwaitInVain(t *testing.T) {
	why := errors.New("the procedure is over")
	for name, c := range map[string]struct {
		shown []ota.View
		want  string
	}{
		"nothing": {nil, "mirror: the offer was not shown; it has shown nothing at all: the procedure is over"},
		"others": {
			[]ota.View{{State: ota.Idle}, {State: ota.Paused, Cause: ota.LowBattery, Percent: 7, Title: "Charge"}},
			`mirror: the offer was not shown; the last view is paused (low battery) 7 % "Charge": the procedure is over`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &display{}
				for _, v := range c.shown {
					d.Show(v)
				}
				ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, why)
				defer cancel()
				v, err := ota.Await(ctx, d, "the offer", inState(ota.Offered))
				if !errors.Is(err, ota.ErrNotSeen) || !errors.Is(err, why) || err.Error() != c.want {
					t.Errorf("error is %v, want %v", err, c.want)
				}
				if last, _ := d.View(); v.State != last.State {
					t.Errorf("got %v, want the last view, %v", v, last)
				}
			})
		})
	}
}

// Await leaves nobody behind who watches.
func TestAwaitStopsWatching(t *testing.T) {
	d, asked := &display{}, 0
	d.Show(ota.View{State: ota.Idle})
	if _, err := ota.Await(t.Context(), d, "anything", func(ota.View) bool { asked++; return true }); err != nil {
		t.Fatal(err)
	}
	d.Show(ota.View{State: ota.Ready})
	if asked != 1 {
		t.Errorf("asked %d times, want once", asked)
	}
}

func TestStringOfAView(t *testing.T) {
	for _, c := range []struct {
		view ota.View
		want string
	}{
		{ota.View{State: ota.Idle}, "idle"},
		{ota.View{State: ota.Failed, Cause: ota.BadPackage, Title: "Failed"}, `failed (bad package) "Failed"`},
		{ota.View{State: ota.Installing, Percent: 55}, "installing 55 %"},
		{ota.View{State: "\x1b[2J", Cause: "a\nb", Title: "\a"}, `"\x1b[2J" ("a\nb") "\a"`},
	} {
		if got := c.view.String(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
	long := strings.Repeat("x", 1<<20)
	if got := (ota.View{State: ota.State(long), Cause: ota.Cause(long), Title: long}).String(); len(got) > 200 {
		t.Errorf("a hostile view is a line of %d bytes", len(got))
	}
}

func TestStringOfAnAction(t *testing.T) {
	at := time.Date(2026, 5, 1, 3, 0, 0, 0, time.FixedZone("CEST", 7200))
	for want, a := range map[string]ota.Action{
		"install by owner":                         {Do: ota.Install, User: "owner"},
		"schedule at 2026-05-01 01:00:00 by owner": {Do: ota.Schedule, User: "owner", At: at},
	} {
		if got := a.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestCanAndAdvises(t *testing.T) {
	v := ota.View{Choices: []ota.Deed{ota.Later}, Advice: []ota.Advice{ota.CallSupport}}
	if !v.Can(ota.Later) || v.Can(ota.Install) || !v.Advises(ota.CallSupport) || v.Advises(ota.SetClock) {
		t.Errorf("%+v", v)
	}
}
